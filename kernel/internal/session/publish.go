package session

import (
	"encoding/json"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// publish sends a message to all clients; parent may be nil. The error says what of content cannot be encoded;
// that a connection is gone is logged only.
func (s *Session) publish(typ string, parent *wire.Message, content any) error {
	return s.publishWith(typ, parent, content, nil, nil)
}

func (s *Session) publishWith(typ string, parent *wire.Message, content any, metadata json.RawMessage, buffers [][]byte) error {
	m, err := wire.NewMessage(s.id, typ, parent, content)
	if err != nil {
		return err
	}
	m.Metadata, m.Buffers = metadata, buffers
	m.Identities = [][]byte{[]byte("kernel." + s.opt.KernelID + "." + typ)}
	if err := s.opt.Conn.Publish(m); err != nil {
		s.log.Debug("session: publish", "type", typ, "error", err)
	}
	return nil
}

func (s *Session) status(state string, parent *wire.Message) {
	s.mustPublish("status", parent, wire.Status{ExecutionState: state})
}

// busyCell remembers the cell that is announced as running.
type busyCell struct {
	mu   sync.Mutex // held while publishing, so that no busy status follows the idle one of a cell
	cell *wire.Message
}

// idle ends a request. Front ends and Jupyter's server, which ends kernels that are idle for long, know only the last
// status, whatever its parent: while a cell runs they are told again that the kernel is busy.
func (s *Session) idle(request *wire.Message) {
	s.busy.mu.Lock()
	defer s.busy.mu.Unlock()
	s.status(wire.StateIdle, request)
	if s.busy.cell != nil {
		s.status(wire.StateBusy, s.busy.cell)
	}
}

// beginCell and endCell are the statuses around a cell.
func (s *Session) beginCell(request *wire.Message) {
	s.busy.mu.Lock()
	defer s.busy.mu.Unlock()
	s.busy.cell = request
	s.status(wire.StateBusy, request)
}

func (s *Session) endCell(request *wire.Message) {
	s.busy.mu.Lock()
	defer s.busy.mu.Unlock()
	s.busy.cell = nil
	s.status(wire.StateIdle, request)
}

// mustPublish publishes a content that is made of strings and numbers and can be encoded.
func (s *Session) mustPublish(typ string, parent *wire.Message, content any) {
	if err := s.publish(typ, parent, content); err != nil {
		s.log.Error("session: publish", "type", typ, "error", err)
	}
}

// welcome tells a new subscriber that it will now miss nothing. The status "starting" waits for the first one:
// before it nobody listens, and the welcome must come first.
func (s *Session) welcome(topic string) {
	m, err := wire.NewMessage(s.id, "iopub_welcome", nil, wire.Welcome{Subscription: topic})
	if err != nil {
		s.log.Error("session: welcome", "error", err)
		return
	}
	// Only a topic that begins with the subscription reaches the subscriber.
	m.Identities = [][]byte{[]byte(topic)}
	if topic == "" {
		m.Identities = [][]byte{[]byte("kernel." + s.opt.KernelID + ".iopub_welcome")}
	}
	if err := s.opt.Conn.Publish(m); err != nil {
		s.log.Debug("session: publish", "type", "iopub_welcome", "error", err)
	}
	s.startOnce.Do(func() { s.status(wire.StateStarting, nil) })
}
