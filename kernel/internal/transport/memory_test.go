package transport

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

func message(t *testing.T, typ string) *wire.Message {
	t.Helper()
	m, err := wire.NewMessage("s", typ, nil, map[string]any{"code": "1"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMemoryRequestAndReply(t *testing.T) {
	server, client := Pipe()
	other := server.Client()
	defer server.Close()
	for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		if err := client.Send(ch, message(t, "a_request")); err != nil {
			t.Fatal(err)
		}
		e, err := server.Recv(ch)
		if err != nil || e.Message == nil || e.Message.Header.Type != "a_request" || e.Channel != ch {
			t.Fatalf("Recv(%v) = %+v, %v; want a_request", ch, e, err)
		}
		reply, err := wire.NewMessage("s", "a_reply", e.Message, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Send(ch, reply); err != nil {
			t.Fatal(err)
		}
		got, err := client.Recv(t.Context(), ch)
		if err != nil || got != reply {
			t.Fatalf("client Recv(%v) = %v, %v; want the reply", ch, got, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		if _, err := other.Recv(ctx, ch); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the other client's Recv(%v) = %v; want no message", ch, err)
		}
		cancel()
	}
	other.Close()
	if err := server.Send(wire.Shell, &wire.Message{Identities: [][]byte{other.Identity()}}); err != nil {
		t.Errorf("Send to a client that is gone = %v; want nil", err)
	}
}

func TestMemorySubscribe(t *testing.T) {
	server, client := Pipe()
	publish := func(topic string) {
		m := message(t, topic)
		m.Identities = [][]byte{[]byte(topic)}
		if err := server.Publish(m); err != nil {
			t.Fatal(err)
		}
	}
	publish("early")
	if err := client.Subscribe("str"); err != nil {
		t.Fatal(err)
	}
	if e, err := server.Recv(wire.Control); err != nil || !e.Subscribed || e.Topic != "str" || e.Message != nil {
		t.Fatalf("Recv(Control) = %+v, %v; want the subscription", e, err)
	}
	publish("status")
	publish("stream")
	server.Close()
	got, err := client.RecvIOPub(t.Context())
	if err != nil || got.Header.Type != "stream" {
		t.Fatalf("RecvIOPub = %v, %v; want stream", got, err)
	}
	if _, err := client.RecvIOPub(t.Context()); err != io.EOF {
		t.Errorf("RecvIOPub at the end = %v; want io.EOF", err)
	}
}

func TestMemoryClose(t *testing.T) {
	server, client := Pipe()
	done := make(chan error)
	go func() { _, err := server.Recv(wire.Shell); done <- err }()
	go func() { _, err := client.Recv(t.Context(), wire.Shell); done <- err }()
	server.Close()
	for range 2 {
		if err := <-done; err != io.EOF {
			t.Errorf("Recv after Close = %v; want io.EOF", err)
		}
	}
	if err := server.Send(wire.Shell, &wire.Message{Identities: [][]byte{{1}}}); !errors.Is(err, ErrClosed) {
		t.Errorf("Send after Close = %v; want ErrClosed", err)
	}
	if err := client.Send(wire.Shell, &wire.Message{}); err != io.EOF {
		t.Errorf("client Send after Close = %v; want io.EOF", err)
	}
	if _, err := server.Client().RecvIOPub(t.Context()); err != io.EOF {
		t.Errorf("a client after Close: RecvIOPub = %v; want io.EOF", err)
	}
}
