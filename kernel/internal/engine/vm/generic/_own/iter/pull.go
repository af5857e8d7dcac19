package iter

import (
	"iter"
	"runtime"
)

// Pull is [iter.Pull]. The iterator runs on a goroutine, which begins with the first call of next and ends with the
// sequence or with stop.
func Pull[V any](seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	var v, zero V
	c := &coroutine{name: "iter.Pull", turn: make(chan struct{}, 1), back: make(chan struct{}, 1)}
	c.run = func() {
		seq(func(v1 V) bool {
			if !c.accepts() {
				return false
			}
			v = v1
			return c.yield()
		})
	}
	next = func() (V, bool) {
		ok := c.next()
		v1 := v
		v = zero
		if !ok {
			return zero, false
		}
		return v1, true
	}
	return next, c.stop
}

// Pull2 is [iter.Pull2].
func Pull2[K, V any](seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	var k, noKey K
	var v, noValue V
	c := &coroutine{name: "iter.Pull2", turn: make(chan struct{}, 1), back: make(chan struct{}, 1)}
	c.run = func() {
		seq(func(k1 K, v1 V) bool {
			if !c.accepts() {
				return false
			}
			k, v = k1, v1
			return c.yield()
		})
	}
	next = func() (K, V, bool) {
		ok := c.next()
		k1, v1 := k, v
		k, v = noKey, noValue
		if !ok {
			return noKey, noValue, false
		}
		return k1, v1, true
	}
	return next, c.stop
}

// A coroutine is an iterator that takes turns with the caller of next: one of the two runs at a time. The channels have
// room for a turn, so that neither waits for one that an interrupt ended.
type coroutine struct {
	name string
	run  func()
	turn chan struct{} // the iterator's
	back chan struct{} // the caller's

	started, inside bool // inside: it is the iterator's turn
	wanted          bool // next waits for a value
	given           bool // yield gave one
	done            bool // the iterator has ended or is to end
	panicked        bool
	failure         any
	exited          bool // by runtime.Goexit
}

// next reports whether the iterator yielded another value.
func (c *coroutine) next() bool {
	if c.done {
		return false
	}
	if c.wanted {
		panic(c.name + ": next called again before yield")
	}
	c.wanted, c.given = true, false
	c.resume()
	return c.given
}

// stop ends the iterator. An iterator that stops itself ends at its next yield.
func (c *coroutine) stop() {
	if c.done {
		return
	}
	c.done = true
	if c.started && !c.inside {
		c.resume()
	}
}

// resume gives the iterator its turn, and ends as it ended.
func (c *coroutine) resume() {
	c.inside = true
	if c.started {
		c.turn <- struct{}{}
	} else {
		c.started = true
		go c.main()
	}
	<-c.back
	c.inside = false
	if c.panicked {
		panic(c.failure)
	}
	if c.exited {
		runtime.Goexit()
	}
}

// main is the goroutine.
func (c *coroutine) main() {
	returned := false
	defer func() {
		if p := recover(); p != nil {
			c.panicked, c.failure = true, p
		} else if !returned {
			c.exited = true
		}
		c.done, c.given = true, false
		c.back <- struct{}{}
	}()
	c.run()
	returned = true
}

// accepts reports whether yield may give a value.
func (c *coroutine) accepts() bool {
	if c.done {
		return false
	}
	if !c.wanted {
		panic(c.name + ": yield called again before next")
	}
	return true
}

// yield gives the turn back to the caller of next, and reports whether the iterator is to go on.
func (c *coroutine) yield() bool {
	c.wanted, c.given = false, true
	c.back <- struct{}{}
	<-c.turn
	return !c.done
}
