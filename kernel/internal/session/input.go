package session

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// inputs is the one question that can be open at a time.
type inputs struct {
	turn chan struct{} // holds a value while a question is open

	mu    sync.Mutex
	asked *wire.Message // the open input_request
	cell  *wire.Message // the execute_request that asks
	reply chan string
}

// ask sends an input_request to the client that runs the cell and waits for its reply.
func (s *Session) ask(ctx context.Context, req *request, prompt string, password bool) (string, error) {
	in := &s.input
	select {
	case in.turn <- struct{}{}: // another goroutine's question comes first
		defer func() { <-in.turn }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-s.quit:
		return "", ErrShutdown
	}
	m, err := wire.NewMessage(s.id, "input_request", req.Message, wire.InputRequest{Prompt: prompt, Password: password})
	if err != nil {
		return "", err
	}
	reply := make(chan string, 1)
	in.mu.Lock()
	in.asked, in.cell, in.reply = m, req.Message, reply
	in.mu.Unlock()
	defer func() {
		in.mu.Lock()
		in.asked, in.cell, in.reply = nil, nil, nil
		in.mu.Unlock()
	}()
	if err := s.opt.Conn.Send(Stdin, m); err != nil {
		return "", err
	}
	select {
	case line := <-reply:
		return line, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case <-s.quit:
		return "", ErrShutdown
	}
}

// inputReply gives an input_reply to who asked.
func (s *Session) inputReply(req *request) (any, error) {
	var content wire.InputReply
	if err := req.decode(&content); err != nil {
		return nil, err
	}
	in := &s.input
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.reply == nil {
		return nil, &Error{Name: "UnexpectedInput", Message: "no cell waits for input: the reply is dropped"}
	}
	// JupyterLab answers the input_request, jupyter_client names no parent. A parent that is neither the question
	// nor its cell is the late answer to a question that was interrupted.
	var parent wire.Header
	if len(req.Parent) > 0 {
		if err := json.Unmarshal(req.Parent, &parent); err != nil {
			return nil, &Error{Name: "InvalidRequest", Message: "input_reply: parent header: " + err.Error()}
		}
	}
	if id := parent.ID; id != "" && id != in.asked.Header.ID && id != in.cell.Header.ID {
		return nil, &Error{Name: "UnexpectedInput", Message: "the reply is to an older question: it is dropped"}
	}
	select {
	case in.reply <- content.Value:
	default: // answered twice
	}
	return nil, nil
}
