package zmtp

import (
	"bytes"
	"testing"
	"testing/iotest"
)

func FuzzFrame(f *testing.F) {
	f.Add(encode("", "x", string(make([]byte, 300))))
	f.Add(sized(0, 1<<62))
	f.Add(sized(flagMore, 5))
	f.Add([]byte{flagLong, 0, 0, 0, 0, 0, 0, 0, 1, 'x'})
	f.Add([]byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 16
		r := iotest.OneByteReader(bytes.NewReader(b))
		for {
			flags, body, err := readFrame(r, limit, nil)
			if err != nil {
				return
			}
			if len(body) > limit || len(body) > len(b) {
				t.Fatalf("body of %d bytes out of %d", len(body), len(b))
			}
			again := append(appendHeader(nil, flags, len(body)), body...)
			f2, b2, err := readFrame(bytes.NewReader(again), limit, nil)
			if err != nil || f2 != flags || !bytes.Equal(b2, body) {
				t.Fatalf("read of what was read = %d, %q, %v; want %d, %q", f2, b2, err, flags, body)
			}
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add(Metadata{"DEALER", []byte("me")}.encode())
	f.Add([]byte("\x0bSocket-Type\x00\x00\x00\xffDEA"))
	f.Add([]byte("\x00\x00\x00\x00\x00"))
	f.Add([]byte("\xffSock"))
	f.Add([]byte("\x08IDENTITY\x00\x00\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMetadata(b)
		if err != nil {
			return
		}
		again, err := parseMetadata(m.encode())
		if err != nil || again.SocketType != m.SocketType || !bytes.Equal(again.Identity, m.Identity) {
			t.Fatalf("parseMetadata(encode(%+v)) = %+v, %v", m, again, err)
		}
	})
}

func FuzzCommand(f *testing.F) {
	f.Add(Command{"READY", []byte("x")}.encode())
	f.Add([]byte{0})
	f.Add([]byte{200, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := parseCommand(b); err == nil && !bytes.Equal(c.encode(), b) {
			t.Fatalf("encode(parseCommand(%q)) = %q", b, c.encode())
		}
	})
}
