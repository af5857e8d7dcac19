package zmtp

import (
	"testing"
	"time"
)

// A subscriber that is slow but reads gets everything: the publisher waits for it.
func TestSlowPeer(t *testing.T) {
	for _, c := range []struct {
		name           string
		messages, size int
		queue          int
		pause          time.Duration
	}{
		{"small", 2000, 20000, 5, time.Millisecond},
		{"large", 4, 8 << 20, 1, 0}, // one message takes longer than Stall
	} {
		t.Run(c.name, func(t *testing.T) {
			const stall = 400 * time.Millisecond
			x := newXPub(t, "tcp://127.0.0.1:0", Options{Stall: stall, QueueLen: c.queue})
			s := connect(t, x.Addr(), "SUB", "")
			s.SetDeadline(time.Now().Add(5 * patience))
			s.command("SUBSCRIBE", nil)
			wantEvent(t, x, "", true)
			done := make(chan int)
			go func() {
				buf := make([]byte, 256<<10)
				total := 0
				for total < c.messages*(c.size+maxHeader) {
					n, err := s.r.Read(buf)
					if err != nil {
						t.Error(err)
						break
					}
					total += n
					if c.pause == 0 {
						time.Sleep(time.Duration(n) * time.Second / (12 << 20)) // 12 MB a second
					} else if total/c.size%10 == 0 {
						time.Sleep(c.pause)
					}
				}
				done <- total
			}()
			body := make([]byte, c.size)
			for i := range c.messages {
				if n, err := x.Publish([][]byte{body}); n != 0 || err != nil {
					t.Fatalf("Publish %d = %d, %v; want 0, nil", i, n, err)
				}
			}
			if got := <-done; got != c.messages*(c.size+maxHeader) {
				t.Errorf("got %d bytes; want %d", got, c.messages*(c.size+maxHeader))
			}
		})
	}
}
