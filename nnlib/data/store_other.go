//go:build !unix

package data

func newMemoryStore(n int) *store { return &store{bytes: make([]byte, n)} }
