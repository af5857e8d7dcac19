package stdio

import (
	"fmt"
	"log"
	"os"
	"sync"
)

// The process's own streams, which a kernel's log goes to.
var (
	realStdout = os.Stdout
	realStderr = os.Stderr
)

var pipes struct {
	sync.Mutex
	list []*pipe
}

// A pipe is the reading end of what os.Stdout or os.Stderr is while cells run.
type pipe struct {
	name string
	r    *os.File
	buf  []byte
}

// Capture makes os.Stdout, os.Stderr, os.Stdin and the standard logger the running cell's, until release.
func Capture() (release func(), err error) {
	var ends []*os.File
	var list []*pipe
	for _, name := range []string{"stdout", "stderr"} {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, fmt.Errorf("stdio: %w", err)
		}
		ends = append(ends, w)
		list = append(list, &pipe{name: name, r: r, buf: make([]byte, 64<<10)})
	}
	oldIn, oldLog := os.Stdin, log.Writer()
	os.Stdout, os.Stderr = ends[0], ends[1]
	stdin.Lock()
	stdin.active = true
	stdin.Unlock()
	openStdin()
	log.SetOutput(Stderr)
	pipes.Lock()
	pipes.list = list
	pipes.Unlock()
	var wg sync.WaitGroup
	for _, p := range list {
		wg.Go(p.follow)
	}
	return func() {
		closeStdin()
		os.Stdin, os.Stdout, os.Stderr = oldIn, realStdout, realStderr
		log.SetOutput(oldLog)
		for _, w := range ends {
			w.Close()
		}
		wg.Wait()
		pipes.Lock()
		pipes.list = nil
		pipes.Unlock()
		for _, p := range list {
			p.r.Close()
		}
	}, nil
}

// Drain delivers what is in the pipes, so that what comes next comes after it.
func Drain() {
	pipes.Lock()
	defer pipes.Unlock()
	for _, p := range pipes.list {
		p.drain()
	}
}

// deliver gives what was read to the running cell. The caller holds the lock of pipes.
func (p *pipe) deliver(n int) {
	if c := running.Load(); c != nil {
		(*c).Stream(p.name, p.buf[:n])
		return
	}
	original(p.name).Write(p.buf[:n])
}
