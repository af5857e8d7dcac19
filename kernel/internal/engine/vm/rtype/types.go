package rtype

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"sync"
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
// in memory for good, as all types of a Go program do.
type Types struct {
	config Config

	mu       sync.Mutex
	fast     map[types.Type]reflect.Type // by the very object
	identity map[string][]entry          // by the type's string, then types.Identical
	tables   map[types.Type]*table       // method tables by T of T and *T
	versions map[reflect.Type]Version
	counts   map[string]int // versions of a name
	pending  []*table       // to be filled at the end of the outermost call
	journal  []types.Type   // what that call added, to be taken back if it fails
}

type entry struct {
	t types.Type
	r reflect.Type
}

// New returns a Types that has built nothing yet.
func New(c Config) *Types {
	if c.Own == nil {
		c.Own = func(o *types.TypeName) bool { return o.Pkg() != nil && o.Pkg().Path() == "main" }
	}
	if c.Cell == nil {
		c.Cell = func(*types.TypeName) int { return 0 }
	}
	return &Types{config: c, fast: map[types.Type]reflect.Type{}, identity: map[string][]entry{}, tables: map[types.Type]*table{},
		versions: map[reflect.Type]Version{}, counts: map[string]int{}}
}

// failure is how the recursion of Type ends early; Type makes an error of it.
type failure struct{ error }

func fail(format string, args ...any) { panic(failure{fmt.Errorf("rtype: "+format, args...)}) }

// Type returns the runtime type of t: the same for identical types, as long as no Renew concerns them. It fails for
// type parameters, for untyped nil, for types of compiled packages that are neither looked up nor bound, when method
// entries run out, and with an error of Implement.
func (ts *Types) Type(t types.Type) (r reflect.Type, err error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	defer func() {
		if x := recover(); x != nil {
			f, ok := x.(failure)
			if !ok {
				f = failure{fmt.Errorf("rtype: type %s: %v", t, x)}
			}
			r, err = nil, f.error
			for _, t := range ts.journal {
				ts.forget(t)
			}
		}
		ts.journal, ts.pending = nil, nil
	}()
	if t == nil {
		return nil, errors.New("rtype: no type given")
	}
	r = ts.of(t)
	for len(ts.pending) > 0 {
		tab := ts.pending[0]
		ts.pending = ts.pending[1:]
		ts.fill(tab)
	}
	return r, nil
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

// at returns a type that is known.
func (ts *Types) at(t types.Type) reflect.Type {
	if r := ts.fast[t]; r != nil {
		return r
	}
	for _, e := range ts.identity[types.TypeString(t, nil)] {
		if types.Identical(e.t, t) {
			ts.fast[t] = e.r
			return e.r
		}
	}
	return nil
}

func (ts *Types) set(t types.Type, r reflect.Type) {
	ts.fast[t] = r
	s := types.TypeString(t, nil)
	ts.identity[s] = append(ts.identity[s], entry{t, r})
	ts.journal = append(ts.journal, t)
}

// forget makes the next Type of t build it anew.
func (ts *Types) forget(t types.Type) {
	s := types.TypeString(t, nil)
	var left []entry
	for _, e := range ts.identity[s] {
		if !types.Identical(e.t, t) {
			left = append(left, e)
		}
	}
	ts.identity[s] = left
	for k := range ts.fast {
		if types.Identical(k, t) {
			delete(ts.fast, k)
		}
	}
	delete(ts.tables, t)
}
