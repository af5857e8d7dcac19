package transport

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// patience is how long tests wait for what must come at once; the machine may be busy.
const patience = 20 * time.Second

// A client is one ZMTP connection, enough of it to talk to a Conn. jupyter_test.go has the real client.
type client struct {
	t *testing.T
	net.Conn
}

func connect(t *testing.T, f wire.ConnectionFile, port int, typ, identity string) *client {
	t.Helper()
	network, address := "tcp", f.Endpoint(port)[len("tcp://"):]
	if f.Transport == "ipc" {
		network = "unix"
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	c := &client{t, conn}
	hello := make([]byte, 64)
	hello[0], hello[9], hello[10], hello[11] = 0xff, 0x7f, 3, 1
	copy(hello[12:], "NULL")
	ready := []byte("\x05READY\x0bSocket-Type\x00\x00\x00" + string(rune(len(typ))) + typ +
		"\x08Identity\x00\x00\x00" + string(rune(len(identity))) + identity)
	c.Write(append(hello, append([]byte{4, byte(len(ready))}, ready...)...))
	if _, err := io.ReadFull(c, hello); err != nil {
		t.Fatal(err)
	}
	c.recv()
	return c
}

func (c *client) send(frames ...[]byte) {
	c.t.Helper()
	var b []byte
	for i, f := range frames {
		flags := byte(3)
		if i == len(frames)-1 {
			flags = 2
		}
		b = append(binary.BigEndian.AppendUint64(append(b, flags), uint64(len(f))), f...)
	}
	if _, err := c.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) recv() (frames [][]byte) {
	c.t.Helper()
	read := func(n uint64) []byte {
		b := make([]byte, n)
		if _, err := io.ReadFull(c, b); err != nil {
			c.t.Fatalf("recv: %v", err)
		}
		return b
	}
	for {
		h := read(2)
		n := uint64(h[1])
		if h[0]&2 != 0 {
			n = binary.BigEndian.Uint64(append(h[1:], read(7)...))
		}
		frames = append(frames, read(n))
		if h[0]&1 == 0 {
			return frames
		}
	}
}
