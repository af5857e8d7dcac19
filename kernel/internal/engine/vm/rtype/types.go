package rtype

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

// A Config says what Types needs to know of the machine.
type Config struct {
	// Lookup returns the type of a compiled package, or nil where there is none.
	Lookup func(path, name string) reflect.Type
	// Implement returns the code of a method; see Method. It runs while a type is built, so it must not call the Types:
	// what it returns may find out more at its first call.
	Implement func(Method) (reflect.Value, error)
	// Own reports whether a type's declaration is the machine's own, so that the type is built here and not looked up.
	// nil means: those of packages with the path "main".
	Own func(*types.TypeName) bool
	// Cell returns the number of the cell that declares a type, for messages. nil means 0.
	Cell func(*types.TypeName) int
}

// Types has the runtime types of go/types types. Its methods may be called from several goroutines. What it built stays
// in memory for good, as all types of a Go program do; the types of go/types do not.
type Types struct {
	config Config

	mu       sync.Mutex
	numbers  numbers
	known    map[string]*entry          // by key
	recent   map[types.Type]*entry      // some of them; see remember
	buffer   []byte                     // for keys
	retired  map[string][]armed         // the stubs of types that Renew forgot
	versions map[unsafe.Pointer]version // by the descriptor
	series   map[string]*series         // by the name

	// Of the outermost call of Type:
	pending []*table // to be filled at its end
	journal []string // what it added to known
	arming  []arming // what its stubs are to do
}

// An entry is a type that is known.
type entry struct {
	r reflect.Type
	// Of a declared type: the numbers of the types that its parts and methods mention.
	mentions []int
	stubs    []armed
}

// New returns a Types that has built nothing yet.
func New(c Config) *Types {
	if c.Own == nil {
		c.Own = func(o *types.TypeName) bool { return o.Pkg() != nil && o.Pkg().Path() == "main" }
	}
	if c.Cell == nil {
		c.Cell = func(*types.TypeName) int { return 0 }
	}
	return &Types{config: c, numbers: newNumbers(), known: map[string]*entry{}, recent: map[types.Type]*entry{},
		retired: map[string][]armed{}, versions: map[unsafe.Pointer]version{}, series: map[string]*series{}}
}

// failure is how the recursion of Type ends early; Type makes an error of it.
type failure struct{ error }

func fail(format string, args ...any) { panic(failure{fmt.Errorf("rtype: "+format, args...)}) }

// Type returns the runtime type of t: the same for identical types, as long as no Renew concerns them. It fails for
// type parameters, for untyped nil, for types of compiled packages that are neither looked up nor bound, when method
// entries run out, and with an error of Implement. A call that fails takes no method entries.
func (ts *Types) Type(t types.Type) (r reflect.Type, err error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if t == nil {
		return nil, errors.New("rtype: no type given")
	}
	if r := ts.at(t); r != nil {
		return r, nil
	}
	ts.bury()
	defer func() {
		if x := recover(); x != nil {
			f, ok := x.(failure)
			if !ok {
				f = failure{fmt.Errorf("rtype: type %s: %v", t, x)}
			}
			r, err = nil, f.error
			ts.undo()
		}
		ts.journal, ts.pending, ts.arming = nil, nil, nil
	}()
	r = ts.of(t)
	for len(ts.pending) > 0 {
		tab := ts.pending[0]
		ts.pending = ts.pending[1:]
		ts.fill(tab)
	}
	for _, a := range ts.arming {
		a.arm(a.code)
	}
	for _, key := range ts.journal {
		delete(ts.retired, key)
	}
	return r, nil
}

// undo takes back what a call of Type did that fails: nobody has a value of its types.
func (ts *Types) undo() {
	for _, a := range ts.arming {
		if a.fresh {
			a.release()
		}
	}
	for _, key := range ts.journal {
		r := ts.known[key].r
		if v, ok := ts.versions[pointer(r)]; ok {
			delete(ts.versions, pointer(r))
			v.of.n--
		}
		delete(ts.known, key)
	}
	clear(ts.recent)
}

// of returns the runtime type of t, which may still lack its fields and methods when it is being built further out.
func (ts *Types) of(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if r := ts.at(t); r != nil {
		return r
	}
	r := ts.build(t)
	if known := ts.at(t); known != nil { // building it, its parts were built, and one of them may have needed it
		return known
	}
	ts.set(t, r)
	return r
}

// at returns a type that is known, or nil.
func (ts *Types) at(t types.Type) reflect.Type {
	if e := ts.entry(t); e != nil {
		return e.r
	}
	return nil
}

// entry returns what is known of a type, or nil.
func (ts *Types) entry(t types.Type) *entry {
	e := ts.recent[t]
	if e == nil {
		ts.buffer = ts.appendKey(ts.buffer[:0], t)
		if e = ts.known[string(ts.buffer)]; e != nil {
			ts.remember(t, e)
		}
	}
	return e
}

// remember saves the next call the key. It holds on to few types, since each holds on to the scopes of a cell.
func (ts *Types) remember(t types.Type, e *entry) {
	if len(ts.recent) >= 128 {
		clear(ts.recent)
	}
	ts.recent[t] = e
}

func (ts *Types) key(t types.Type) string { return string(ts.appendKey(nil, t)) }

// set makes a type known.
func (ts *Types) set(t types.Type, r reflect.Type) *entry {
	key := ts.key(t)
	e := &entry{r: r}
	ts.known[key] = e
	ts.journal = append(ts.journal, key)
	ts.remember(t, e)
	return e
}

// bury forgets the types whose declarations the collector has taken, when there are many.
func (ts *Types) bury() {
	dead := ts.numbers.buried(64 + len(ts.known)/4)
	if dead == nil {
		return
	}
	for key := range ts.known {
		gone := false
		eachNumber(key, func(n int) { _, is := dead[n]; gone = gone || is })
		if gone {
			delete(ts.known, key)
			delete(ts.retired, key)
		}
	}
}

// ownNumber returns the number of the declared type that a key is of, or 0.
func ownNumber(key string) int {
	rest, ok := strings.CutPrefix(key, "#")
	if !ok {
		return 0
	}
	digits, _, _ := strings.Cut(rest, ";")
	n, _ := strconv.Atoi(digits)
	return n
}
