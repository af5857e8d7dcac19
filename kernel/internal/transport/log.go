package transport

import (
	"log/slog"
	"sync"
	"time"
)

// A limitedLog logs what strangers can cause, in bursts of a few lines: junk must not fill the log.
type limitedLog struct {
	log   *slog.Logger
	burst int // lines within
	every time.Duration

	mu      sync.Mutex
	begin   time.Time
	lines   int
	omitted int
}

// warn logs, or counts what it omits and says so with the next line.
func (l *limitedLog) warn(msg string, args ...any) {
	l.mu.Lock()
	if now := time.Now(); now.Sub(l.begin) >= l.every {
		l.begin, l.lines = now, 0
	}
	if l.lines == l.burst {
		l.omitted++
		l.mu.Unlock()
		return
	}
	l.lines++
	if l.omitted > 0 {
		args = append(args, "omitted before", l.omitted)
		l.omitted = 0
	}
	l.mu.Unlock()
	l.log.Warn(msg, args...)
}
