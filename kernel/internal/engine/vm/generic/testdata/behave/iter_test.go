package behave

import (
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	shadow "gopherceptron.internal/shadow/iter"
)

type pull = func(iter.Seq[int]) (func() (int, bool), func())

// asPull makes a Pull of a Pull2.
func asPull(pull2 func(iter.Seq2[int, string]) (func() (int, string, bool), func())) pull {
	return func(seq iter.Seq[int]) (func() (int, bool), func()) {
		next, stop := pull2(func(yield func(int, string) bool) {
			seq(func(i int) bool { return yield(i, fmt.Sprint("v", i)) })
		})
		return func() (int, bool) {
			k, v, ok := next()
			if want := fmt.Sprint("v", k); ok && v != want || !ok && (v != "" || k != 0) {
				panic(fmt.Sprintf("Pull2 gave %d, %q, %v", k, v, ok))
			}
			return k, ok
		}, stop
	}
}

// A story writes down what happens.
type story struct{ strings.Builder }

func (s *story) say(format string, args ...any) { fmt.Fprintf(s, format+"; ", args...) }

// do calls f and says how it ended.
func (s *story) do(what string, f func()) {
	done := make(chan bool)
	go func() {
		returned := false
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				text := strings.ReplaceAll(fmt.Sprint(p), "iter.Pull2", "iter.Pull")
				s.say("%s panics: %T %s", what, p, text)
			} else if !returned {
				s.say("%s exits", what)
			}
		}()
		f()
		returned = true
	}()
	<-done
}

func (s *story) next(next func() (int, bool)) {
	s.do("next", func() {
		v, ok := next()
		s.say("%d %v", v, ok)
	})
}

func (s *story) stop(stop func()) {
	s.do("stop", func() {
		stop()
		s.say("stopped")
	})
}

// count yields 1, 2 ... n and says what it sees.
func (s *story) count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		s.say("begin")
		defer s.say("end")
		for i := range n {
			if !yield(i + 1) {
				s.say("no more")
				return
			}
		}
	}
}

var stories = []struct {
	name string
	tell func(s *story, pull pull)
}{
	{"to the end", func(s *story, pull pull) {
		next, stop := pull(s.count(2))
		for range 4 {
			s.next(next)
		}
		s.stop(stop)
	}},
	{"empty", func(s *story, pull pull) {
		next, stop := pull(s.count(0))
		s.next(next)
		s.next(next)
		s.stop(stop)
	}},
	{"stopped early", func(s *story, pull pull) {
		next, stop := pull(s.count(5))
		s.next(next)
		s.next(next)
		s.stop(stop)
		s.stop(stop)
		s.next(next)
	}},
	{"stopped before it began", func(s *story, pull pull) {
		next, stop := pull(s.count(5))
		s.stop(stop)
		s.next(next)
		s.stop(stop)
	}},
	{"never asked", func(s *story, pull pull) { pull(s.count(5)) }},
	{"panics at once", func(s *story, pull pull) {
		next, stop := pull(func(func(int) bool) { panic(fmt.Errorf("at once")) })
		s.next(next)
		s.next(next)
		s.stop(stop)
	}},
	{"panics after a value", func(s *story, pull pull) {
		next, stop := pull(func(yield func(int) bool) { yield(1); panic("later") })
		s.next(next)
		s.next(next)
		s.next(next)
		s.stop(stop)
	}},
	{"panics with nil", func(s *story, pull pull) {
		next, _ := pull(func(yield func(int) bool) { panic(nil) })
		s.next(next)
		s.next(next)
	}},
	{"panics when stopped", func(s *story, pull pull) {
		next, stop := pull(func(yield func(int) bool) { defer func() { panic("in defer") }(); yield(1) })
		s.next(next)
		s.stop(stop)
		s.stop(stop)
		s.next(next)
	}},
	{"recovers itself", func(s *story, pull pull) {
		next, _ := pull(func(yield func(int) bool) { defer func() { s.say("saw %v", recover()) }(); yield(1); panic("mine") })
		s.next(next)
		s.next(next)
		s.next(next)
	}},
	{"exits", func(s *story, pull pull) {
		next, stop := pull(func(yield func(int) bool) { yield(1); runtime.Goexit() })
		s.next(next)
		s.next(next)
		s.next(next)
		s.stop(stop)
	}},
	{"exits when stopped", func(s *story, pull pull) {
		next, stop := pull(func(yield func(int) bool) { yield(1); runtime.Goexit() })
		s.next(next)
		s.stop(stop)
		s.stop(stop)
		s.next(next)
	}},
	{"goes on after no", func(s *story, pull pull) {
		next, stop := pull(func(yield func(int) bool) { s.say("%v %v %v", yield(1), yield(2), yield(3)) })
		s.next(next)
		s.stop(stop)
		s.next(next)
	}},
	{"yields after its end", func(s *story, pull pull) {
		var kept func(int) bool
		next, _ := pull(func(yield func(int) bool) { kept = yield; yield(1) })
		s.next(next)
		s.next(next)
		s.do("yield", func() { s.say("yield %v", kept(2)) })
		s.next(next)
	}},
	{"calls next itself", func(s *story, pull pull) {
		var next func() (int, bool)
		next, _ = pull(func(yield func(int) bool) { yield(1); next() })
		s.next(next)
		s.next(next)
		s.next(next)
	}},
	{"yields unasked", func(s *story, pull pull) {
		var kept func(int) bool
		next, stop := pull(func(yield func(int) bool) { kept = yield; yield(1); yield(2) })
		s.next(next)
		s.do("yield", func() { kept(7) })
		s.next(next)
		s.stop(stop)
	}},
	{"two at once", func(s *story, pull pull) {
		next1, stop1 := pull(s.count(3))
		next2, stop2 := pull(func(yield func(int) bool) {
			for {
				v, ok := next1()
				if !ok || !yield(10*v) {
					stop1()
					return
				}
			}
		})
		s.next(next2)
		s.next(next2)
		s.stop(stop2)
		s.next(next1)
	}},
}

func TestPull(t *testing.T) {
	for _, c := range stories {
		t.Run(c.name, func(t *testing.T) {
			var want, other story
			c.tell(&want, iter.Pull[int])
			c.tell(&other, asPull(iter.Pull2[int, string]))
			if other.String() != want.String() {
				t.Fatalf("the test is wrong: Pull2: %s; Pull: %s", &other, &want)
			}
			before := runtime.NumGoroutine() // some of the real ones stay
			for name, p := range map[string]pull{"Pull": shadow.Pull[int], "Pull2": asPull(shadow.Pull2[int, string])} {
				var got story
				c.tell(&got, p)
				if got.String() != want.String() {
					t.Errorf("%s: %s\nwant: %s", name, &got, &want)
				}
			}
			for i := 0; runtime.NumGoroutine() > before; i++ {
				if i == 100 {
					t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}

// An iterator that stops itself is no case for iter.Pull, whose coroutine would be left.
func TestPullStopsItself(t *testing.T) {
	var s story
	var stop func()
	next, stop := shadow.Pull(func(yield func(int) bool) { yield(1); stop(); s.say("yield %v", yield(2)) })
	s.next(next)
	s.next(next)
	s.next(next)
	if want := "1 true; yield false; 0 false; 0 false; "; s.String() != want {
		t.Errorf("%s; want %s", &s, want)
	}
}

func BenchmarkPull(b *testing.B) {
	for name, p := range map[string]pull{"real": iter.Pull[int], "shadow": shadow.Pull[int]} {
		b.Run(name, func(b *testing.B) {
			next, stop := p(func(yield func(int) bool) {
				for i := 0; yield(i); i++ {
				}
			})
			defer stop()
			for b.Loop() {
				next()
			}
		})
	}
}
