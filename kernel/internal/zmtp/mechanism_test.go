package zmtp

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
)

// rot is a mechanism with all that encryption needs: a round of commands of its own, metadata in its last one, and
// frames of another size than their content.
type rot struct{ key byte }

func (rot) Name() string { return "ROT" }

func (rot) Server() bool { return true }

func (r rot) Handshake(c Commands, own Metadata, accept func(Metadata) error) (Metadata, Guard, error) {
	hello, err := c.Recv()
	if err != nil {
		return Metadata{}, nil, err
	}
	if hello.Name != "HELLO" || len(hello.Body) != 1 {
		return Metadata{}, nil, fmt.Errorf("%w: no HELLO", ErrProtocol)
	}
	r.key = hello.Body[0]
	if err := c.Send(Command{"WELCOME", r.turn(own.encode())}); err != nil {
		return Metadata{}, nil, err
	}
	initiate, err := c.Recv()
	if err != nil {
		return Metadata{}, nil, err
	}
	peer, err := parseMetadata(r.turn(initiate.Body))
	if err == nil {
		err = accept(peer)
	}
	return peer, r, err
}

func (r rot) turn(b []byte) []byte {
	b = bytes.Clone(b)
	for i := range b {
		b[i] ^= r.key
	}
	return b
}

// Wrap puts the flags into the body, as CURVE does.
func (r rot) Wrap(flags byte, body []byte) (byte, []byte, error) {
	return 0, r.turn(append([]byte{flags}, body...)), nil
}

func (r rot) Unwrap(flags byte, body []byte) (byte, []byte, error) {
	body = r.turn(body)
	if flags != 0 || len(body) == 0 || body[0]&^(flagMore|flagCommand) != 0 {
		return 0, nil, errors.New("not encrypted")
	}
	return body[0], body[1:], nil
}

func TestMechanism(t *testing.T) {
	o := Options{Mechanism: func() Mechanism { return rot{} }}
	shake := func(x interface{ Addr() net.Addr }, typ string, r rot) *client {
		c := dial(t, x.Addr())
		c.write(greeting(r))
		c.command("HELLO", []byte{r.key})
		if name, err := readGreeting(c.r); name != "ROT" || err != nil {
			t.Fatalf("mechanism = %q, %v; want ROT", name, err)
		}
		welcome := c.recvCommand()
		if m, err := parseMetadata(r.turn(welcome.Body)); welcome.Name != "WELCOME" || m.SocketType == "" || err != nil {
			t.Fatalf("got %s, %+v, %v; want WELCOME", welcome.Name, m, err)
		}
		c.command("INITIATE", r.turn(Metadata{typ, []byte("me")}.encode()))
		return c
	}
	send := func(c *client, r rot, flags byte, s string) {
		_, b, _ := r.Wrap(flags, []byte(s))
		c.send(string(b))
	}
	want := func(c *client, r rot, flags byte, s string) {
		t.Helper()
		_, b, err := readFrame(c.r, 1<<30, nil)
		if err != nil {
			t.Fatal(err)
		}
		if f, got, err := r.Unwrap(0, b); f != flags || string(got) != s || err != nil {
			t.Errorf("got %d, %.20q, %v; want %d, %.20q", f, got, err, flags, s)
		}
	}
	router := newRouter(t, "tcp://127.0.0.1:0", o)
	xpub := newXPub(t, "tcp://127.0.0.1:0", o)
	a, b := rot{17}, rot{99}
	c := shake(router, "DEALER", a)
	big := strings.Repeat("big", 100000)
	send(c, a, flagMore, "one")
	send(c, a, flagCommand, string(Command{"PING", []byte("\x00\x01x")}.encode()))
	send(c, a, 0, big)
	want(c, a, flagCommand, string(Command{"PONG", []byte("x")}.encode()))
	want(c, a, flagMore, "one")
	want(c, a, 0, big)
	c.send("plain")
	c.wantEOF()

	subs := []*client{shake(xpub, "SUB", a), shake(xpub, "SUB", b)}
	for i, r := range []rot{a, b} {
		send(subs[i], r, flagCommand, string(Command{"SUBSCRIBE", nil}.encode()))
		wantEvent(t, xpub, "", true)
	}
	xpub.Publish(byteFrames("topic", "body"))
	for i, r := range []rot{a, b} {
		want(subs[i], r, flagMore, "topic")
		want(subs[i], r, 0, "body")
	}
}
