package widget

import (
	"fmt"
	"testing"
	"time"
)

// After calls back on the goroutine of the cells, again and again if asked, and never after Close.
func TestAfter(t *testing.T) {
	h := install(t)
	l := Label("0")
	l.Bundle()
	h.take()
	n := 0
	var tick func()
	tick = func() {
		n++
		l.Value = fmt.Sprint(n)
		l.After(0, tick)
	}
	l.After(0, tick)
	if n != 0 {
		t.Error("After(0) called the function at once; want it on the goroutine of the cells")
	}
	for range 3 {
		f := h.waiting[0]
		h.waiting = h.waiting[1:]
		f()
	}
	if got, want := h.take(), "msg LabelModel update value=1\nmsg LabelModel update value=2\nmsg LabelModel update value=3\n"; got != want {
		t.Errorf("three steps send\n%swant\n%s", got, want)
	}
	l.Close()
	h.work()
	if n != 3 {
		t.Errorf("%d calls; want the 3 before Close", n)
	}
}

func TestAfterWaits(t *testing.T) {
	h := install(t)
	l := Label("")
	l.Bundle()
	called := make(chan bool, 1)
	start := time.Now()
	l.After(30*time.Millisecond, func() { called <- true })
	for len(called) == 0 {
		if time.Since(start) > 10*time.Second {
			t.Fatal("After(30 ms) has not called the function after 10 s")
		}
		time.Sleep(time.Millisecond)
		h.mu.Lock()
		waiting := h.waiting
		h.waiting = nil
		h.mu.Unlock()
		for _, f := range waiting {
			f()
		}
	}
	if d := time.Since(start); d < 30*time.Millisecond {
		t.Errorf("After(30 ms) called the function after %v", d)
	}
}

// Without a comm there is nothing that an animation could move.
func TestAfterWithoutHost(t *testing.T) {
	Label("").After(0, func() { t.Error("After without a host called the function") })
}

// OnClose tells of Close, also that of a box around, once each.
func TestOnClose(t *testing.T) {
	h := install(t)
	var heard []string
	hear := func(s string) func() { return func() { heard = append(heard, s) } }
	inner := HBox(IntSlider("n", 0, 9, 1))
	inner.OnClose(hear("inner"))
	box := VBox(inner)
	box.OnClose(hear("box"))
	box.Bundle()
	box.Close()
	if got, want := fmt.Sprint(heard), "[box inner]"; got != want {
		t.Errorf("Close of a box tells %s; want %s", got, want)
	}
	if n := len(live.all()); n != 0 {
		t.Errorf("%d models are left; want none", n)
	}
	heard = nil
	other := VBox(inner) // never shown
	other.Close()
	if got, want := fmt.Sprint(heard), "[inner]"; got != want {
		t.Errorf("Close of a box that was not shown tells %s; want %s", got, want)
	}
	h.work()
}
