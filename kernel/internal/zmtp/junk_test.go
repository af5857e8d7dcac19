package zmtp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// sized is a frame's header that announces a size, and a little of the body.
func sized(flags byte, size uint64) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{flags | flagLong}, size), "body"...)
}

// junk are connections that no ZeroMQ library makes. typ is a socket type that fits the server.
var junk = []struct {
	name string
	// ends says that the server must disconnect at once; the others may stay open until the handshake's time is over.
	ends bool
	run  func(t *testing.T, a net.Addr, typ string) *client
}{
	{"random bytes", true, func(t *testing.T, a net.Addr, typ string) *client {
		r := rand.New(rand.NewPCG(1, 2))
		b := make([]byte, 4096)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		c := dial(t, a)
		c.Write(b)
		return c
	}},
	{"zeros", true, raw(make([]byte, 1<<16))},
	{"connect and say nothing", false, raw(nil)},
	{"half a signature", false, raw(greeting(Null())[:5])},
	{"half a greeting", false, raw(greeting(Null())[:30])},
	{"greeting without READY", false, raw(greeting(Null()))},
	{"HTTP GET", true, raw([]byte("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))},
	{"short HTTP GET left open", true, raw([]byte("GET / HTTP"))},
	{"TLS hello", true, raw([]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"))},
	{"version 1", true, raw([]byte("\x01\x00\x01\x00\x01\x00\x01\x00\x01\x00"))},
	{"version 2", true, raw([]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x05"))},
	{"wrong mechanism", true, func(t *testing.T, a net.Addr, typ string) *client {
		g := greeting(Null())
		copy(g[12:], "CURVE")
		return raw(g)(t, a, typ)
	}},
	{"wrong socket type", true, func(t *testing.T, a net.Addr, typ string) *client {
		return shaken("READY", Metadata{"PULL", nil}.encode())(t, a, typ)
	}},
	{"no socket type", true, shaken("READY", nil)},
	{"READY cut in a value", true, func(t *testing.T, a net.Addr, typ string) *client {
		return shaken("READY", []byte("\x0bSocket-Type\x00\x00\x00\xffDEA"))(t, a, typ)
	}},
	{"READY with a value of 4 GB", true, shaken("READY", []byte("\x0bSocket-Type\xff\xff\xff\xffDEALER"))},
	{"READY cut in a name", true, shaken("READY", []byte("\xffSock"))},
	{"READY with a long identity", true, func(t *testing.T, a net.Addr, typ string) *client {
		return shaken("READY", Metadata{typ, bytes.Repeat([]byte("i"), 256)}.encode())(t, a, typ)
	}},
	{"identity of the ROUTER's own kind", true, func(t *testing.T, a net.Addr, typ string) *client {
		return shaken("READY", Metadata{typ, []byte{0, 0, 0, 0, 1}}.encode())(t, a, typ)
	}},
	{"other command than READY", true, shaken("INITIATE", nil)},
	{"command without a name", true, func(t *testing.T, a net.Addr, typ string) *client {
		c := raw(greeting(Null()))(t, a, typ)
		c.Write([]byte{flagCommand, 0})
		return c
	}},
	{"message instead of READY", true, func(t *testing.T, a net.Addr, typ string) *client {
		c := raw(greeting(Null()))(t, a, typ)
		c.Write(encode("hello"))
		return c
	}},
	{"READY of 2^62 bytes", true, func(t *testing.T, a net.Addr, typ string) *client {
		c := raw(greeting(Null()))(t, a, typ)
		c.Write(sized(flagCommand, 1<<62))
		return c
	}},
	{"frame of 2^62 bytes", true, connected(sized(0, 1<<62))},
	{"frame of 2^63 bytes", true, connected(sized(0, 1<<63))},
	{"frame of 2^64-1 bytes", true, connected(sized(0, 1<<64-1))},
	{"frame of 2^46 bytes", true, connected(sized(0, 1<<46))},
	{"frame of 2^36 bytes", true, connected(sized(0, 1<<36))},
	{"unknown flags", true, connected([]byte{0xf8, 1, 0})},
	{"command with more", true, connected([]byte{flagCommand | flagMore, 1, 0})},
	{"cut command", true, connected([]byte{flagCommand, 2, 200, 'x'})},
	{"endless message", true, connected(bytes.Repeat([]byte{flagMore, 0}, 10000))},
	{"ERROR", true, connected(append([]byte{flagCommand, 7}, "\x05ERROR\x00"...))},
	{"500 connects and closes", true, func(t *testing.T, a net.Addr, typ string) *client {
		for range 500 {
			dial(t, a).Close()
		}
		return nil
	}},
	{"200 live clients", true, func(t *testing.T, a net.Addr, typ string) *client {
		for range 200 {
			connect(t, a, typ, "")
		}
		return nil
	}},
}

func raw(b []byte) func(*testing.T, net.Addr, string) *client {
	return func(t *testing.T, a net.Addr, _ string) *client {
		c := dial(t, a)
		c.Write(b)
		return c
	}
}

// shaken sends a greeting and a command.
func shaken(name string, body []byte) func(*testing.T, net.Addr, string) *client {
	return func(t *testing.T, a net.Addr, _ string) *client {
		c := dial(t, a)
		c.write(greeting(Null()))
		c.command(name, body)
		return c
	}
}

// connected sends b behind a good handshake.
func connected(b []byte) func(*testing.T, net.Addr, string) *client {
	return func(t *testing.T, a net.Addr, typ string) *client {
		c := connect(t, a, typ, "")
		c.Write(b)
		return c
	}
}

// After each piece of junk a new client is served at once, the junk's connection ends, and nothing is left.
func TestJunk(t *testing.T) {
	for _, j := range junk {
		for _, kind := range []socketType{router, xpub} {
			t.Run(j.name+" to "+string(kind), func(t *testing.T) {
				t.Cleanup(leaks(t)) // runs after those of the clients
				o := Options{HandshakeTimeout: 300 * time.Millisecond}
				if j.ends {
					o.HandshakeTimeout = 2 * patience
				}
				if kind == router {
					r := newRouter(t, "tcp://127.0.0.1:0", o)
					defer r.Close(0)
					c := j.run(t, r.Addr(), "DEALER")
					start := time.Now()
					next := connect(t, r.Addr(), "DEALER", "")
					next.send("x")
					next.want("x")
					served(t, start)
					if c != nil {
						c.wantEOF()
						c.Close()
					}
					next.send("still")
					next.want("still")
					next.Close()
				} else {
					x := newXPub(t, "tcp://127.0.0.1:0", o)
					defer x.Close(0)
					c := j.run(t, x.Addr(), "SUB")
					start := time.Now()
					next := subscriber(t, x, "")
					x.Publish(byteFrames("x"))
					next.want("x")
					served(t, start)
					if c != nil {
						c.wantEOF()
						c.Close()
					}
					x.Publish(byteFrames("still"))
					next.want("still")
					next.Close()
				}
			})
		}
	}
}

// served checks that a client was not made to wait for the junk: a handshake takes under a millisecond.
func served(t *testing.T, start time.Time) {
	t.Helper()
	if took := time.Since(start); took > 250*time.Millisecond {
		t.Errorf("a new client was served after %v", took)
	}
}

func TestRefused(t *testing.T) {
	refused := make(chan error, 10)
	r := newRouter(t, "tcp://127.0.0.1:0", Options{Refused: func(a net.Addr, err error) { refused <- err }})
	raw([]byte("GET / HTTP"))(t, r.Addr(), "")
	if err := <-refused; !errors.Is(err, ErrProtocol) {
		t.Errorf("Refused got %v; want an ErrProtocol", err)
	}
	// The peer is told what is wrong, too.
	c := shaken("READY", Metadata{"PULL", nil}.encode())(t, r.Addr(), "")
	if _, err := readGreeting(c.r); err != nil {
		t.Fatal(err)
	}
	c.recvCommand() // READY
	if cmd := c.recvCommand(); cmd.Name != "ERROR" || !bytes.Contains(cmd.Body, []byte("PULL")) {
		t.Errorf("got %s %q; want ERROR that names PULL", cmd.Name, cmd.Body)
	}
}

func TestMaxPeers(t *testing.T) {
	defer leaks(t)()
	r := newRouter(t, "tcp://127.0.0.1:0", Options{MaxPeers: 10, HandshakeTimeout: 2 * patience})
	defer r.Close(0)
	// Silent connections make room for clients.
	var silent []*client
	for range 30 {
		silent = append(silent, dial(t, r.Addr()))
	}
	var clients []*client
	for range 10 {
		c := connect(t, r.Addr(), "DEALER", "")
		c.send("x")
		c.want("x")
		clients = append(clients, c)
	}
	for _, c := range silent {
		c.wantEOF()
		c.Close()
	}
	// Clients do not.
	eleventh := dial(t, r.Addr())
	eleventh.wantEOF()
	clients[0].Close()
	for i := range clients[1:] {
		clients[i+1].send("x")
		clients[i+1].want("x")
		defer clients[i+1].Close()
	}
	eleventh.Close()
}

// Unfinished messages of all peers together are limited; finished ones do not count.
func TestMaxPending(t *testing.T) {
	defer leaks(t)()
	r := newRouter(t, "tcp://127.0.0.1:0", Options{MaxPending: 1000})
	defer r.Close(0)
	a, b := connect(t, r.Addr(), "DEALER", ""), connect(t, r.Addr(), "DEALER", "")
	for range 5 {
		a.send("ok", string(make([]byte, 700)))
		a.recv()
	}
	a.write(appendHeader(nil, flagMore, 700))
	a.write(make([]byte, 700))
	time.Sleep(20 * time.Millisecond)
	b.write(appendHeader(nil, flagMore, 700))
	b.wantEOF()
	b.Close()
	a.send("rest")
	a.recv()
	a.Close()
}

func TestMaxTopics(t *testing.T) {
	x := newXPub(t, "tcp://127.0.0.1:0", Options{MaxTopics: 3})
	c := connect(t, x.Addr(), "SUB", "")
	for _, topic := range []string{"a", "b", "c", "d"} {
		c.command("SUBSCRIBE", []byte(topic))
	}
	c.wantEOF()
}

// failing is a listener without file descriptors for a while.
type failing struct {
	net.Listener
	calls atomic.Int32
}

func (f *failing) Accept() (net.Conn, error) {
	if f.calls.Add(1) <= 3 {
		return nil, errors.New("too many open files")
	}
	return f.Listener.Accept()
}

func TestAcceptError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &failing{Listener: l}
	s := start(router, f, Options{})
	defer s.Close(0)
	begin := time.Now()
	c := connect(t, l.Addr(), "DEALER", "")
	if took := time.Since(begin); took < 2*acceptPause {
		t.Errorf("accepted after 3 errors within %v; want a pause of %v after each", took, acceptPause)
	}
	c.send("x")
	if m, err := s.recv(); err != nil || string(m.frames[0]) != "x" {
		t.Errorf("recv = %q, %v; want x", m.frames, err)
	}
}
