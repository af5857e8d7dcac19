package session

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// Comms are the session's open comms: channels between objects here, such as widgets, and their views in front
// ends. Its methods take plain types only, so that a package that must not know the session can declare the
// interface it needs. They may be called from any goroutine.
//
// parent is the header of the request that a message belongs to, as handlers got it; nil is the cell that runs, or
// ran last. Front ends need it to tell the echo of their own change from another one.
//
// Handlers are called at once, on the goroutine that reads the shell channel, also while a cell runs, between the
// busy and the idle status of their message: they must be quick and hand longer work to another goroutine.
type Comms struct {
	s *Session

	mu      sync.Mutex
	targets map[string]func(parent []byte, id string, data, metadata []byte, buffers [][]byte)
	open    map[string]*comm
}

type comm struct {
	target  string
	message func(parent, data []byte, buffers [][]byte)
	closed  func(parent, data []byte)
}

func newComms(s *Session) *Comms {
	return &Comms{
		s:       s,
		targets: map[string]func([]byte, string, []byte, []byte, [][]byte){},
		open:    map[string]*comm{},
	}
}

// Target registers what is called when a front end opens a comm of a target. The comm is open then; the function
// sets its handlers with OnMessage and OnClose, or closes it. nil removes the target.
func (c *Comms) Target(name string, opened func(parent []byte, id string, data, metadata []byte, buffers [][]byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if opened == nil {
		delete(c.targets, name)
		return
	}
	c.targets[name] = opened
}

// Open opens a comm in the front ends. An empty id makes one up; the id is returned. data becomes JSON.
func (c *Comms) Open(parent []byte, target, id string, data any, metadata map[string]any, buffers [][]byte) (string, error) {
	if id == "" {
		id = wire.NewID()
	}
	c.mu.Lock()
	if c.open[id] != nil {
		c.mu.Unlock()
		return "", fmt.Errorf("session: open comm %s: it is open already", id)
	}
	c.open[id] = &comm{target: target}
	c.mu.Unlock()
	raw, err := encodeData(data)
	if err == nil {
		err = c.publish(parent, "comm_open", wire.CommOpen{CommID: id, TargetName: target, Data: raw}, metadata, buffers)
	}
	if err != nil {
		c.remove(id)
		return "", fmt.Errorf("session: open comm %s: %w", id, err)
	}
	return id, nil
}

// Send sends a message over an open comm.
func (c *Comms) Send(parent []byte, id string, data any, metadata map[string]any, buffers [][]byte) error {
	c.mu.Lock()
	known := c.open[id] != nil
	c.mu.Unlock()
	if !known {
		return fmt.Errorf("session: send to comm %s: it is not open", id)
	}
	raw, err := encodeData(data)
	if err == nil {
		err = c.publish(parent, "comm_msg", wire.CommMessage{CommID: id, Data: raw}, metadata, buffers)
	}
	if err != nil {
		return fmt.Errorf("session: send to comm %s: %w", id, err)
	}
	return nil
}

// Close closes a comm and tells the front ends. One that is closed is no error. OnClose is not called.
func (c *Comms) Close(parent []byte, id string, data any) error {
	if c.remove(id) == nil {
		return nil
	}
	raw, err := encodeData(data)
	if err == nil {
		err = c.publish(parent, "comm_close", wire.CommMessage{CommID: id, Data: raw}, nil, nil)
	}
	if err != nil {
		return fmt.Errorf("session: close comm %s: %w", id, err)
	}
	return nil
}

// OnMessage sets what is called for each message from a front end. data is JSON.
func (c *Comms) OnMessage(id string, handle func(parent, data []byte, buffers [][]byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.open[id]; o != nil {
		o.message = handle
	}
}

// OnClose sets what is called when a front end closes the comm.
func (c *Comms) OnClose(id string, handle func(parent, data []byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.open[id]; o != nil {
		o.closed = handle
	}
}

// Parent returns the header of the cell that runs, or ran last; nil before the first. Output widgets capture the
// output of the request that its msg_id names.
func (c *Comms) Parent() []byte {
	m := c.s.cells.parent()
	if m == nil {
		return nil
	}
	return rawHeader(m)
}

func (c *Comms) remove(id string) *comm {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.open[id]
	delete(c.open, id)
	return o
}

func (c *Comms) publish(parent []byte, typ string, content any, metadata map[string]any, buffers [][]byte) error {
	var meta json.RawMessage
	if metadata != nil {
		var err error
		if meta, err = wire.EncodeContent(metadata); err != nil {
			return fmt.Errorf("metadata: %w", err)
		}
	}
	if parent == nil {
		parent = c.Parent()
	}
	var m *wire.Message
	if parent != nil {
		m = &wire.Message{RawHeader: parent}
	}
	return c.s.publishWith(typ, m, content, meta, buffers)
}

// encodeData writes a comm's data; nil is {}, as front ends expect an object.
func encodeData(data any) (json.RawMessage, error) {
	if data == nil {
		return json.RawMessage("{}"), nil
	}
	return wire.EncodeContent(data)
}

// rawHeader returns a request's header as children repeat it.
func rawHeader(m *wire.Message) []byte {
	if m.RawHeader != nil {
		return m.RawHeader
	}
	raw, err := wire.EncodeContent(m.Header)
	if err != nil {
		return nil // unreachable: a header is strings
	}
	return raw
}

// commInfo answers comm_info_request.
func (s *Session) commInfo(req *request) (any, error) {
	var q wire.CommInfoRequest
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	reply := wire.CommInfoReply{Status: wire.StatusOK, Comms: map[string]wire.CommInfo{}}
	s.comms.mu.Lock()
	defer s.comms.mu.Unlock()
	for id, o := range s.comms.open {
		if q.TargetName == "" || q.TargetName == o.target {
			reply.Comms[id] = wire.CommInfo{TargetName: o.target}
		}
	}
	return reply, nil
}

// commOpen handles a comm that a front end opens; one of an unknown target is closed, as the protocol asks.
func (s *Session) commOpen(req *request) (any, error) {
	var q wire.CommOpen
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	c := s.comms
	c.mu.Lock()
	opened := c.targets[q.TargetName]
	taken := c.open[q.CommID] != nil
	if opened != nil && !taken {
		c.open[q.CommID] = &comm{target: q.TargetName}
	}
	c.mu.Unlock()
	if taken {
		return nil, fmt.Errorf("session: comm_open: comm %q is open already", q.CommID)
	}
	parent := rawHeader(req.Message)
	if opened == nil {
		s.log.Debug("session: comm_open: no such target", "target", q.TargetName)
		return nil, c.publish(parent, "comm_close", wire.CommMessage{CommID: q.CommID, Data: json.RawMessage("{}")}, nil, nil)
	}
	done := false
	defer func() {
		if !done { // it panicked, which the caller reports
			c.remove(q.CommID)
			c.publish(parent, "comm_close", wire.CommMessage{CommID: q.CommID, Data: json.RawMessage("{}")}, nil, nil)
		}
	}()
	opened(parent, q.CommID, q.Data, req.Metadata, req.Buffers)
	done = true
	return nil, nil
}

// commMessage gives a message to its comm's handler.
func (s *Session) commMessage(req *request) (any, error) {
	var q wire.CommMessage
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	c := s.comms
	c.mu.Lock()
	o := c.open[q.CommID]
	var handle func(parent, data []byte, buffers [][]byte)
	if o != nil {
		handle = o.message
	}
	c.mu.Unlock()
	if o == nil {
		// It was refused, or closed a moment ago: the other side learns that by comm_close.
		s.log.Debug("session: comm_msg: comm is not open", "comm", q.CommID)
		return nil, nil
	}
	if handle != nil {
		handle(rawHeader(req.Message), q.Data, req.Buffers)
	}
	return nil, nil
}

// commClose closes a comm and tells its handler.
func (s *Session) commClose(req *request) (any, error) {
	var q wire.CommMessage
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	if o := s.comms.remove(q.CommID); o != nil && o.closed != nil {
		o.closed(rawHeader(req.Message), q.Data)
	}
	return nil, nil
}
