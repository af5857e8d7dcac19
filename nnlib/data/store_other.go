//go:build !unix

package data

// A store is the bytes of pictures.
type store struct{ bytes []byte }

func newStore(n int) *store { return &store{make([]byte, n)} }
