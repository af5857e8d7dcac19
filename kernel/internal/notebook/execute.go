package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// grace is how long an interrupted cell may take to end. Tests shorten it.
var grace = 3 * time.Second

// A Client is a connection to a running kernel, as transport.Pipe gives it.
type Client interface {
	Send(wire.Channel, *wire.Message) error
	Recv(context.Context, wire.Channel) (*wire.Message, error)
	RecvIOPub(context.Context) (*wire.Message, error)
	Subscribe(topic string) error
}

// Options change how a notebook runs; the zero value stops at the first error and waits for ever.
type Options struct {
	AllowErrors bool           // go on after a cell that failed
	CellTimeout time.Duration  // of each cell, which is then interrupted and fails; 0 is none
	Progress    func(Progress) // called when a code cell begins and when it ends
}

// Progress tells where a run is.
type Progress struct {
	Index   int // of the cell in the notebook
	Cell    *Cell
	N, Of   int // code cell N, from 1, of how many
	Done    bool
	Elapsed time.Duration // of the cell, when it is done
	Err     error         // of the cell, also where the run goes on
}

// A CellError is why a cell failed.
type CellError struct {
	Path      string
	Index     int // in Notebook.Cells
	ID        string
	Name      string // Jupyter's ename
	Message   string
	Traceback []string
	Timeout   bool // the cell was interrupted after Options.CellTimeout; this ends a run always
}

func (e *CellError) Error() string {
	return fmt.Sprintf("notebook: %s: cells[%d] (id %s): %s: %s", e.Path, e.Index, e.ID, e.Name, e.Message)
}

// Execute runs the notebook's code cells in order and puts their outputs and execution counts into them. Blank cells
// and those tagged skip-execution are left as they are. It stops at the first error, which is a [CellError], unless
// the cell is tagged raises-exception or opts allow errors; the cells after it are left as they were. When ctx ends,
// the running cell is interrupted, and ctx's cause returned. The kernel goes on in any case.
func Execute(ctx context.Context, nb *Notebook, client Client, opts Options) error {
	if err := client.Subscribe(""); err != nil {
		return fmt.Errorf("notebook: %s: subscribe: %w", nb.Path, err)
	}
	r := &run{
		nb: nb, client: client, opts: opts, session: wire.NewID(),
		events: make(chan event), cells: map[string]*cellOutputs{}, displays: map[string][]Output{},
	}
	stop := r.receive()
	defer stop()
	var todo []int
	for i, c := range nb.Cells {
		if c.Type == Code && strings.TrimSpace(c.Source) != "" && !c.HasTag("skip-execution") {
			todo = append(todo, i)
		}
	}
	for n, i := range todo {
		p := Progress{Index: i, Cell: nb.Cells[i], N: n + 1, Of: len(todo)}
		r.progress(p)
		start := time.Now()
		err := r.cell(ctx, i)
		p.Done, p.Elapsed, p.Err = true, time.Since(start), err
		r.progress(p)
		var failed *CellError
		if errors.As(err, &failed) && !failed.Timeout && (opts.AllowErrors || nb.Cells[i].HasTag("raises-exception")) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// An event is what came from the kernel.
type event struct {
	channel string
	message *wire.Message
	err     error
}

// A run is one execution of a notebook. Its fields belong to the goroutine that called Execute.
type run struct {
	nb       *Notebook
	client   Client
	opts     Options
	session  string
	events   chan event
	cells    map[string]*cellOutputs // by the id of the request
	displays map[string][]Output     // by display_id
}

func (r *run) progress(p Progress) {
	if r.opts.Progress != nil {
		r.opts.Progress(p)
	}
}

// receive starts to receive; stop ends it.
func (r *run) receive() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	pump := func(channel string, next func(context.Context) (*wire.Message, error)) {
		wg.Go(func() {
			for {
				m, err := next(ctx)
				select {
				case r.events <- event{channel, m, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
			}
		})
	}
	pump("iopub", r.client.RecvIOPub)
	for _, ch := range []wire.Channel{wire.Shell, wire.Control} {
		pump(ch.String(), func(ctx context.Context) (*wire.Message, error) { return r.client.Recv(ctx, ch) })
	}
	return func() { cancel(); wg.Wait() }
}

// send sends a message without a parent.
func (r *run) send(ch wire.Channel, typ string, content any) (*wire.Message, error) {
	m, err := wire.NewMessage(r.session, typ, nil, content)
	if err == nil {
		err = r.client.Send(ch, m)
	}
	return m, r.lost(err)
}

// lost says what it means that the connection ended.
func (r *run) lost(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("notebook: %s: the kernel ended while the notebook ran: %w", r.nb.Path, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return fmt.Errorf("notebook: %s: %w", r.nb.Path, err)
	}
	return nil
}

// cell runs one cell to its end.
func (r *run) cell(ctx context.Context, index int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c := r.nb.Cells[index]
	c.Outputs, c.ExecutionCount = nil, 0
	content := wire.NewExecuteRequest(c.Source)
	content.StopOnError = false // no cell is sent before the one ahead of it ended
	request, err := wire.NewMessage(r.session, "execute_request", nil, content)
	if err != nil {
		return r.lost(err)
	}
	r.cells[request.Header.ID] = &cellOutputs{cell: c, displays: r.displays}
	if err := r.client.Send(wire.Shell, request); err != nil {
		return r.lost(err)
	}
	var timeout <-chan time.Time
	if r.opts.CellTimeout > 0 {
		timeout = time.After(r.opts.CellTimeout)
	}
	var gaveUp error // why the cell was interrupted
	interrupt := func(why error) error {
		gaveUp = why
		_, err := r.send(wire.Control, "interrupt_request", struct{}{})
		return err
	}
	failed := func(name, message string, traceback []string) *CellError {
		return &CellError{Path: r.nb.Path, Index: index, ID: c.ID, Name: name, Message: message, Traceback: traceback}
	}
	done := ctx.Done()
	var last <-chan time.Time
	var reply *executeReply
	for idle := false; !idle || reply == nil; {
		select {
		case e := <-r.events:
			if e.err != nil {
				return r.lost(e.err)
			}
			switch {
			case e.channel == "iopub":
				ended, err := r.published(e.message)
				if err != nil {
					return fmt.Errorf("notebook: %s: cells[%d]: %w", r.nb.Path, index, err)
				}
				idle = idle || ended == request.Header.ID
			case e.message.Header.Type == "execute_reply" && parentID(e.message) == request.Header.ID:
				reply = new(executeReply)
				if err := wire.DecodeContent(e.message.Content, reply); err != nil {
					return fmt.Errorf("notebook: %s: cells[%d]: execute_reply: %w", r.nb.Path, index, err)
				}
			}
		case <-timeout:
			timeout, last = nil, time.After(grace)
			late := failed("Timeout", fmt.Sprintf("the cell did not end within %v", r.opts.CellTimeout), nil)
			late.Timeout = true
			if err := interrupt(late); err != nil {
				return err
			}
		case <-done:
			done, timeout, last = nil, nil, time.After(grace)
			if err := interrupt(context.Cause(ctx)); err != nil {
				return err
			}
		case <-last:
			return fmt.Errorf("notebook: %s: cells[%d]: the cell did not end within %v of an interrupt: %w", r.nb.Path, index, grace, gaveUp)
		}
	}
	c.ExecutionCount = reply.ExecutionCount
	switch {
	case gaveUp != nil:
		return gaveUp
	case reply.Status == wire.StatusOK:
		return nil
	case reply.Status == wire.StatusError:
		return failed(reply.Name, reply.Value, reply.Traceback)
	}
	return failed("Aborted", fmt.Sprintf("the kernel answered with status %q", reply.Status), nil)
}

// An executeReply is what of an execute_reply matters here.
type executeReply struct {
	Status         string `json:"status"`
	ExecutionCount int    `json:"execution_count"`
	wire.ErrorContent
}

// published handles a message of IOPub. ended is the id of a request that is done.
func (r *run) published(m *wire.Message) (ended string, err error) {
	id := parentID(m)
	cell := r.cells[id]
	if m.Header.Type == "status" {
		var content wire.Status
		if err := wire.DecodeContent(m.Content, &content); err != nil {
			return "", err
		}
		if content.ExecutionState == wire.StateIdle {
			return id, nil
		}
		return "", nil
	}
	if cell == nil {
		return "", nil // another client's
	}
	return "", cell.add(m)
}

func parentID(m *wire.Message) string {
	var h wire.Header
	if json.Unmarshal(m.Parent, &h) != nil {
		return ""
	}
	return h.ID
}
