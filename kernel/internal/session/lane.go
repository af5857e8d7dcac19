package session

import "sync"

// A lane runs functions one after the other on one goroutine.
type lane struct {
	mu     sync.Mutex
	funcs  []func()
	wake   chan struct{}
	closed bool
}

func newLane() *lane { return &lane{wake: make(chan struct{}, 1)} }

func (l *lane) add(f func()) {
	l.mu.Lock()
	l.funcs = append(l.funcs, f)
	l.mu.Unlock()
	l.signal()
}

func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.funcs = nil
	l.mu.Unlock()
	l.signal()
}

func (l *lane) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lane) run() {
	for range l.wake {
		for {
			l.mu.Lock()
			if l.closed {
				l.mu.Unlock()
				return
			}
			if len(l.funcs) == 0 {
				l.mu.Unlock()
				break
			}
			f := l.funcs[0]
			l.funcs = l.funcs[1:]
			l.mu.Unlock()
			f()
		}
	}
}
