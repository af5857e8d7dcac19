package session

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// runCells is the executor: it runs one cell after the other until the queue is closed.
func (s *Session) runCells() {
	defer close(s.executed)
	count := 0
	for {
		c, ctx, ok := s.cells.next()
		if !ok {
			return
		}
		if c.task != nil {
			err := isolate(s.abandon, func() error {
				c.task(ctx)
				return nil
			})
			s.taskFailed(err)
			s.cells.done()
			continue
		}
		s.execute(ctx, c, &count)
	}
}

// Later has f called on the goroutine of the cells, after the cells and the calls that wait there already; or earlier, when
// the cell that runs lets them ([Session.RunTasks]). Its context ends when the user interrupts the kernel.
func (s *Session) Later(f func(ctx context.Context)) { s.cells.addTask(f) }

// RunTasks runs what Later was given and waits. It is for the goroutine of the cell that runs, with the cell's context.
func (s *Session) RunTasks(ctx context.Context) {
	if s.cells.tasks.Load() == 0 {
		return
	}
	for _, f := range s.cells.takeTasks() {
		func() {
			defer func() {
				if r := recover(); r != nil {
					s.taskFailed(panicError(r, debug.Stack()))
				}
			}()
			f(ctx)
		}()
	}
}

func (s *Session) taskFailed(err error) {
	if err != nil {
		s.log.Error("session: a task failed", "error", err)
	}
}

// execute answers one execute_request. It never fails: whatever a cell does ends as a reply.
func (s *Session) execute(ctx context.Context, c *cellRequest, count *int) {
	s.beginCell(c.Message)
	defer s.endCell(c.Message)
	if c.aborted {
		s.reply(c.request, wire.OKReply{Status: wire.StatusAborted})
		return
	}
	defer s.cells.done()
	store := c.content.StoreHistory && !c.content.Silent && strings.TrimSpace(c.content.Code) != ""
	if store {
		*count++
		s.history.addInput(*count, c.content.Code)
	}
	if !c.content.Silent {
		s.mustPublish("execute_input", c.Message, wire.ExecuteInput{Code: c.content.Code, ExecutionCount: *count})
	}
	run := &cellRun{
		s: s, request: c, number: *count, store: store,
		out:   &output{s: s, request: c.request, allowStdin: c.content.AllowStdin, number: *count, cell: cellKey(c)},
		reply: wire.ExecuteReply{Status: wire.StatusOK, ExecutionCount: *count, UserExpressions: map[string]json.RawMessage{}, Payload: []any{}},
	}
	s.outputs.forget(run.out.cell)
	if !c.content.Silent {
		run.out.Stream("stderr", []byte(s.notice))
		s.notice = ""
	}
	if err := isolate(s.abandon, func() error { return run.run(ctx) }); err != nil {
		run.fail(err, ctx.Err() != nil)
		return
	}
	run.out.finish()
	s.reply(c.request, run.reply)
}

// A cellRun is one cell on its way.
type cellRun struct {
	s       *Session
	request *cellRequest
	out     *output
	number  int
	store   bool
	reply   wire.ExecuteReply
}

// run is what of a cell may meet foreign code: the engine and the methods of the values that are shown.
func (r *cellRun) run(ctx context.Context) error {
	content := r.request.content
	cell := Cell{Number: r.number, Code: content.Code, Silent: content.Silent}
	res, err := r.s.opt.Engine.Execute(ctx, cell, r.out)
	if err != nil {
		return interruption(ctx, err)
	}
	if res.HasValue && !content.Silent {
		data, metadata := r.s.bundle(res.Value, res.Text)
		r.out.send("execute_result", wire.ExecuteResult{ExecutionCount: r.number, Data: data, Metadata: metadata})
		if r.store {
			r.s.history.addOutput(r.number, plainText(data))
		}
	}
	for name, expr := range content.UserExpressions {
		r.reply.UserExpressions[name] = r.evaluate(ctx, expr)
	}
	for _, p := range res.Payload {
		if payload := encodePayload(p); payload != nil {
			r.reply.Payload = append(r.reply.Payload, payload)
		}
	}
	return nil
}

// evaluate returns the reply to one of user_expressions.
func (r *cellRun) evaluate(ctx context.Context, expr string) json.RawMessage {
	var content any
	err := isolate(r.s.abandon, func() error {
		res, err := r.s.opt.Engine.Evaluate(ctx, expr, r.out)
		if err != nil {
			return interruption(ctx, err)
		}
		if !res.HasValue {
			return &Error{Name: "NoValue", Message: "the expression has no value"}
		}
		data, metadata := r.s.bundle(res.Value, res.Text)
		content = wire.ExpressionReply{Status: wire.StatusOK, Data: data, Metadata: metadata}
		return nil
	})
	if err != nil {
		content = errorReply(err)
	}
	raw, err := wire.EncodeContent(content)
	if err != nil {
		r.s.log.Error("session: user expression", "error", err)
		return json.RawMessage(`null`)
	}
	return raw
}

// fail ends a cell with an error: it goes to all clients at once and, after those cells that were sent before the
// client could know of it have come and are aborted, into the reply. What was sent before an interrupt is aborted by
// that already.
func (r *cellRun) fail(err error, interrupted bool) {
	content := errorContent(err)
	r.out.finish()
	r.out.send("error", content)
	var e *Error
	if errors.As(err, &e) && len(e.Picture.Data) > 0 {
		data, metadata := encodeBundle(e.Picture)
		r.out.send("display_data", wire.DisplayData{Data: data, Metadata: metadata})
	}
	if r.request.content.StopOnError && !r.request.content.Silent && !interrupted {
		r.s.cells.abortAll()
	}
	reply := wire.ExecuteReply{Status: wire.StatusError, ExecutionCount: r.number, UserExpressions: map[string]json.RawMessage{}, Payload: []any{}}
	r.s.reply(r.request.request, wire.ExecuteErrorReply{ExecuteReply: reply, ErrorContent: content})
}

// interruption gives an engine's plain context error the name that users know it by.
func interruption(ctx context.Context, err error) error {
	var e *Error
	if errors.As(err, &e) || ctx.Err() == nil {
		return err
	}
	cause := context.Cause(ctx)
	switch {
	case !errors.Is(err, context.Canceled) && !errors.Is(err, cause):
		return err // its own, which came at the same time
	case errors.Is(cause, ErrShutdown):
		return &Error{Name: "Shutdown", Message: "the kernel shut down"}
	}
	return &Error{Name: "Interrupted", Message: "the cell was interrupted"}
}

// encodePayload returns a payload as front ends want it, nil for one that they do not know.
func encodePayload(p Payload) any {
	switch p.Source {
	case "page":
		data, _ := encodeBundle(p.Data)
		return wire.PagePayload{Source: p.Source, Data: data}
	case "set_next_input":
		return wire.NextInputPayload{Source: p.Source, Text: p.Text, Replace: p.Replace}
	}
	return nil
}

// plainText returns the text/plain form of a bundle, "" if it has none.
func plainText(data wire.MIME) string {
	var text string
	if err := json.Unmarshal(data["text/plain"], &text); err != nil {
		return ""
	}
	return text
}
