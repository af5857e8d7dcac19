package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

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
	switch req.Header.Type { // before the busy status, which a front end drowning in output may hold up
	case "interrupt_request":
		s.Interrupt()
	case "shutdown_request":
		s.opt.Conn.Hurry()
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
		level := slog.LevelWarn
		if e := asError(err); e.Name == notSupported || e.Name == unknownMessage {
			level = slog.LevelDebug // front ends try what a kernel can do
		}
		s.log.Log(context.Background(), level, "session: "+req.Header.Type, "error", err)
		content = errorReply(err)
	}
	s.reply(req, content)
}

// The names of errors that say what the kernel cannot do.
const (
	unknownMessage = "UnknownMessage"
	notSupported   = "NotSupported"
)

// unknown answers what the kernel does not know. Clients wait for the reply to a request, and for idle in any case.
func unknown(s *Session, req *request) (any, error) {
	return nil, &Error{Name: unknownMessage, Message: fmt.Sprintf(
		"message type %q is unknown to this kernel, which speaks version %s of the protocol", req.Header.Type, wire.ProtocolVersion)}
}

// unsupported answers requests of a feature that supported_features does not list.
func unsupported(feature string) handler {
	return func(s *Session, req *request) (any, error) {
		return nil, &Error{Name: notSupported, Message: fmt.Sprintf(
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
