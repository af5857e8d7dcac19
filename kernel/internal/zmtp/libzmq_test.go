package zmtp

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

// address returns the endpoint that a bound socket is reached at.
func address(a net.Addr) string {
	if a.Network() == "unix" {
		return "ipc://" + a.String()
	}
	return "tcp://" + a.String()
}

// TestLibzmq lets libzmq talk to our sockets.
func TestLibzmq(t *testing.T) {
	python := pyenv.ForTest(t).Python()
	for _, c := range []struct {
		name string
		long bool // tcp only
	}{
		{"dealer", true}, {"req", false}, {"many", false}, {"handover", false}, {"sub", false}, {"heartbeat", true},
		{"curve", true}, {"stopped", true},
	} {
		for name, endpoint := range endpoints(t) {
			if c.long && name != "tcp" {
				continue
			}
			t.Run(c.name+" "+name, func(t *testing.T) {
				defer leaks(t)()
				x := newXPub(t, endpoint+suffix(name, "x"), Options{})
				defer x.Close(0)
				go func() {
					for {
						if _, err := x.Recv(); err != nil {
							return
						}
					}
				}()
				r := publishingRouter(t, endpoint+suffix(name, "r"), x)
				defer r.Close(0)
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				out, err := exec.CommandContext(ctx, python, "testdata/libzmq.py", c.name, address(r.Addr()), address(x.Addr())).CombinedOutput()
				if err != nil {
					t.Errorf("libzmq.py %s: %v\n%s", c.name, err, out)
				} else if len(out) > 0 {
					t.Logf("%s", out)
				}
			})
		}
	}
}

// suffix keeps the files of ipc sockets apart.
func suffix(name, s string) string {
	if name == "ipc" {
		return s
	}
	return ""
}

// publishingRouter echoes, and publishes when it is asked to.
func publishingRouter(t *testing.T, endpoint string, x *XPub) *Router {
	r, err := ListenRouter(endpoint, Options{})
	if err != nil {
		t.Fatal(err)
	}
	publish := func(m Message) {
		n, _ := strconv.Atoi(string(m.Frames[1]))
		size, _ := strconv.Atoi(string(m.Frames[2]))
		body := []byte(strings.Repeat("x", size))
		for _, topic := range m.Frames[3:] {
			for i := range n {
				x.Publish([][]byte{topic, fmt.Append(nil, i), body})
			}
		}
		r.Send(m.Identity, m.Frames)
	}
	go func() {
		for {
			m, err := r.Recv()
			if err != nil {
				return
			}
			if len(m.Frames) > 3 && bytes.Equal(m.Frames[0], []byte("publish")) {
				go publish(m)
			} else {
				r.Send(m.Identity, m.Frames)
			}
		}
	}()
	return r
}
