package zmtp

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRouterEcho(t *testing.T) {
	for name, endpoint := range endpoints(t) {
		t.Run(name, func(t *testing.T) {
			defer leaks(t)()
			r := newRouter(t, endpoint, Options{})
			defer r.Close(time.Second)
			a, b := connect(t, r.Addr(), "DEALER", "a"), connect(t, r.Addr(), "REQ", "")
			big := strings.Repeat("x", 1<<20+1)
			for range 3 {
				a.send("1", "", strings.Repeat("y", 255), strings.Repeat("z", 256), big, big, "end")
				b.send("", "2")
				a.want("1", "", strings.Repeat("y", 255), strings.Repeat("z", 256), big, big, "end")
				b.want("", "2")
			}
			a.Close()
			b.Close()
		})
	}
}

func TestRouterIdentity(t *testing.T) {
	r, err := ListenRouter("tcp://127.0.0.1:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(0)
	named, unnamed := connect(t, r.Addr(), "DEALER", "me"), connect(t, r.Addr(), "DEALER", "")
	named.send("x")
	if m, err := r.Recv(); err != nil || string(m.Identity) != "me" {
		t.Errorf("Recv = %q, %v; want identity me", m, err)
	}
	unnamed.send("x")
	m, err := r.Recv()
	if err != nil || len(m.Identity) != 5 || m.Identity[0] != 0 {
		t.Errorf("Recv = %q, %v; want an identity of 5 bytes that begins with 0", m, err)
	}
	if err := r.Send(m.Identity, byteFrames("y")); err != nil {
		t.Error(err)
	}
	unnamed.want("y")
	if err := r.Send([]byte("you"), byteFrames("y")); err != ErrNoPeer {
		t.Errorf("Send to an unknown identity = %v; want ErrNoPeer", err)
	}
}

func TestRouterHandover(t *testing.T) {
	defer leaks(t)()
	r := newRouter(t, "tcp://127.0.0.1:0", Options{})
	defer r.Close(time.Second)
	old := connect(t, r.Addr(), "DEALER", "me")
	for i := range 50 {
		c := connect(t, r.Addr(), "DEALER", "me")
		c.send(fmt.Sprint(i)) // the answer proves that c has joined
		c.want(fmt.Sprint(i))
		old.wantEOF()
		old.Close()
		old = c
	}
	old.Close()
}

func TestPublish(t *testing.T) {
	for name, endpoint := range endpoints(t) {
		t.Run(name, func(t *testing.T) {
			defer leaks(t)()
			x := newXPub(t, endpoint, Options{})
			defer x.Close(time.Second)
			all, some := subscriber(t, x, ""), subscriber(t, x, "str")
			old := connect(t, x.Addr(), "SUB", "") // as a peer of version 3.0 does
			old.send("\x01status")
			wantEvent(t, x, "status", true)
			for _, topic := range []string{"status", "stream", "str", "st", ""} {
				if n, err := x.Publish(byteFrames(topic, "x")); n != 0 || err != nil {
					t.Fatalf("Publish(%q) = %d, %v; want 0, nil", topic, n, err)
				}
			}
			for _, topic := range []string{"status", "stream", "str", "st", ""} {
				all.want(topic, "x")
			}
			some.want("stream", "x")
			some.want("str", "x")
			old.want("status", "x")
			old.send("\x00status")
			wantEvent(t, x, "status", false)
			some.command("CANCEL", []byte("unknown"))
			some.command("SUBSCRIBE", []byte("str")) // counts, no event
			some.command("CANCEL", []byte("str"))
			some.command("CANCEL", []byte("str"))
			wantEvent(t, x, "str", false)
			all.Close() // events also for what a dead peer had
			wantEvent(t, x, "", false)
			x.Publish(byteFrames("str"))
			if _, err := x.Publish(byteFrames("status")); err != nil {
				t.Fatal(err)
			}
			old.SetDeadline(time.Now().Add(20 * time.Millisecond))
			if m, err := old.tryRecv(); err == nil {
				t.Errorf("got %q after the subscription was cancelled", m)
			}
			some.Close()
			old.Close()
		})
	}
}

func TestPing(t *testing.T) {
	r := newRouter(t, "tcp://127.0.0.1:0", Options{})
	x := newXPub(t, "tcp://127.0.0.1:0", Options{})
	for _, c := range []*client{connect(t, r.Addr(), "DEALER", ""), connect(t, x.Addr(), "SUB", "")} {
		c.command("PING", []byte("\x00\x64context"))
		if cmd := c.recvCommand(); cmd.Name != "PONG" || string(cmd.Body) != "context" {
			t.Errorf("PING: got %s %q; want PONG context", cmd.Name, cmd.Body)
		}
		c.command("UNKNOWN", nil)
		c.command("PING", []byte("\x00\x64"))
		if cmd := c.recvCommand(); cmd.Name != "PONG" || len(cmd.Body) != 0 {
			t.Errorf("PING: got %s %q; want PONG", cmd.Name, cmd.Body)
		}
		c.command("PING", bytes.Repeat([]byte{0}, 19))
		c.wantEOF()
	}
	// libzmq may send a PING between two frames.
	c := connect(t, r.Addr(), "DEALER", "")
	c.write(appendHeader(nil, flagMore, 1))
	c.write([]byte("a"))
	c.command("PING", []byte("\x00\x64"))
	c.send("b")
	if cmd := c.recvCommand(); cmd.Name != "PONG" {
		t.Errorf("PING: got %s; want PONG", cmd.Name)
	}
	c.want("a", "b")
}

func TestConcurrentSend(t *testing.T) {
	defer leaks(t)()
	r, err := ListenRouter("tcp://127.0.0.1:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(time.Second)
	x := newXPub(t, "tcp://127.0.0.1:0", Options{})
	defer x.Close(time.Second)
	const senders, messages = 4, 500
	clients := []*client{connect(t, r.Addr(), "DEALER", "a"), connect(t, r.Addr(), "DEALER", "b")}
	for _, c := range clients {
		c.send("")
		if _, err := r.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	clients = append(clients, subscriber(t, x, ""), subscriber(t, x, ""))
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range messages {
				size := i * 37 % 40000
				m := byteFrames(fmt.Sprint(s), fmt.Sprint(i), strings.Repeat(fmt.Sprint(s), size))
				for _, id := range []string{"a", "b"} {
					if err := r.Send([]byte(id), m); err != nil {
						t.Error(err)
					}
				}
				if n, err := x.Publish(m); n != 0 || err != nil {
					t.Error(n, err)
				}
			}
		})
	}
	for _, c := range clients {
		wg.Go(func() {
			var next [senders]int
			for range senders * messages {
				m, err := c.tryRecv()
				if err != nil {
					t.Error(err)
					return
				}
				s := int(m[0][0] - '0')
				if m[1] != fmt.Sprint(next[s]) || m[2] != strings.Repeat(m[0], next[s]*37%40000) {
					t.Errorf("sender %d: got message %s of %d bytes; want %d", s, m[1], len(m[2]), next[s])
					return
				}
				next[s]++
			}
		})
	}
	wg.Wait()
	for _, c := range clients {
		c.Close()
	}
}

func TestChurn(t *testing.T) {
	defer leaks(t)()
	x := newXPub(t, "tcp://127.0.0.1:0", Options{})
	defer x.Close(time.Second)
	stay := subscriber(t, x, "")
	stop := make(chan struct{})
	var events, publisher sync.WaitGroup
	events.Go(func() {
		for {
			if _, err := x.Recv(); err != nil {
				return
			}
		}
	})
	sent := 0
	publisher.Go(func() {
		for ; ; sent++ {
			select {
			case <-stop:
				return
			default:
				if sent%100 == 99 {
					time.Sleep(time.Millisecond) // or it takes the only CPU from the clients
				}
				if _, err := x.Publish(byteFrames("topic", fmt.Sprint(sent))); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	got := make(chan int)
	go func() {
		n := 0
		for {
			m, err := stay.tryRecv()
			if err != nil {
				break
			}
			if m[1] != fmt.Sprint(n) {
				t.Errorf("got message %s; want %d", m[1], n)
				break
			}
			n++
		}
		got <- n
	}()
	for i := range 100 {
		c := connect(t, x.Addr(), "SUB", "")
		c.command("SUBSCRIBE", nil)
		c.recv()
		if i%2 == 0 {
			c.Write([]byte{4, 200, 9}) // dies in the middle of a command
		}
		c.Close()
	}
	close(stop)
	publisher.Wait()
	x.Close(time.Second)
	if n := <-got; n != sent {
		t.Errorf("the subscriber that stayed got %d messages; want %d", n, sent)
	}
	events.Wait()
	stay.Close()
}

func TestVanish(t *testing.T) {
	defer leaks(t)()
	r := newRouter(t, "tcp://127.0.0.1:0", Options{})
	defer r.Close(time.Second)
	for i := range 50 {
		c := connect(t, r.Addr(), "DEALER", "")
		for range 20 {
			c.send("request", strings.Repeat("x", 10000))
		}
		c.write(appendHeader(nil, flagMore*byte(i%2), 1000)) // and half a message
		c.Close()
	}
	c := connect(t, r.Addr(), "DEALER", "")
	c.send("alive")
	c.want("alive")
	c.Close()
}

// A peer that reads nothing delays a publisher and others for the time of Stall once, and replies to others not at all.
func TestStoppedPeer(t *testing.T) {
	defer leaks(t)()
	const stall = 300 * time.Millisecond
	x := newXPub(t, "tcp://127.0.0.1:0", Options{Stall: stall})
	defer x.Close(0)
	stopped, healthy := subscriber(t, x, ""), subscriber(t, x, "")
	const messages = 20000
	body := bytes.Repeat([]byte("x"), 1000)
	done := make(chan time.Duration)
	go func() {
		var last time.Time
		var gap time.Duration
		for i := range messages {
			m, err := healthy.tryRecv()
			if err != nil || m[0] != fmt.Sprint(i) {
				t.Errorf("healthy subscriber: %.20q, %v; want message %d", m, err, i)
				break
			}
			if i > 0 {
				gap = max(gap, time.Since(last))
			}
			last = time.Now()
		}
		done <- gap
	}()
	start := time.Now()
	dropped := 0
	for i := range messages {
		n, err := x.Publish([][]byte{fmt.Append(nil, i), body})
		if err != nil {
			t.Fatal(err)
		}
		dropped += n
	}
	gap := <-done
	if dropped == 0 || x.Dropped() != uint64(dropped) {
		t.Errorf("dropped %d, Dropped() = %d; want the same, above 0", dropped, x.Dropped())
	}
	if took := time.Since(start); took > stall+5*time.Second {
		t.Errorf("publishing took %v; want little above one wait of %v", took, stall)
	}
	if gap > 2*stall+time.Second {
		t.Errorf("the healthy subscriber waited %v for a message; want at most about %v", gap, stall)
	}
	// Once it reads again it gets what was queued, and new messages.
	go func() {
		for {
			m, err := stopped.tryRecv()
			if err != nil || m[0] == "new" {
				done <- 0
				return
			}
		}
	}()
	time.Sleep(100 * time.Millisecond)
	if n, err := x.Publish(byteFrames("new")); n != 0 || err != nil {
		t.Errorf("Publish to a peer that reads again = %d, %v; want 0, nil", n, err)
	}
	<-done

	r, err := ListenRouter("tcp://127.0.0.1:0", Options{Stall: stall, QueueLen: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(0)
	deaf, other := connect(t, r.Addr(), "DEALER", "deaf"), connect(t, r.Addr(), "DEALER", "other")
	for _, c := range []*client{deaf, other} {
		c.send("")
		if _, err := r.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	big := bytes.Repeat([]byte("x"), 1<<20)
	start = time.Now()
	for err = nil; err == nil; {
		err = r.Send([]byte("deaf"), [][]byte{big})
		if time.Since(start) > patience {
			t.Fatal("Send to a peer that reads nothing never fails")
		}
	}
	if !errors.Is(err, ErrFull) {
		t.Errorf("Send to a peer that reads nothing = %v; want ErrFull", err)
	}
	if err := r.Send([]byte("other"), byteFrames("x")); err != nil {
		t.Errorf("Send to the other peer = %v", err)
	}
	other.want("x")
	for _, c := range []*client{stopped, healthy, deaf, other} {
		c.Close()
	}
}

func TestIPCFiles(t *testing.T) {
	endpoint := endpoints(t)["ipc"]
	path := strings.TrimPrefix(endpoint, "ipc://")
	// What a process leaves that is killed.
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	r := newRouter(t, endpoint, Options{})
	c := connect(t, r.Addr(), "DEALER", "")
	c.send("x")
	c.want("x")
	if second, err := ListenRouter(endpoint, Options{}); err == nil {
		second.Close(0)
		t.Error("a second socket took the file of one in use")
	}
	c.send("y")
	c.want("y")
	r.Close(0)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there after Close: %v", err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := ListenRouter(endpoint, Options{}); err == nil {
		r.Close(0)
		t.Error("ListenRouter took the place of an ordinary file")
	}
	if b, err := os.ReadFile(path); string(b) != "mine" {
		t.Errorf("the ordinary file has %q, %v", b, err)
	}
}

func TestListenErrors(t *testing.T) {
	r := newRouter(t, "tcp://*:0", Options{})
	_, port, _ := net.SplitHostPort(r.Addr().String())
	for _, endpoint := range []string{"", "tcp", "udp://127.0.0.1:1", "tcp://127.0.0.1", "tcp://*:" + port, "ipc:///no/such/folder/x"} {
		if r, err := ListenRouter(endpoint, Options{}); err == nil {
			r.Close(0)
			t.Errorf("ListenRouter(%q): no error", endpoint)
		} else if !strings.HasPrefix(err.Error(), "zmtp: ") || !strings.Contains(err.Error(), endpoint) {
			t.Errorf("ListenRouter(%q) = %v; want an error that begins with zmtp: and names it", endpoint, err)
		}
	}
}
