package zmtp

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Names of the commands that the NULL mechanism and an open connection know.
const (
	cmdReady     = "READY"
	cmdError     = "ERROR"
	cmdPing      = "PING"
	cmdPong      = "PONG"
	cmdSubscribe = "SUBSCRIBE"
	cmdCancel    = "CANCEL"
)

// maxCommand limits the commands of a handshake. READY of libzmq takes about 50 bytes.
const maxCommand = 64 << 10

// A Command is a named frame that is no part of a message.
type Command struct {
	Name string // at most 255 bytes
	Body []byte
}

// encode returns the body of the command's frame.
func (c Command) encode() []byte {
	b := make([]byte, 0, 1+len(c.Name)+len(c.Body))
	b = append(b, byte(len(c.Name)))
	b = append(b, c.Name...)
	return append(b, c.Body...)
}

// parseCommand parses the body of a command's frame, with which it shares memory.
func parseCommand(b []byte) (Command, error) {
	if len(b) == 0 || b[0] == 0 || len(b) < 1+int(b[0]) {
		return Command{}, fmt.Errorf("%w: command without a name: %.20q", ErrProtocol, b)
	}
	n := 1 + int(b[0])
	return Command{Name: string(b[1:n]), Body: b[n:]}, nil
}

// errorCommand is what tells a peer why the handshake failed.
func errorCommand(reason string) Command {
	reason = reason[:min(len(reason), 255)]
	return Command{cmdError, append([]byte{byte(len(reason))}, reason...)}
}

// pong answers the body of a PING: two bytes of time to live, which is for peers that never send, and a context of
// up to 16 bytes, which goes back.
func pong(ping []byte) (Command, error) {
	if len(ping) < 2 || len(ping) > 18 {
		return Command{}, fmt.Errorf("%w: PING of %d bytes, want 2 to 18", ErrProtocol, len(ping))
	}
	return Command{cmdPong, ping[2:]}, nil
}

// Metadata is what a side says about itself in the handshake.
type Metadata struct {
	SocketType string
	Identity   []byte
}

// encode returns the properties in the form of READY's body.
func (m Metadata) encode() []byte {
	var b []byte
	for _, p := range []struct {
		name  string
		value []byte
	}{{"Socket-Type", []byte(m.SocketType)}, {"Identity", m.Identity}} {
		b = append(b, byte(len(p.name)))
		b = append(b, p.name...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(p.value)))
		b = append(b, p.value...)
	}
	return b
}

// parseMetadata parses READY's body. Names count without regard to case; unknown ones are passed over.
func parseMetadata(b []byte) (m Metadata, err error) {
	for len(b) > 0 {
		n := 1 + int(b[0])
		if n == 1 || len(b) < n+4 {
			return Metadata{}, fmt.Errorf("%w: property is cut: %.20q", ErrProtocol, b)
		}
		name := strings.ToLower(string(b[1:n]))
		size := binary.BigEndian.Uint32(b[n:])
		b = b[n+4:]
		if uint64(size) > uint64(len(b)) {
			return Metadata{}, fmt.Errorf("%w: property %q has %d bytes, %d are left", ErrProtocol, name, size, len(b))
		}
		value := b[:size:size]
		b = b[size:]
		switch name {
		case "socket-type":
			m.SocketType = string(value)
		case "identity":
			// A leading 0 marks the identities that a ROUTER makes up.
			if len(value) > 255 || len(value) > 0 && value[0] == 0 {
				return Metadata{}, fmt.Errorf("%w: identity %.20q; want up to 255 bytes that do not begin with 0", ErrProtocol, value)
			}
			m.Identity = value
		}
	}
	return m, nil
}
