package kernel

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/gonum"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/own"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/show"
	"github.com/gopherceptron/gopherceptron/kernel/internal/render"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
)

// cells is the engine as the session sees it: neither knows the other's types.
type cells struct {
	engine *engine.Engine
	stills *stills
}

// engineVariable is the environment variable in which lab tells its kernels what to run cells on.
const engineVariable = "GOPHERCEPTRON_ENGINE"

// engineFlag registers the flag that chooses what cells run on.
func engineFlag(fs *flagSet) *string {
	return fs.String("engine", os.Getenv(engineVariable), "run cells on this `engine`: "+strings.Join(engine.Executors, " or ")+" (default: the first that works here)")
}

// newCells returns the engine for cells; name is the executor's, "" for the default one. Why the default one cannot be used
// on this machine is said by the first cell.
func newCells(source fs.FS, name string) (cells, error) {
	if name == "" {
		return cells{engine.New(source), &stills{}}, nil
	}
	e, err := engine.NewWith(source, name)
	return cells{e, &stills{}}, err
}

// newRenderer renders values, with Go syntax as their text.
func newRenderer() render.Renderer {
	return render.Renderer{Text: func(v any) string { return show.Text(reflect.ValueOf(v), nil) }}
}

func (c cells) Execute(ctx context.Context, cell session.Cell, out session.Output) (session.Result, error) {
	out = c.stills.output(out)
	res, err := c.engine.Execute(ctx, cell.Number, cell.Code, out)
	synced := ctx
	if ctx.Err() != nil { // an interrupted cell's widgets, too
		synced = context.WithoutCancel(ctx)
	}
	if failed := c.engine.Invoke(synced, widget.Sync, out); err == nil { // it may call what a cell has given to Interact
		err = failed
	}
	if o, ok := out.(stillOutput); ok {
		if w, is := res.Value.(widget.Widget); is && !cell.Silent {
			o.Show(w, "")
			res.HasValue, res.Value = false, nil
		}
		c.stills.refresh(o.Output)
	}
	return result(res), sessionError(err)
}

func (c cells) Evaluate(ctx context.Context, expr string, out session.Output) (session.Result, error) {
	res, err := c.engine.Evaluate(ctx, expr, out)
	return result(res), sessionError(err)
}

func (c cells) Complete(code string, cursor int) session.Completions {
	got := c.engine.Complete(code, cursor)
	out := session.Completions{Start: got.Start, End: got.End}
	for _, i := range got.Items {
		out.Items = append(out.Items, session.Completion{Text: i.Text, Kind: i.Kind, Signature: i.Signature})
	}
	return out
}

func (c cells) Inspect(code string, cursor, _ int) (display.Bundle, bool) {
	return c.engine.Inspect(code, cursor)
}

func (c cells) IsComplete(code string) (status, indent string) { return c.engine.IsComplete(code) }

func result(r engine.Result) session.Result {
	out := session.Result{HasValue: r.HasValue, Value: r.Value, Text: r.Text}
	if r.Page != nil {
		out.Payload = append(out.Payload, session.Payload{Source: "page", Data: *r.Page})
	}
	return out
}

func sessionError(err error) error {
	var e *engine.Error
	if errors.As(err, &e) {
		return &session.Error{Name: e.Name, Message: e.Message, Traceback: e.Traceback, Picture: e.Picture}
	}
	return err
}
