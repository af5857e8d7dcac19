package vm

import (
	"fmt"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

// patienceOfUser is how long a cell may wait before the user is told where it does.
const patienceOfUser = 2 * time.Second

// A waitHint tells where a cell waits, and goes away when it no longer does.
type waitHint struct {
	shown machine.Place
	id    string
}

// look shows, changes or hides the hint.
func (h *waitHint) look(g *machine.Group) {
	for _, w := range g.Waiting() {
		if !w.Main || time.Since(w.Since) < patienceOfUser {
			continue
		}
		if w.Place != h.shown {
			h.shown = w.Place
			h.show(display.Markdown(fmt.Sprintf("*waiting in %s at cell %d, line %d*", w.What, number(w.Place.File), w.Place.Line)))
		}
		return
	}
	h.hide()
}

func (h *waitHint) show(v any) {
	if h.id == "" {
		h.id = fmt.Sprintf("wait-%d", time.Now().UnixNano())
	}
	display.Update(h.id, v)
}

func (h *waitHint) hide() {
	if h.shown == (machine.Place{}) {
		return
	}
	h.shown = machine.Place{}
	h.show(display.Markdown(""))
}
