package zmtp

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long tests wait for what must come at once; the machine may be busy.
const patience = 20 * time.Second

// A client is a raw connection, to send what no library would.
type client struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, a net.Addr) *client {
	t.Helper()
	c, err := net.Dial(a.Network(), a.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return &client{t, c, bufio.NewReader(c)}
}

// connect dials and makes the handshake as a socket of a type.
func connect(t testing.TB, a net.Addr, typ, identity string) *client {
	t.Helper()
	c := dial(t, a)
	c.write(greeting(Null()))
	c.command("READY", Metadata{typ, []byte(identity)}.encode())
	if _, err := readGreeting(c.r); err != nil {
		t.Fatalf("connect: greeting: %v", err)
	}
	if cmd := c.recvCommand(); cmd.Name != "READY" {
		t.Fatalf("connect: got %s %q; want READY", cmd.Name, cmd.Body)
	}
	return c
}

func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

func (c *client) command(name string, body []byte) {
	c.t.Helper()
	b := Command{name, body}.encode()
	c.write(append(appendHeader(nil, flagCommand, len(b)), b...))
}

func (c *client) send(frames ...string) {
	c.t.Helper()
	c.write(encode(frames...))
}

func encode(frames ...string) []byte {
	var b []byte
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		b = append(appendHeader(b, flags, len(f)), f...)
	}
	return b
}

func (c *client) recvCommand() Command {
	c.t.Helper()
	flags, body, err := readFrame(c.r, 1<<30, nil)
	if err != nil || flags != flagCommand {
		c.t.Fatalf("recv: flags %d, %.40q, %v; want a command", flags, body, err)
	}
	cmd, err := parseCommand(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return cmd
}

func (c *client) tryRecv() (frames []string, err error) {
	for {
		flags, body, err := readFrame(c.r, 1<<30, nil)
		if err != nil {
			return nil, err
		}
		frames = append(frames, string(body))
		if flags&flagMore == 0 {
			return frames, nil
		}
	}
}

func (c *client) recv() []string {
	c.t.Helper()
	frames, err := c.tryRecv()
	if err != nil {
		c.t.Fatalf("recv: %v", err)
	}
	return frames
}

// want receives a message and compares it.
func (c *client) want(frames ...string) {
	c.t.Helper()
	if got := c.recv(); fmt.Sprintf("%.80q", got) != fmt.Sprintf("%.80q", frames) {
		c.t.Fatalf("recv = %.80q; want %.80q", got, frames)
	}
}

// wantEOF checks that the other side disconnects.
func (c *client) wantEOF() {
	c.t.Helper()
	for {
		if _, err := c.r.ReadByte(); err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				c.t.Fatalf("connection is still open")
			}
			return
		}
	}
}

func byteFrames(s ...string) (f [][]byte) {
	for _, s := range s {
		f = append(f, []byte(s))
	}
	return f
}

// endpoints are one of each kind.
func endpoints(t testing.TB) map[string]string {
	dir, err := os.MkdirTemp("", "zmtp") // short: t.TempDir may be longer than the 108 bytes of a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	e := map[string]string{"tcp": "tcp://127.0.0.1:0", "ipc": "ipc://" + dir + "/s"}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		l.Close()
		e["tcp6"] = "tcp://[::1]:0"
	}
	return e
}

// newRouter returns a ROUTER that echoes, closed at the end of the test.
func newRouter(t testing.TB, endpoint string, o Options) *Router {
	t.Helper()
	r, err := ListenRouter(endpoint, o)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			m, err := r.Recv()
			if err != nil {
				return
			}
			r.Send(m.Identity, m.Frames)
		}
	}()
	t.Cleanup(func() { r.Close(0) })
	return r
}

func newXPub(t testing.TB, endpoint string, o Options) *XPub {
	t.Helper()
	x, err := ListenXPub(endpoint, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close(0) })
	return x
}

// wantEvent receives an event of x.
func wantEvent(t testing.TB, x *XPub, topic string, on bool) {
	t.Helper()
	got, err := x.Recv()
	if want := (Subscription{topic, on}); err != nil || got != want {
		t.Fatalf("Recv = %+v, %v; want %+v", got, err, want)
	}
}

// subscriber connects a SUB and waits for its subscription.
func subscriber(t testing.TB, x *XPub, topic string) *client {
	t.Helper()
	c := connect(t, x.Addr(), "SUB", "")
	c.command("SUBSCRIBE", []byte(topic))
	wantEvent(t, x, topic, true)
	return c
}

// leaks returns a check that this package's goroutines and the process's descriptors are as many as now.
func leaks(t testing.TB) func() {
	before, files := goroutines(), descriptors()
	return func() {
		t.Helper()
		deadline := time.Now().Add(patience)
		for {
			g, f := goroutines(), descriptors()
			if g <= before && f <= files {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("%d goroutines, %d descriptors; want %d, %d as before", g, f, before, files)
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// goroutines counts those that this package started.
func goroutines() (n int) {
	buf := make([]byte, 4<<20)
	for _, g := range bytes.Split(buf[:runtime.Stack(buf, true)], []byte("\n\n")) {
		if s := string(g); strings.Contains(s, "zmtp.(*socket)") || strings.Contains(s, "zmtp.(*peer)") {
			n++
		}
	}
	return n
}

// descriptors counts open files; 0 where that is not known.
func descriptors() int {
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(d)
}
