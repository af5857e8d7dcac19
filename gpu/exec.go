package gpu

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// exec is a program in a plugin. Everything that the plugin is given has been checked here: a fault behind the call would
// end the process.
type exec struct {
	plugin  *Plugin
	handle  uintptr // 0 when closed
	p       backend.Program
	inputs  [][]backend.Slot // by entry: the batched inputs that it reads
	rows    []int            // how many rows were last written to each batched slot
	last    int              // the same, of the one that was written last
	watch   *watch
	cleanup runtime.Cleanup
	args    [5]uintptr // of a call: written here, they need not be allocated
	held    *float32   // what args point to: a field's pointee is in the heap, where it stays in its place
}

var errClosed = errors.New("gpu: the program is closed")

func newExec(p *Plugin, handle uintptr, program backend.Program) (*exec, error) {
	var word uintptr
	if s := status(call(p.api.cancelWord, handle, uintptr(unsafe.Pointer(&word)))); s != statusOK || word == 0 {
		call(p.api.destroy, handle)
		return nil, fmt.Errorf("gpu: %s: cancel_word: %v", p.Path, s)
	}
	e := &exec{plugin: p, handle: handle, p: program, rows: make([]int, len(program.Slots)), watch: &watch{word: pointer[uint32](word)}}
	for _, entry := range program.Entries {
		var inputs []backend.Slot
		seen := map[backend.Slot]bool{}
		for _, op := range entry.Ops {
			for _, s := range op.In {
				if s != backend.None && program.Slots[s].Role == backend.Input && program.Slots[s].Batched && !seen[s] {
					seen[s] = true
					inputs = append(inputs, s)
				}
			}
		}
		e.inputs = append(e.inputs, inputs)
	}
	w := e.watch
	e.cleanup = runtime.AddCleanup(e, func(handle uintptr) {
		w.close()
		call(p.api.destroy, handle)
	}, handle)
	return e, nil
}

// open returns an error if the program is closed.
func (e *exec) open(op string) error {
	if e.handle == 0 {
		return fmt.Errorf("%w: %s", errClosed, op)
	}
	return nil
}

// Write copies numbers into a slot; see backend.Exec.
func (e *exec) Write(slot backend.Slot, numbers []float32) error {
	if err := e.open("Write"); err != nil {
		return err
	}
	rows, err := e.p.CheckWrite(slot, len(numbers))
	if err != nil {
		return err
	}
	if rows > 0 {
		e.rows[slot], e.last = rows, rows
	}
	return e.do("Write", e.plugin.api.write, slot, numbers)
}

// Read copies a slot into numbers; see backend.Exec.
func (e *exec) Read(slot backend.Slot, numbers []float32) error {
	if err := e.open("Read"); err != nil {
		return err
	}
	if err := e.p.CheckRead(slot, len(numbers)); err != nil || len(numbers) == 0 {
		return err
	}
	return e.do("Read", e.plugin.api.read, slot, numbers)
}

// WritePart copies numbers into a part of a parameter; see backend.Exec.
func (e *exec) WritePart(slot backend.Slot, first int, numbers []float32) error {
	return e.part("WritePart", e.plugin.api.writePart, slot, first, numbers)
}

// ReadPart copies a part of a parameter into numbers; see backend.Exec.
func (e *exec) ReadPart(slot backend.Slot, first int, numbers []float32) error {
	return e.part("ReadPart", e.plugin.api.readPart, slot, first, numbers)
}

func (e *exec) part(op string, function uintptr, slot backend.Slot, first int, numbers []float32) error {
	if err := e.open(op); err != nil {
		return err
	}
	if err := e.p.CheckPart(op, slot, first, len(numbers)); err != nil || len(numbers) == 0 {
		return err
	}
	e.held = unsafe.SliceData(numbers)
	code := e.call(function, uintptr(slot), uintptr(first), uintptr(unsafe.Pointer(e.held)), uintptr(len(numbers)))
	e.held = nil
	if code != statusOK {
		return e.plugin.failure(op, e.handle, code)
	}
	return nil
}

func (e *exec) do(op string, function uintptr, slot backend.Slot, numbers []float32) error {
	e.held = unsafe.SliceData(numbers)
	s := e.call(function, uintptr(slot), uintptr(unsafe.Pointer(e.held)), uintptr(len(numbers)), 0)
	e.held = nil
	if s != statusOK {
		return e.plugin.failure(op, e.handle, s)
	}
	return nil
}

// call calls a function of up to four arguments besides the handle; C ignores what it does not declare. It does not
// allocate.
func (e *exec) call(function, a, b, c, d uintptr) status {
	e.args = [5]uintptr{e.handle, a, b, c, d}
	s := status(callArgs(function, e.args[:]))
	runtime.KeepAlive(e)
	return s
}

// Run runs an entry with as many threads as GOMAXPROCS says, which heeds the limits of containers; see backend.Exec.
func (e *exec) Run(ctx context.Context, entry int) error {
	if e.handle == 0 {
		return fmt.Errorf("%w: Run", errClosed)
	}
	if entry < 0 || entry >= len(e.p.Entries) {
		return fmt.Errorf("gpu: Run: entry %d, 0 to %d are expected", entry, len(e.p.Entries)-1)
	}
	b, err := e.batch(entry)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	e.watch.follow(ctx)
	s := e.call(e.plugin.api.run, uintptr(entry), uintptr(b), uintptr(runtime.GOMAXPROCS(0)), 0)
	switch s {
	case statusOK:
		return nil
	case statusCancelled:
		if err := ctx.Err(); err != nil {
			return err
		}
		return context.Canceled // not the plugin's to say, but better than to go on
	}
	return e.plugin.failure("Run", e.handle, s)
}

// batch returns the number of examples of a run: that of the inputs which the operations use.
func (e *exec) batch(entry int) (int, error) {
	b := 0
	for _, s := range e.inputs[entry] {
		switch n := e.rows[s]; {
		case n == 0:
			return 0, fmt.Errorf("gpu: Run: input %s was not written", e.p.Slots[s].Name)
		case b != 0 && n != b:
			return 0, fmt.Errorf("gpu: Run: input %s has %d rows, another input has %d", e.p.Slots[s].Name, n, b)
		default:
			b = n
		}
	}
	if b == 0 {
		b = e.last
	}
	return b, nil
}

// Close gives the memory back.
func (e *exec) Close() {
	if e.handle == 0 {
		return
	}
	e.cleanup.Stop()
	e.watch.close()
	call(e.plugin.api.destroy, e.handle)
	e.handle = 0
}

// A watch sets a program's cancel word when a context ends. Steps that follow one another mostly have the same context,
// so that the watch need not be set up for each.
type watch struct {
	mu   sync.Mutex
	word *uint32 // the plugin's memory; nil when the program is closed
	done <-chan struct{}
	stop func() bool
}

func (w *watch) follow(ctx context.Context) {
	done := ctx.Done()
	w.mu.Lock()
	defer w.mu.Unlock()
	if done == w.done {
		return
	}
	if w.stop != nil {
		w.stop()
	}
	w.done, w.stop = done, nil
	atomic.StoreUint32(w.word, 0)
	if done != nil {
		w.stop = context.AfterFunc(ctx, func() { w.cancel(done) })
	}
}

func (w *watch) cancel(done <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.word != nil && w.done == done {
		atomic.StoreUint32(w.word, 1)
	}
}

func (w *watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop != nil {
		w.stop()
	}
	w.word = nil
}

// collect gives the memory of forgotten programs back before a large one asks for more: the collector does not see it, and
// three models made one after the other would all be there at once.
func (p *Plugin) collect(program backend.Program) {
	const large = 32 << 20
	bytes := 0
	for _, s := range program.Slots {
		if s.Role == backend.Param {
			bytes += 4 * s.Size()
		}
	}
	if bytes < large || p.Memory() < large {
		return
	}
	debug.FreeOSMemory()              // collects, and gives back what the heap does not need
	time.Sleep(10 * time.Millisecond) // cleanups run on a goroutine of their own
}
