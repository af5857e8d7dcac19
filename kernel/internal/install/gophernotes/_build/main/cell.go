package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"

	interp "github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/kernel/bridge"
	ours "github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// A cell is one that runs: gophernotes runs one at a time.
type cell struct {
	receipt *msgReceipt
	ctx     context.Context // ends when the cell is interrupted
	stop    context.CancelFunc
	ir      *interp.Interp
}

// running is the cell that runs now, nil between cells.
var running atomic.Pointer[cell]

// enterCell notes the cell that runs, until leave, which makes an error of an interrupt: long work may have returned before
// the interpreter noticed.
func enterCell(kernel *Kernel, r *msgReceipt) (leave func(err *error)) {
	ctx, stop := context.WithCancel(context.Background())
	running.Store(&cell{r, ctx, stop, kernel.ir})
	return func(err *error) {
		running.Store(nil)
		if ctx.Err() != nil && (*err == nil || strings.Contains((*err).Error(), "signal: interrupt")) {
			*err = errors.New("interrupted")
		}
		stop()
	}
}

// interrupts ends the running cell with an error at each SIGINT, which would end gophernotes; between cells it does nothing.
func interrupts() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	for s := range signals {
		if c := running.Load(); c != nil {
			c.stop()
			c.ir.Interrupt(s)
		}
	}
}

// Long work prints its progress as any program does: gophernotes sends what is written to os.Stderr, which it replaces
// while a cell runs, to the notebook. It stops when the cell is interrupted.
type cellHost struct{ *host.Terminal }

func (cellHost) Context() context.Context {
	if c := running.Load(); c != nil {
		return c.ctx
	}
	return context.Background()
}

type stderr struct{}

func (stderr) Write(p []byte) (int, error) { return os.Stderr.Write(p) }

func init() {
	go interrupts()
	h := cellHost{&host.Terminal{Out: stderr{}}}
	host.Install(func() host.Host { return h })
	ours.Install(func() ours.Sink {
		if c := running.Load(); c != nil {
			return sink{c.receipt}
		}
		return nil
	})
	gpu.Register(func(message string) { fmt.Fprintln(os.Stderr, message) })
	// Today's gomacro cannot make a cell's type of this interface, and says so at each start.
	delete(display.Proxies, "JSONer")
}

// A sink shows what package display gives it in the notebook.
type sink struct{ r *msgReceipt }

func (s sink) publish(kind string, v any, id string) {
	data, metadata := bridge.Render(v, "")
	d := Data{Data: data, Metadata: metadata}
	if id != "" {
		d.Transient = MIMEMap{"display_id": id}
	}
	d.Data, d.Metadata, d.Transient = ensure(d.Data), ensure(d.Metadata), ensure(d.Transient)
	content := struct {
		Data      MIMEMap `json:"data"`
		Metadata  MIMEMap `json:"metadata"`
		Transient MIMEMap `json:"transient"`
	}{d.Data, d.Metadata, d.Transient}
	if err := s.r.Publish(kind, content); err != nil {
		fmt.Fprintf(os.Stderr, "display: %v\n", err)
	}
}

func (s sink) Show(v any, id string) { s.publish("display_data", v, id) }

// shown are the ids that have an output.
var shown = map[string]bool{}

func (s sink) Update(v any, id string) {
	kind := "update_display_data"
	if !shown[id] {
		shown[id], kind = true, "display_data"
	}
	s.publish(kind, v, id)
}

func (s sink) Clear(wait bool) {
	content := struct {
		Wait bool `json:"wait"`
	}{wait}
	if err := s.r.Publish("clear_output", content); err != nil {
		fmt.Fprintf(os.Stderr, "display: %v\n", err)
	}
}

// renderResults shows the results of a cell: a single compiled value as our kernel does, where that is more than text; the
// rest as gophernotes does, with the text that it leaves out beside a picture.
func (kernel *Kernel) renderResults(vals []interface{}, types []xreflect.Type) Data {
	var v any
	n := 0
	for _, x := range vals {
		if x != nil {
			n, v = n+1, x
		}
	}
	if n != 1 {
		return kernel.autoRenderResults(vals, types)
	}
	data, metadata := bridge.Render(v, "")
	if len(data) > 1 {
		return Data{Data: data, Metadata: metadata}
	}
	d := kernel.autoRenderResults(vals, types)
	if d.Data[MIMETypeText] == nil {
		d.Data = ensure(d.Data)
		d.Data[MIMETypeText] = data[MIMETypeText]
	}
	return d
}
