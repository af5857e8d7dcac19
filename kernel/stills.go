package kernel

import (
	"fmt"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
)

// stills are the pictures beside the widgets of a notebook that runs without a user (jupyter execute, nbconvert --execute,
// run -o): what is read of it later may be a page on which the widgets cannot be drawn.
type stills struct {
	mu    sync.Mutex
	shown []*stillShown
}

// A stillShown is one of them.
type stillShown struct {
	widget.Still
	id   string // of its display
	html string // as the page has it
}

// output returns the output of a cell, which shows a still beside each widget if no user is there.
func (s *stills) output(out session.Output) session.Output {
	if o, ok := out.(interface{ Interactive() bool }); !ok || o.Interactive() {
		return out
	}
	return stillOutput{out, s}
}

// A stillOutput is the output of a cell that no user looks at.
type stillOutput struct {
	session.Output
	stills *stills
}

// Interactive tells that there is no user.
func (stillOutput) Interactive() bool { return false }

// Show implements [session.Output].
func (o stillOutput) Show(v any, id string) {
	w, ok := v.(widget.Widget)
	if !ok {
		o.Output.Show(v, id)
		return
	}
	still := widget.NewStill(w)
	o.Output.Show(still.Live(), id)
	o.stills.show(o.Output, still)
}

func (s *stills) show(out session.Output, still widget.Still) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &stillShown{still, fmt.Sprintf("gopherceptron-still-%d", len(s.shown)), still.HTML()}
	s.shown = append(s.shown, x)
	out.Show(x.Still, x.id)
}

// refresh replaces the stills of widgets that have changed since, as after a cell.
func (s *stills) refresh(out session.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.shown {
		if html := x.HTML(); html != x.html {
			x.html = html
			out.Update(x.Still, x.id)
		}
	}
}
