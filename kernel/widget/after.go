package widget

import "time"

// After has f called once when d has passed, as a callback of the widget: on the goroutine of the cells, between them or when
// one lets callbacks run, with what it prints below the widget. A function that ends with After of itself is an animation.
// It is not called when the widget has been closed meanwhile, nor where there is no comm.
func (b *Base) After(d time.Duration, f func()) {
	h, closings := host(), b.closings
	if h == nil || b.self == nil {
		return
	}
	later := func() {
		h.Later(func() {
			if b.closings != closings {
				return
			}
			b.call([]func(){f})
			Sync()
		})
	}
	if d <= 0 {
		later()
		return
	}
	time.AfterFunc(d, later)
}

// OnClose has f called when the widget is closed by Close, its own or that of a box which it lies in: to free what belongs to it.
func (b *Base) OnClose(f func()) { b.closed = append(b.closed, f) }

// call calls callbacks; what they print and show goes below the widget.
func (b *Base) call(callbacks []func()) {
	if len(callbacks) == 0 {
		return
	}
	if b.out == nil { // it is shown nowhere
		b.out = Output()
	}
	b.out.run(func() {
		for _, f := range callbacks {
			f()
		}
	})
}
