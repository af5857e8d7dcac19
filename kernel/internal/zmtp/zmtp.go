// Package zmtp has server sockets of ZeroMQ: ROUTER and XPUB over TCP and ipc (Unix sockets), which clients of any
// ZeroMQ library can connect to.
//
// Protocol: ZMTP 3.1, https://rfc.zeromq.org/spec/37/, without versions before 3. Whatever bytes a peer sends or
// stops sending, the others are served: a peer's handshake, reading and writing have goroutines of their own, and
// what a peer may ask for is limited by [Options].
package zmtp

import "errors"

// Reasons why a call fails or a peer is disconnected.
var (
	ErrClosed   = errors.New("zmtp: socket is closed")
	ErrNoPeer   = errors.New("zmtp: no peer has this identity")
	ErrFull     = errors.New("zmtp: the peer takes no messages and its queue is full")
	ErrProtocol = errors.New("zmtp: protocol error")
)
