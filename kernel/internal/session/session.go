// Package session is one running kernel as a protocol machine: it decides what each Jupyter message means, queues
// cells, keeps their outputs in order, and remembers history and comms. It declares the [Engine], the [Conn] and
// the [Renderer] that it needs and knows none of their implementations.
package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// ErrInterrupted is the cause (see [context.Cause]) with which the context of an interrupted cell ends.
var ErrInterrupted = errors.New("session: interrupted")

// ErrShutdown is the cause with which the context of a cell ends when the kernel does.
var ErrShutdown = errors.New("session: the kernel shuts down")

// How long a shutdown waits for the cell that runs, and for handlers that were called.
const (
	cellGrace    = 100 * time.Millisecond
	handlerGrace = 50 * time.Millisecond
)

// Options say what a session is made of. Conn, Engine and Renderer are required; the zero values of the others work.
type Options struct {
	Conn     Conn
	Engine   Engine
	Renderer Renderer
	Logger   *slog.Logger // nil discards

	KernelID string // names the topics of IOPub, kernel.<id>.<type>; empty makes one up
	Version  string // of the implementation
	Banner   string // what jupyter console prints first
	Help     []wire.HelpLink

	Notice string // what the first cell prints to stderr before anything else, "" for nothing

	HistoryFile string // JSON lines, shared by all kernels of the user; empty keeps history in memory only
	OutputDir   string // for the text of cells that print too much; empty is gopherceptron/outputs in the user's cache

	// OnInterrupt, if set, is called for each interrupt, after the cell's context ended. It must not block.
	OnInterrupt func()
}

// A Session is a kernel that runs. Its methods may be called from any goroutine.
type Session struct {
	opt     Options
	log     *slog.Logger
	id      string // in the headers of its messages
	comms   *Comms
	history *history
	outputs outputs
	input   inputs
	queries *lane
	usage   usage

	cells cellQueue
	busy  busyCell

	notice string // what the next cell prints first; the executor's

	startOnce sync.Once // of the status "starting"
	stopOnce  sync.Once
	executed  chan struct{} // closed when the executor has ended
	abandon   chan struct{} // closed when the executor must not wait for a cell any longer
	quit      chan struct{} // closed when a shutdown was answered
	quitOnce  sync.Once
	lost      chan error // the connection ended, or failed
}

// New returns a session, which [Session.Run] starts. It panics where a required option is missing.
func New(opt Options) *Session {
	if opt.Conn == nil || opt.Engine == nil || opt.Renderer == nil {
		panic("session: New: Conn, Engine and Renderer are required")
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if opt.KernelID == "" {
		opt.KernelID = wire.NewID()
	}
	if opt.Banner == "" {
		opt.Banner = "Gopherceptron " + opt.Version + ": Go cells that run at once"
	}
	s := &Session{
		opt:      opt,
		log:      opt.Logger,
		id:       wire.NewID(),
		notice:   opt.Notice,
		queries:  newLane(),
		executed: make(chan struct{}),
		abandon:  make(chan struct{}),
		quit:     make(chan struct{}),
		lost:     make(chan error, 3),
	}
	s.comms = newComms(s)
	s.history = newHistory(opt.HistoryFile, s.log)
	s.outputs.shown = map[string]string{}
	s.outputs.waiting = map[*output]bool{}
	s.cells.wake = make(chan struct{}, 1)
	s.cells.closing = make(chan struct{})
	s.input.turn = make(chan struct{}, 1)
	return s
}

// Comms returns the session's comms, over which widgets talk to the front end.
func (s *Session) Comms() *Comms { return s.comms }

// Run answers messages until a shutdown was requested or the connection ended, which are no errors, or ctx did,
// whose cause it returns. It then ends the running cell, sends all output and closes the Conn. It is called once.
func (s *Session) Run(ctx context.Context) error {
	go s.history.load()
	go s.runCells()
	go s.queries.run()
	var readers sync.WaitGroup
	for _, ch := range []Channel{Shell, Control, Stdin} {
		readers.Go(func() { s.lost <- s.read(ch) })
	}
	var err error
	select {
	case <-s.quit:
	case err = <-s.lost:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	s.opt.Conn.Hurry()
	s.stopCells()
	s.queries.close()
	if cerr := s.opt.Conn.Close(); cerr != nil && err == nil {
		err = fmt.Errorf("session: close the connection: %w", cerr)
	}
	// A comm handler that hangs must not keep the kernel alive.
	done := make(chan struct{})
	go func() { readers.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(handlerGrace):
		s.log.Warn("session: a handler did not end at the shutdown")
	}
	<-s.history.loaded // a few milliseconds at most; no file is touched after Run
	return err
}

// read handles what comes on a channel until the connection ends.
func (s *Session) read(ch Channel) error {
	for {
		e, err := s.opt.Conn.Recv(ch)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("session: receive: %w", err)
		case e.Message != nil:
			s.dispatch(&request{Message: e.Message, channel: ch})
		case e.Subscribed:
			s.welcome(e.Topic)
		}
	}
}

// Interrupt ends the context of the running cell with [ErrInterrupted] and aborts the queued ones, as a SIGINT or
// an interrupt_request asks for. Without a running cell it does nothing.
func (s *Session) Interrupt() {
	s.cells.interrupt(ErrInterrupted)
	if s.opt.OnInterrupt != nil {
		s.opt.OnInterrupt()
	}
}

// stopCells aborts queued cells, ends the running one, waits for it as long as cellGrace allows, and sends all
// output. No cell runs after it.
func (s *Session) stopCells() {
	s.stopOnce.Do(func() {
		s.cells.close(ErrShutdown)
		select {
		case <-s.executed:
		case <-time.After(cellGrace):
			close(s.abandon)
			<-s.executed
		}
		s.outputs.flush()
	})
}
