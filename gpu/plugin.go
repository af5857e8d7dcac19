// Package gpu has compute plugins: shared libraries that speak native/include/nnp.h. It finds, checks and loads them
// without cgo and offers them as backends. The plugin of this project, which native/ holds the sources of and
// package toolchain compiles, computes on the processor.
package gpu

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A Plugin is a loaded library: a backend. It stays loaded until the process ends. Its methods may be called from many
// goroutines.
type Plugin struct {
	// Path is the file that was loaded.
	Path string
	// ISA is the instruction set or the device that computes, such as "avx512".
	ISA string
	// Maker is how the plugin calls itself.
	Maker string

	api *cAPI
}

// Open loads a plugin. The error says what is wrong with the file: it is not there, cut off, of another machine, no
// library, no plugin, or one of another version.
func Open(path string) (*Plugin, error) {
	if err := checkFile(path); err != nil {
		return nil, fmt.Errorf("gpu: %s: %w", path, err)
	}
	symbol, err := loadLibrary(path, "nnp_plugin")
	if err != nil {
		return nil, fmt.Errorf("gpu: %s: %w", path, err)
	}
	table := call(symbol, abiVersion)
	if table == 0 {
		return nil, fmt.Errorf("gpu: %s: the plugin does not speak version %d of nnp.h: build it anew (go run ./gpu/build)", path, abiVersion)
	}
	p := &Plugin{Path: path, api: pointer[cAPI](table)}
	if a := p.api; a.version != abiVersion || a.size < uint32(unsafe.Sizeof(cAPI{})) {
		return nil, fmt.Errorf("gpu: %s: the plugin has version %d of nnp.h with a table of %d bytes, version %d with %d is expected: build it anew (go run ./gpu/build)",
			path, a.version, a.size, abiVersion, unsafe.Sizeof(cAPI{}))
	}
	info, err := p.info()
	if err != nil {
		return nil, err
	}
	p.Maker, p.ISA = text(info.name[:]), text(info.isa[:])
	return p, nil
}

func (p *Plugin) info() (cInfo, error) {
	info := cInfo{size: uint32(unsafe.Sizeof(cInfo{}))}
	if s := status(call(p.api.info, uintptr(unsafe.Pointer(&info)))); s != statusOK {
		return info, fmt.Errorf("gpu: %s: info: %v", p.Path, s)
	}
	return info, nil
}

// Name returns what computes: "avx512, 2 threads".
func (p *Plugin) Name() string {
	return fmt.Sprintf("%s, %d threads", p.ISA, runtime.GOMAXPROCS(0))
}

// Memory returns how many bytes compiled programs hold.
func (p *Plugin) Memory() int64 {
	info, err := p.info()
	if err != nil {
		return 0
	}
	return info.memory
}

// A Measure is something that a plugin can measure of its machine.
type Measure int32

// The measures.
const (
	// PeakFMA is floating-point operations a second of multiply-adds between registers.
	PeakFMA Measure = iota + 1
	// AdamTraffic is bytes a second of three streams that are read and written, as an Adam update's.
	AdamTraffic
	// ReadTraffic is bytes a second of one stream that is read.
	ReadTraffic
)

// Measure returns the best that threads reach together within about so many milliseconds.
func (p *Plugin) Measure(what Measure, threads, milliseconds int) (perSecond float64, err error) {
	b := cBench{size: uint32(unsafe.Sizeof(cBench{})), what: int32(what), threads: int32(threads), milliseconds: int32(milliseconds)}
	if s := status(call(p.api.bench, uintptr(unsafe.Pointer(&b)))); s != statusOK {
		return 0, fmt.Errorf("gpu: %s: bench: %v", p.Path, s)
	}
	return b.perSecond, nil
}

// Compile compiles a program. It checks it first: what the plugin gets makes sense.
func (p *Plugin) Compile(program backend.Program) (backend.Exec, error) {
	if err := program.Check(); err != nil {
		return nil, err
	}
	return p.compile(program)
}
