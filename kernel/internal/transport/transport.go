// Package transport carries a kernel's messages: the five sockets of a connection file over ZMTP, and the same in
// memory. It never reads a message's content.
package transport

import "errors"

// ErrClosed is why a message cannot be sent after Close.
var ErrClosed = errors.New("connection is closed")
