package wire

import "strconv"

// A Channel names one of a kernel's sockets that carry requests. IOPub only publishes, and the heartbeat never
// leaves the transport, so neither is a Channel.
type Channel int

const (
	Shell Channel = iota
	Control
	Stdin
)

// String returns the channel's name, as in "shell".
func (c Channel) String() string {
	switch c {
	case Shell:
		return "shell"
	case Control:
		return "control"
	case Stdin:
		return "stdin"
	}
	return "channel " + strconv.Itoa(int(c))
}

// An Event is what a kernel received: a message, or a new subscriber to IOPub.
type Event struct {
	Channel    Channel
	Message    *Message // nil when a client subscribed
	Subscribed bool
	Topic      string // of the subscription, usually ""
}
