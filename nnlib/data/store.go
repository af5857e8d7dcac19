package data

import (
	"fmt"
	"os"
	"runtime"
	"sync"
)

// A store is the bytes of pictures. A few are in memory. Many are in a file that has no name, where the system offers
// one: what a network does not look at just now then takes no memory of its own, and the system keeps as much of the file
// in memory as nothing else needs. 2,000 pictures of 192x192x3 are 221 MB, a third of what a network with 55 million
// weights takes while it learns from them. A store goes when nothing refers to it any more.
type store struct {
	bytes []byte   // nil where file has them
	file  *os.File // closed when nothing refers to it
}

// large is from how many bytes on a store is a file.
const large = 128 << 20

// newStore returns room for n zeros.
func newStore(n int) *store {
	if n >= large {
		if s, err := newFileStore(n); err == nil {
			return s
		}
	}
	return newMemoryStore(n)
}

// piece is how much of a file is read at once.
const piece = 1 << 15

var rooms = sync.Pool{New: func() any { return new([piece]byte) }}

// each calls use with the n bytes from a place on, a piece at a time, and where the piece is among them. A piece is
// use's until it returns.
func (s *store) each(from, n int, use func(at int, bytes []byte)) {
	if s.file == nil {
		use(0, s.bytes[from:from+n])
		runtime.KeepAlive(s)
		return
	}
	room := rooms.Get().(*[piece]byte)
	defer rooms.Put(room)
	for at := 0; at < n; at += piece {
		b := room[:min(piece, n-at)]
		if _, err := s.file.ReadAt(b, int64(from+at)); err != nil {
			panic(fmt.Errorf("data: reading pictures: %w", err)) // the disk fails: the file has no name that it could be removed by
		}
		use(at, b)
	}
}

// write puts bytes in a place.
func (s *store) write(bytes []byte, from int) error {
	if s.file == nil {
		copy(s.bytes[from:], bytes)
		runtime.KeepAlive(s)
		return nil
	}
	if _, err := s.file.WriteAt(bytes, int64(from)); err != nil {
		return fmt.Errorf("data: writing pictures: %w", err)
	}
	return nil
}
