package zmtp

import "fmt"

// A Mechanism makes one connection secure. It is used for one connection only, by one goroutine at a time, except
// that [Guard.Wrap] and [Guard.Unwrap] may run at once.
type Mechanism interface {
	// Name is what the greeting says, at most 20 bytes.
	Name() string
	// Server is what the greeting says; NULL has no server.
	Server() bool
	// Handshake exchanges commands until both sides know each other's metadata. accept judges the peer's metadata;
	// its error must be told to the peer and returned. The Guard, nil for none, works on all later frames.
	Handshake(c Commands, own Metadata, accept func(Metadata) error) (peer Metadata, g Guard, err error)
}

// Commands is a connection during the handshake. Both methods end at the handshake's deadline.
type Commands interface {
	Send(Command) error
	Recv() (Command, error)
}

// A Guard changes frames on their way, as encryption does. Bodies may not be changed in place.
type Guard interface {
	// Wrap returns what to send for a frame, with the flags 1 (more) and 4 (command).
	Wrap(flags byte, body []byte) (byte, []byte, error)
	// Unwrap is the opposite. Its error ends the connection.
	Unwrap(flags byte, body []byte) (byte, []byte, error)
}

// Null returns the mechanism NULL: nobody proves anything, and frames travel as they are.
func Null() Mechanism { return null{} }

type null struct{}

func (null) Name() string { return "NULL" }

func (null) Server() bool { return false }

func (null) Handshake(c Commands, own Metadata, accept func(Metadata) error) (Metadata, Guard, error) {
	if err := c.Send(Command{cmdReady, own.encode()}); err != nil {
		return Metadata{}, nil, err
	}
	cmd, err := c.Recv()
	if err != nil {
		return Metadata{}, nil, err
	}
	if cmd.Name != cmdReady {
		return Metadata{}, nil, fmt.Errorf("%w: peer sent %.20q, want READY", ErrProtocol, cmd.Name)
	}
	peer, err := parseMetadata(cmd.Body)
	if err == nil {
		err = accept(peer)
	}
	if err != nil {
		c.Send(errorCommand(err.Error())) // the connection is lost either way
		return Metadata{}, nil, err
	}
	return peer, nil, nil
}
