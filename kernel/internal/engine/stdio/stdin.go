package stdio

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"sync"
	"time"
)

// os.Stdin is a pipe too. Nobody can see from outside that a reader waits at an empty pipe, so the feeder looks for a
// goroutine that does, in the runtime's own list of stacks, while a cell runs that may read it.
var stdin struct {
	sync.Mutex
	r      *os.File
	w      *os.File // nil when the reading end was told that the input is at its end
	active bool
}

// feedEvery is how soon a reader is found. Looking stops the program for some 10 us, with a thousand goroutines for 1 ms.
const feedEvery = 30 * time.Millisecond

// Feed asks the user for a line whenever a goroutine waits for input from os.Stdin, until stop. It does nothing unless
// the streams are captured.
func Feed(c Cell) (stop func()) {
	if !openStdin() {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(feedEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if waitsForStdin() {
					feedLine(c)
				}
			}
		}
	}()
	return func() { close(done) }
}

// openStdin makes a new pipe where the last one has ended.
func openStdin() bool {
	stdin.Lock()
	defer stdin.Unlock()
	if !stdin.active {
		return false
	}
	if stdin.w != nil {
		return true
	}
	r, w, err := os.Pipe()
	if err != nil {
		return false
	}
	os.Stdin, stdin.r, stdin.w = r, r, w
	return true
}

// feedLine hands one line to the reader, or the end of the input where the user cannot be asked.
func feedLine(c Cell) {
	s, err := c.Input(c.Context(), "", false)
	stdin.Lock()
	defer stdin.Unlock()
	if stdin.w == nil {
		return
	}
	if err == nil {
		_, err = stdin.w.WriteString(s + "\n")
	}
	if err != nil {
		stdin.w.Close()
		stdin.w = nil
	}
}

// closeStdin ends the input when the streams are released.
func closeStdin() {
	stdin.Lock()
	defer stdin.Unlock()
	stdin.active = false
	if stdin.w != nil {
		stdin.w.Close()
		stdin.w = nil
	}
}

var fileRead = regexp.MustCompile(`(?m)^os\.\(\*File\)\.Read\((0x[0-9a-f]+)`)

// waitsForStdin reports whether a goroutine is in a read of os.Stdin that waits.
func waitsForStdin() bool {
	stdin.Lock()
	want := fmt.Sprintf("%p", stdin.r)
	stdin.Unlock()
	buf := make([]byte, 64<<10)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) || len(buf) > 16<<20 {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	for _, m := range fileRead.FindAllSubmatch(buf, -1) {
		if string(m[1]) == want {
			return true
		}
	}
	return false
}
