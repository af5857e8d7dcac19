package zmtp

import (
	"net"
	"time"
)

// Options limit what peers may ask of a socket. The zero value of a field means its default.
type Options struct {
	// Mechanism makes the security mechanism of one connection; nil means [Null].
	Mechanism func() Mechanism

	// Refused, if not nil, is told when a peer is disconnected for what it sent. The error is an ErrProtocol. It is
	// called from the peer's goroutine.
	Refused func(net.Addr, error)

	MaxFrame   int64 // bytes in one received frame; default 1 GB, for XPUB 1 MB
	MaxMessage int64 // bytes in all frames of a received message; default as MaxFrame
	MaxParts   int   // frames in a received message; default 8192
	// MaxPending limits the bytes of received messages that are not complete, over all peers, so that many peers
	// cannot ask for MaxMessage each; default 2 GB.
	MaxPending int64
	MaxPeers   int // connections at once, those in the handshake counted; default 1024
	MaxTopics  int // subscriptions of one peer; default 1000

	HandshakeTimeout time.Duration // from the connection to the end of the handshake; default 10 s

	QueueLen   int   // messages waiting for one peer; default 1000
	QueueBytes int64 // bytes waiting for one peer; default 256 MB. One larger message passes when the queue is empty
	// Stall is how long a peer with a full queue may take no bytes before messages for it are dropped; until then
	// senders wait. Default 1 s.
	Stall time.Duration
}

func (o Options) withDefaults(t socketType) Options {
	o.Mechanism = or(o.Mechanism == nil, Null, o.Mechanism)
	maxFrame := int64(1 << 30)
	if t == xpub {
		maxFrame = 1 << 20 // topics
	}
	o.MaxFrame = or(o.MaxFrame == 0, maxFrame, o.MaxFrame)
	o.MaxMessage = or(o.MaxMessage == 0, o.MaxFrame, o.MaxMessage)
	o.MaxParts = or(o.MaxParts == 0, 8192, o.MaxParts)
	o.MaxPending = or(o.MaxPending == 0, 2<<30, o.MaxPending)
	o.MaxPeers = or(o.MaxPeers == 0, 1024, o.MaxPeers)
	o.MaxTopics = or(o.MaxTopics == 0, 1000, o.MaxTopics)
	o.HandshakeTimeout = or(o.HandshakeTimeout == 0, 10*time.Second, o.HandshakeTimeout)
	o.QueueLen = or(o.QueueLen == 0, 1000, o.QueueLen)
	o.QueueBytes = or(o.QueueBytes == 0, 256<<20, o.QueueBytes)
	o.Stall = or(o.Stall == 0, time.Second, o.Stall)
	return o
}

func or[T any](unset bool, def, value T) T {
	if unset {
		return def
	}
	return value
}
