package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A request is a message with the channel on which it came and is answered.
type request struct {
	*wire.Message
	channel Channel
	after   func() // called after the idle status, if set
}

// A handler returns a reply's content; nil sends none. An error becomes an error reply.
type handler func(*Session, *request) (any, error)

// A route says on which goroutine requests of a type are handled.
type route int

const (
	atOnce route = iota // on the goroutine that reads the channel: must not take long
	query               // one after the other, but beside the running cell: asks the engine
	cell                // queued for the executor
	answer              // an answer to a request of the kernel: no busy, no idle
)

// handlers has every message type that a kernel can receive. The same types serve both sockets: older clients send
// interrupts and shutdowns on the shell channel, and kernel_info is asked on both.
var handlers = map[string]struct {
	route  route
	handle handler
}{
	"execute_request":         {cell, nil},
	"complete_request":        {query, (*Session).complete},
	"inspect_request":         {query, (*Session).inspect},
	"is_complete_request":     {query, (*Session).isComplete},
	"history_request":         {query, (*Session).searchHistory},
	"kernel_info_request":     {atOnce, (*Session).kernelInfo},
	"comm_info_request":       {atOnce, (*Session).commInfo},
	"comm_open":               {atOnce, (*Session).commOpen},
	"comm_msg":                {atOnce, (*Session).commMessage},
	"comm_close":              {atOnce, (*Session).commClose},
	"interrupt_request":       {atOnce, (*Session).interruptRequest},
	"shutdown_request":        {atOnce, (*Session).shutdownRequest},
	"usage_request":           {atOnce, (*Session).usageRequest},
	"debug_request":           {atOnce, unsupported("debugger")},
	"create_subshell_request": {atOnce, unsupported("kernel subshells")},
	"delete_subshell_request": {atOnce, unsupported("kernel subshells")},
	"list_subshell_request":   {atOnce, unsupported("kernel subshells")},
	"input_reply":             {answer, (*Session).inputReply},
}

// dispatch handles a message, or gives it to the goroutine that will.
func (s *Session) dispatch(req *request) {
	h, known := handlers[req.Header.Type]
	if !known {
		h.handle = unknown
	}
	if req.Header.Type == "interrupt_request" {
		s.Interrupt() // before the busy status, which a front end drowning in output may hold up
	}
	switch h.route {
	case cell:
		s.queueCell(req)
	case query:
		s.queries.add(func() { s.answer(req, h.handle) })
	case answer:
		if _, err := h.handle(s, req); err != nil {
			s.log.Warn("session: "+req.Header.Type, "error", err)
		}
	default:
		s.answer(req, h.handle)
	}
}

// answer handles a request between a busy and an idle status and sends the reply.
func (s *Session) answer(req *request, handle handler) {
	s.status(wire.StateBusy, req.Message)
	defer func() {
		s.idle(req.Message)
		if req.after != nil {
			req.after()
		}
	}()
	var content any
	err := isolate(nil, func() (err error) {
		content, err = handle(s, req)
		return err
	})
	if err != nil {
		s.log.Warn("session: "+req.Header.Type, "error", err)
		content = errorReply(err)
	}
	s.reply(req, content)
}

// unknown answers what the kernel does not know. Clients wait for the reply to a request, and for idle in any case.
func unknown(s *Session, req *request) (any, error) {
	return nil, &Error{Name: "UnknownMessage", Message: fmt.Sprintf(
		"message type %q is unknown to this kernel, which speaks version %s of the protocol", req.Header.Type, wire.ProtocolVersion)}
}

// unsupported answers requests of a feature that supported_features does not list.
func unsupported(feature string) handler {
	return func(s *Session, req *request) (any, error) {
		return nil, &Error{Name: "NotSupported", Message: fmt.Sprintf(
			"this kernel has no %s (see supported_features in its kernel_info_reply); %s cannot be answered", feature, req.Header.Type)}
	}
}

// decode reads a request's content into v.
func (req *request) decode(v any) error {
	if err := wire.DecodeContent(req.Content, v); err != nil {
		return &Error{Name: "InvalidRequest", Message: fmt.Sprintf("%s: %v", req.Header.Type, err)}
	}
	return nil
}

// reply answers a request of a type that has replies; a content that cannot be encoded becomes an error reply.
func (s *Session) reply(req *request, content any) {
	base, isRequest := strings.CutSuffix(req.Header.Type, "_request")
	if !isRequest || content == nil {
		return
	}
	m, err := wire.NewMessage(s.id, base+"_reply", req.Message, content)
	if err != nil {
		s.log.Error("session: reply", "error", err)
		m, err = wire.NewMessage(s.id, base+"_reply", req.Message, errorReply(err))
		if err != nil {
			return // unreachable: strings can be encoded
		}
	}
	if err := s.opt.Conn.Send(req.channel, m); err != nil {
		s.log.Warn("session: reply", "type", m.Header.Type, "error", err)
	}
}

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

// asError returns err as what Jupyter shows.
func asError(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Name: "Error", Message: err.Error()}
	}
	if e.Name == "" || e.Traceback == nil {
		c := *e
		if c.Name == "" {
			c.Name = "Error"
		}
		if c.Traceback == nil {
			c.Traceback = []string{c.Error()}
		}
		e = &c
	}
	return e
}

func errorContent(err error) wire.ErrorContent {
	e := asError(err)
	return wire.ErrorContent{Name: e.Name, Value: e.Message, Traceback: e.Traceback}
}

func errorReply(err error) wire.ErrorReply {
	return wire.ErrorReply{Status: wire.StatusError, ErrorContent: errorContent(err)}
}

// isolate calls f, which may run code that the kernel does not trust, on a goroutine of its own: a panic and
// runtime.Goexit become errors. It does not wait for f after abandon was closed; nil never is.
func isolate(abandon <-chan struct{}, f func() error) error {
	done := make(chan error, 1)
	go func() {
		err := error(&Error{Name: "Goexit", Message: "runtime.Goexit ended the goroutine"})
		defer func() {
			if r := recover(); r != nil {
				err = panicError(r, debug.Stack())
			}
			done <- err
		}()
		err = f()
	}()
	select {
	case err := <-done:
		return err
	case <-abandon:
		return errAbandoned
	}
}

var errAbandoned = &Error{Name: "Shutdown", Message: fmt.Sprintf("the kernel shut down, and the cell did not end within %v", cellGrace)}

// panicError makes an error of a panic that the engine or a handler let through.
func panicError(r any, stack []byte) error {
	name := "panic"
	if _, ok := r.(runtime.Error); ok {
		name = "runtime error"
	}
	e := &Error{Name: name, Message: strings.TrimPrefix(fmt.Sprint(r), "runtime error: ")}
	const most = 40 // lines: what matters is near the top
	lines := strings.Split(strings.TrimSpace(string(stack)), "\n")
	if len(lines) > most {
		lines = append(lines[:most], "...")
	}
	e.Traceback = append([]string{e.Error(), "this panic was not handled by the engine; the kernel goes on"}, lines...)
	return e
}

// A lane runs functions one after the other on one goroutine.
type lane struct {
	mu     sync.Mutex
	funcs  []func()
	wake   chan struct{}
	closed bool
}

func newLane() *lane { return &lane{wake: make(chan struct{}, 1)} }

func (l *lane) add(f func()) {
	l.mu.Lock()
	l.funcs = append(l.funcs, f)
	l.mu.Unlock()
	l.signal()
}

func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.funcs = nil
	l.mu.Unlock()
	l.signal()
}

func (l *lane) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lane) run() {
	for range l.wake {
		for {
			l.mu.Lock()
			if l.closed {
				l.mu.Unlock()
				return
			}
			if len(l.funcs) == 0 {
				l.mu.Unlock()
				break
			}
			f := l.funcs[0]
			l.funcs = l.funcs[1:]
			l.mu.Unlock()
			f()
		}
	}
}
