package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A buffer is a log that can be read while others write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func listen(t *testing.T, f wire.ConnectionFile) (*Conn, *wire.Signer, *buffer) {
	t.Helper()
	log := new(buffer)
	c, err := Listen(&f, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := wire.NewSigner(f.SignatureScheme, f.Key)
	if err != nil {
		t.Fatal(err)
	}
	return c, s, log
}

func encode(t *testing.T, m *wire.Message, s *wire.Signer) [][]byte {
	t.Helper()
	frames, err := wire.Encode(m, s)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

var tcp = wire.ConnectionFile{Transport: "tcp", IP: "127.0.0.1", Key: "secret", SignatureScheme: wire.Scheme}

func TestConn(t *testing.T) {
	dir, err := os.MkdirTemp("", "kernel") // short, for the path of a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	files := map[string]wire.ConnectionFile{
		"tcp": tcp,
		"ipc": {Transport: "ipc", IP: dir + "/k", ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HeartbeatPort: 5, Key: "k"},
	}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		l.Close()
		files["tcp6"] = wire.ConnectionFile{Transport: "tcp", IP: "::1"}
	}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			c, s, log := listen(t, f)
			f := c.ConnectionFile()
			hb := connect(t, f, f.HeartbeatPort, "REQ", "")
			for ch, port := range []int{wire.Shell: f.ShellPort, wire.Control: f.ControlPort, wire.Stdin: f.StdinPort} {
				ch := wire.Channel(ch)
				client := connect(t, f, port, "DEALER", "me")
				request := message(t, ch.String()+"_request")
				request.Buffers = [][]byte{{1, 2}, {}}
				client.send(encode(t, request, s)...)
				e, err := c.Recv(ch)
				if err != nil || e.Channel != ch || e.Message == nil {
					t.Fatalf("Recv(%v) = %+v, %v; want the request", ch, e, err)
				}
				if e.Message.Header != request.Header || len(e.Message.Buffers) != 2 || string(e.Message.Identities[0]) != "me" {
					t.Errorf("Recv(%v) = %+v; want %+v with identity me", ch, e.Message, request)
				}
				reply, err := wire.NewMessage("s", "reply", e.Message, nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Send(ch, reply); err != nil {
					t.Fatal(err)
				}
				got, err := wire.Decode(client.recv(), s)
				if err != nil || got.Header != reply.Header || !strings.Contains(string(got.Parent), request.Header.ID) {
					t.Errorf("client got %+v, %v; want %+v", got, err, reply)
				}
				hb.send([]byte(""), []byte("ping"))
				if got := hb.recv(); len(got) != 2 || string(got[1]) != "ping" {
					t.Errorf("heartbeat = %q; want the same back", got)
				}
				hb.send([]byte(""), make([]byte, 60<<10))
				if got := hb.recv(); len(got) != 2 || len(got[1]) != 60<<10 {
					t.Errorf("heartbeat of 60 KB = %d frames; want the same back", len(got))
				}
			}
			sub := connect(t, f, f.IOPubPort, "SUB", "")
			sub.send([]byte("\x01kernel"))
			if e, err := c.Recv(wire.Control); err != nil || !e.Subscribed || e.Topic != "kernel" || e.Message != nil {
				t.Fatalf("Recv(Control) = %+v, %v; want the subscription", e, err)
			}
			for _, topic := range []string{"other", "kernel.status"} {
				m := message(t, "status")
				m.Identities = [][]byte{[]byte(topic)}
				if err := c.Publish(m); err != nil {
					t.Fatal(err)
				}
			}
			if got := sub.recv(); string(got[0]) != "kernel.status" {
				t.Errorf("subscriber got topic %q; want kernel.status", got[0])
			}
			gone := &wire.Message{Identities: [][]byte{[]byte("gone")}}
			if err := c.Send(wire.Shell, gone); err != nil {
				t.Errorf("Send to nobody = %v; want nil", err)
			}
			if err := c.Send(wire.Shell, &wire.Message{}); err == nil {
				t.Error("Send without an identity: no error")
			}
			if warned := strings.Contains(log.String(), "no key"); warned != (f.Key == "") {
				t.Errorf("key %q; log: %s", f.Key, log)
			}
		})
	}
}

// What is not signed, not whole or not new never reaches the session, and does not fill the log.
func TestConnDropsJunk(t *testing.T) {
	c, s, log := listen(t, tcp)
	f := c.ConnectionFile()
	other, err := wire.NewSigner("", "other")
	if err != nil {
		t.Fatal(err)
	}
	for ch, port := range []int{wire.Shell: f.ShellPort, wire.Control: f.ControlPort, wire.Stdin: f.StdinPort} {
		client := connect(t, f, port, "DEALER", "")
		first, last := message(t, "first"), message(t, "last")
		frames := encode(t, first, s)
		client.send(frames...)
		client.send(frames...) // a repetition
		client.send(encode(t, message(t, "forged"), other)...)
		client.send(encode(t, message(t, "unsigned"), nil)...)
		client.send([]byte("junk"))
		client.send(frames[:3]...)
		for range 100 {
			client.send(nil, nil)
		}
		client.send(encode(t, last, s)...)
		for _, want := range []*wire.Message{first, last} {
			if e, err := c.Recv(wire.Channel(ch)); err != nil || e.Message.Header != want.Header {
				t.Fatalf("Recv = %+v, %v; want %s", e.Message, err, want.Header.Type)
			}
		}
		// A repetition on another channel is one, too.
		if ch == 0 {
			control := connect(t, f, f.ControlPort, "DEALER", "")
			control.send(frames...)
		}
	}
	raw, err := net.Dial("tcp", strings.TrimPrefix(f.Endpoint(f.IOPubPort), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	fmt.Fprint(raw, "GET / HTTP/1.1\r\n\r\n")
	io.Copy(io.Discard, raw)
	if n := strings.Count(log.String(), "\n"); n == 0 || n > 10 {
		t.Errorf("the log has %d lines; want 1 to 10:\n%s", n, log)
	}
}

func TestLimitedLog(t *testing.T) {
	log := new(buffer)
	l := &limitedLog{log: slog.New(slog.NewTextHandler(log, nil)), burst: 2, every: time.Hour}
	for range 5 {
		l.warn("x")
	}
	l.begin = l.begin.Add(-time.Hour)
	l.warn("y")
	if got := log.String(); strings.Count(got, "\n") != 3 || !strings.Contains(got, `msg=y "omitted before"=3`) {
		t.Errorf("log = %s; want 3 lines, the last one y with 3 omitted", got)
	}
}

// Heartbeats need nobody who receives, and none who reads.
func TestHeartbeatWhileBusy(t *testing.T) {
	c, _, _ := listen(t, tcp)
	f := c.ConnectionFile()
	for _, port := range []int{f.ShellPort, f.ControlPort} { // nobody calls Recv
		client := connect(t, f, port, "DEALER", "")
		go func() {
			for {
				if _, err := client.Write(bytes.Repeat([]byte{0, 1, 'x'}, 1000)); err != nil {
					return
				}
			}
		}()
	}
	deaf := connect(t, f, f.HeartbeatPort, "DEALER", "") // floods, and never reads
	go func() {
		for {
			if _, err := deaf.Write(bytes.Repeat([]byte{0, 1, 'x'}, 10000)); err != nil {
				return
			}
		}
	}()
	hb := connect(t, f, f.HeartbeatPort, "REQ", "")
	for range 20 {
		start := time.Now()
		hb.send(nil, []byte("ping"))
		hb.recv()
		if took := time.Since(start); took > 900*time.Millisecond {
			t.Errorf("heartbeat took %v", took)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestConnClose(t *testing.T) {
	c, s, _ := listen(t, tcp)
	f := c.ConnectionFile()
	client := connect(t, f, f.ShellPort, "DEALER", "me")
	client.send(encode(t, message(t, "x"), s)...)
	e, err := c.Recv(wire.Shell)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		go func() { _, err := c.Recv(ch); done <- err }()
	}
	e.Message.Buffers = [][]byte{make([]byte, 5<<20)}
	if err := c.Send(wire.Shell, e.Message); err != nil {
		t.Fatal(err)
	}
	arrived := make(chan int)
	go func() { arrived <- len(client.recv()) }()
	start := time.Now()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 800*time.Millisecond {
		t.Errorf("Close took %v", took)
	}
	if n := <-arrived; n != 7 {
		t.Errorf("the last message came with %d frames; want 7", n)
	}
	for range 3 {
		if err := <-done; err != io.EOF {
			t.Errorf("Recv after Close = %v; want io.EOF", err)
		}
	}
	if err := c.Send(wire.Shell, e.Message); !errors.Is(err, ErrClosed) {
		t.Errorf("Send after Close = %v; want ErrClosed", err)
	}
	if err := c.Publish(e.Message); !errors.Is(err, ErrClosed) {
		t.Errorf("Publish after Close = %v; want ErrClosed", err)
	}
	if _, err := c.Recv(7); err == nil || err == io.EOF {
		t.Errorf("Recv(7) = %v; want an error", err)
	}
}

func TestListenErrors(t *testing.T) {
	c, _, _ := listen(t, tcp)
	taken := tcp
	taken.StdinPort = c.ConnectionFile().ShellPort
	for _, f := range []struct {
		name, want string
		file       wire.ConnectionFile
	}{
		{"port is taken", "transport: stdin: zmtp: bind tcp://127.0.0.1:", taken},
		{"no ip", "ip is missing", wire.ConnectionFile{Transport: "tcp"}},
		{"scheme", "hmac-md5", wire.ConnectionFile{Transport: "tcp", IP: "127.0.0.1", Key: "k", SignatureScheme: "hmac-md5"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			c, err := Listen(&f.file, nil)
			if err == nil || !strings.Contains(err.Error(), f.want) {
				t.Errorf("Listen = %v, %v; want an error with %q", c, err, f.want)
			}
		})
	}
}
