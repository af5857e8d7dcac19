package yaegi

import (
	"encoding"
	"encoding/json"
	"fmt"
	"go/types"
	"log"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
)

// The package through which emitted code talks to the executor.
const (
	hostPath = "gopherceptron.internal/nb"
	hostName = "nb__"
)

// A host receives the values that a cell shows.
type host struct {
	mu      sync.Mutex
	place   exec.Frame // the statement of the cell that runs
	shown   []reflect.Value
	methods map[string]any
	call    func() // what Call calls
}

// A failure is the panic with which a call's error ends a cell.
type failure struct {
	err   error
	place exec.Frame
}

func (h *host) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.place, h.shown, h.methods = exec.Frame{}, nil, map[string]any{}
}

func (h *host) symbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"Show": reflect.ValueOf(func(vs ...any) {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, v := range vs {
				h.shown = append(h.shown, reflect.ValueOf(v))
			}
		}),
		"Method": reflect.ValueOf(func(name string, f any) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.methods[name] = f
		}),
		"At": reflect.ValueOf(func(place string) {
			f := parsePlace(place)
			h.mu.Lock()
			defer h.mu.Unlock()
			h.place = f
		}),
		"Call": reflect.ValueOf(func() { h.call() }),
		"Check": reflect.ValueOf(func(place string, err error) {
			if err != nil {
				panic(failure{err, parsePlace(place)})
			}
		}),
	}
}

func parsePlace(s string) exec.Frame {
	var f [3]int
	for i, p := range strings.SplitN(s, ":", 3) {
		f[i], _ = strconv.Atoi(p)
	}
	return exec.Frame{Cell: f[0], Line: f[1], Column: f[2]}
}

// frames puts the statement of the cell in the place of the interpreter's frames for it, which name the first node of
// the same kind rather than the one that ran.
func (h *host) frames(inner []exec.Frame) []exec.Frame {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := slices.DeleteFunc(inner, func(f exec.Frame) bool { return strings.HasPrefix(f.Func, "cell__") })
	if h.place.Cell != 0 || h.place.Line != 0 {
		out = append(out, h.place)
	}
	return out
}

// values returns what was shown, with the static types that the emitter noted.
func (h *host) values(ts []types.Type) []exec.Value {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []exec.Value
	for i, v := range h.shown {
		val := exec.Value{Reflect: v}
		if i < len(ts) {
			val.Type = ts[i]
		}
		out = append(out, val)
	}
	if len(out) == 1 {
		out[0].Methods = h.methods
	}
	return out
}

// A stringer stands for a value of an interpreted type with a String method where compiled code gets it. Unlike the one of
// the table it formats as the value does with verbs that are not for strings.
type stringer struct {
	IValue  any
	WString func() string
}

func (s stringer) String() string { return s.WString() }

// Format implements fmt.Formatter.
func (s stringer) Format(st fmt.State, verb rune) {
	format := fmt.FormatString(st, verb)
	if strings.ContainsRune("vsqxX", verb) && !(verb == 'v' && st.Flag('#')) {
		fmt.Fprintf(st, format, s.String())
		return
	}
	fmt.Fprintf(st, format, s.IValue)
}

// mapTypes tells the interpreter which interfaces the parameters of type any of compiled functions look for.
func mapTypes() map[string]reflect.Value {
	m := map[reflect.Value][]reflect.Type{}
	text := []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()}
	for _, f := range []any{fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Print, fmt.Printf, fmt.Println, fmt.Sprint, fmt.Sprintf,
		fmt.Sprintln, log.Print, log.Printf, log.Println, log.Panic, log.Panicf, log.Panicln} {
		m[reflect.ValueOf(f)] = text
	}
	for _, name := range []string{"Print", "Printf", "Println", "Fprint", "Fprintf", "Fprintln"} {
		m[stdio.Overrides()["fmt"][name]] = text
	}
	for _, f := range []any{json.Marshal, json.MarshalIndent} {
		m[reflect.ValueOf(f)] = []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}
	}
	m[reflect.ValueOf(json.Unmarshal)] = []reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}
	return map[string]reflect.Value{"MapTypes": reflect.ValueOf(m)}
}

var unsafeSymbols = map[string]reflect.Value{"Pointer": reflect.ValueOf((*unsafe.Pointer)(nil))}
