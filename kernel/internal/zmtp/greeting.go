package zmtp

import (
	"bytes"
	"fmt"
	"io"
)

// A greeting is the first 64 bytes of each side: signature (10), version (2), mechanism (20), as-server (1), filler.
const (
	greetingSize  = 64
	signatureSize = 10
	mechanismSize = 20
)

// greeting returns our greeting: version 3.1.
func greeting(m Mechanism) []byte {
	g := make([]byte, greetingSize)
	g[0], g[8], g[9] = 0xff, 1, 0x7f
	g[10], g[11] = 3, 1
	copy(g[12:12+mechanismSize], m.Name())
	if m.Server() {
		g[32] = 1
	}
	return g
}

// readGreeting reads the peer's greeting and returns the mechanism that it names. What is no ZMTP is noticed after
// the signature: a client of another protocol may never send 64 bytes.
func readGreeting(r io.Reader) (mechanism string, err error) {
	var g [greetingSize]byte
	if _, err := io.ReadFull(r, g[:signatureSize]); err != nil {
		return "", err
	}
	// Bytes 1 to 8 are padding, in which old versions put a length.
	if g[0] != 0xff || g[9] != 0x7f {
		return "", fmt.Errorf("%w: greeting begins %x, want ff, 8 bytes, 7f", ErrProtocol, g[:signatureSize])
	}
	// Versions before 3 have shorter greetings, so the rest would never come.
	if _, err := io.ReadFull(r, g[signatureSize:signatureSize+1]); err != nil {
		return "", unexpected(err)
	}
	if g[10] < 3 {
		return "", fmt.Errorf("%w: peer speaks ZMTP %d, want 3 or later", ErrProtocol, g[10])
	}
	if _, err := io.ReadFull(r, g[signatureSize+1:]); err != nil {
		return "", unexpected(err)
	}
	name := g[12 : 12+mechanismSize]
	if i := bytes.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	return string(name), nil
}
