package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
)

// installPlugin lets nnlib compute with the plugin. It is looked for when the first network is compiled; that there is none is
// remarked beside the output of the cell that does it.
func installPlugin() {
	gpu.Register(func(message string) { display.Show(engine.Note(message)) })
}

// preparePlugin sees to it that there is a plugin. Where none can be made it says why, and all goes on without.
func preparePlugin(ctx context.Context, out io.Writer) {
	if os.Getenv(gpu.Variable) != "" {
		return
	}
	if _, err := toolchain.Ensure(ctx, out); err != nil {
		fmt.Fprintf(out, "%v\nThere is no compute plugin: networks are computed in Go, some times slower.\n", err)
	}
}

// plugin says which plugin is there and what it reaches.
func (d *doctor) plugin(ctx context.Context) {
	p, err := gpu.Find()
	switch {
	case errors.Is(err, gpu.ErrNone):
		d.say("plugin", "no plugin: the pure Go reference runs (%v)", err)
		return
	case err != nil:
		d.say("plugin", "%v", err)
		d.mend("%v", err)
		return
	}
	d.say("plugin", "%s: %s, %s", p.Path, p.Maker, p.Name())
	s, err := p.Speed(ctx, time.Second)
	if err != nil {
		d.say("plugin's speed", "%v", err)
		return
	}
	d.say("plugin's speed", "%v", s)
}
