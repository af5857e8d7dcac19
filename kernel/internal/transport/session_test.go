package transport_test

import (
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
)

// The package imports no session; the session takes both.
var (
	_ session.Conn = (*transport.Conn)(nil)
	_ session.Conn = (*transport.MemoryConn)(nil)
)
