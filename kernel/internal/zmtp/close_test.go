package zmtp

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"
)

func TestLinger(t *testing.T) {
	for _, n := range []int{0, 1, 10, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			defer leaks(t)()
			r, err := ListenRouter("tcp://127.0.0.1:0", Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := connect(t, r.Addr(), "DEALER", "c")
			c.send("")
			if _, err := r.Recv(); err != nil {
				t.Fatal(err)
			}
			for range n {
				if err := r.Send([]byte("c"), [][]byte{bytes.Repeat([]byte("x"), 2000)}); err != nil {
					t.Fatal(err)
				}
			}
			// Unread requests must not spoil it.
			c.send("more")
			received := make(chan int)
			go func() {
				n := 0
				for {
					if _, err := c.tryRecv(); err != nil {
						break
					}
					n++
				}
				c.Close()
				received <- n
			}()
			start := time.Now()
			if err := r.Close(time.Second); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took > 500*time.Millisecond {
				t.Errorf("Close took %v", took)
			}
			if got := <-received; got != n {
				t.Errorf("%d of %d messages arrived", got, n)
			}
			if _, err := r.Recv(); err != ErrClosed {
				t.Errorf("Recv after Close = %v; want ErrClosed", err)
			}
			if err := r.Send([]byte("c"), byteFrames("x")); err != ErrClosed {
				t.Errorf("Send after Close = %v; want ErrClosed", err)
			}
			if err := r.Close(time.Second); err != nil {
				t.Errorf("second Close = %v", err)
			}
		})
	}
}

// Close gives up a peer that takes nothing, at once where it stopped long ago, and releases senders that wait.
func TestCloseBesideStoppedPeer(t *testing.T) {
	for _, test := range []struct {
		name  string
		since time.Duration
		most  time.Duration
	}{
		{"stopped just now", 0, closeStall + 200*time.Millisecond},
		{"stopped long ago", 3 * closeStall, closeGrace + 100*time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer leaks(t)()
			x := newXPub(t, "tcp://127.0.0.1:0", Options{Stall: time.Hour})
			stopped := subscriber(t, x, "")
			published := make(chan struct{})
			go func() {
				defer close(published)
				for {
					if _, err := x.Publish([][]byte{make([]byte, 1<<20)}); err != nil {
						return
					}
				}
			}()
			waitFull(t, x)
			time.Sleep(test.since)
			start := time.Now()
			x.Close(10 * time.Second)
			if took := time.Since(start); took > test.most {
				t.Errorf("Close took %v; want %v at most", took, test.most)
			}
			<-published
			stopped.Close()
		})
	}
}

// Hurry shortens a wait that has begun.
func TestHurry(t *testing.T) {
	defer leaks(t)()
	x := newXPub(t, "tcp://127.0.0.1:0", Options{Stall: time.Hour, QueueLen: 10})
	defer x.Close(0)
	stopped := subscriber(t, x, "")
	defer stopped.Close()
	dropped := make(chan int)
	go func() {
		for {
			if n, err := x.Publish([][]byte{make([]byte, 1<<20)}); n > 0 || err != nil {
				dropped <- n
				return
			}
		}
	}()
	waitFull(t, x)
	start := time.Now()
	x.Hurry()
	select {
	case n := <-dropped:
		if took := time.Since(start); n != 1 || took > closeStall+200*time.Millisecond {
			t.Errorf("Publish dropped its message for %d peers, %v after Hurry; want 1 within little more than %v", n, took, closeStall)
		}
	case <-time.After(patience):
		t.Fatalf("Publish still waits %v after Hurry", patience)
	}
}

// waitFull waits until the queue of the only peer is full and takes nothing more.
func waitFull(t *testing.T, x *XPub) {
	t.Helper()
	q := (*x.ready.Load())[0].queue
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		q.mu.Lock()
		waiting := q.changed != nil && time.Since(q.progress) > closeStall/4
		q.mu.Unlock()
		if waiting {
			return
		}
	}
	t.Fatal("no sender waits for the peer that takes nothing")
}

// Close ends also when a peer takes nothing but now and then, and releases senders that wait.
func TestLingerExpires(t *testing.T) {
	defer leaks(t)()
	x := newXPub(t, "tcp://127.0.0.1:0", Options{Stall: time.Hour})
	c := subscriber(t, x, "")
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		for b := make([]byte, 256<<10); ; time.Sleep(5 * time.Millisecond) { // 50 MB/s: far from all of the queue
			if _, err := io.ReadFull(c, b); err != nil {
				return
			}
		}
	}()
	published := make(chan struct{})
	go func() {
		defer close(published)
		for {
			if _, err := x.Publish([][]byte{make([]byte, 1<<20)}); err != nil {
				return
			}
		}
	}()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	x.Close(200 * time.Millisecond)
	if took := time.Since(start); took < 150*time.Millisecond || took > 3*time.Second {
		t.Errorf("Close with a linger of 200 ms took %v", took)
	}
	<-published
	c.Close()
	<-reading
}
