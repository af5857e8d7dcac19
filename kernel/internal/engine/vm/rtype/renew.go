package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
)

// A Version says which declaration a type built here stands for.
type Version struct {
	Name   string // as %T prints it
	Cell   int    // that declares it
	Number int    // 1 for the first type of that name, 2 for the next
}

func (v Version) String() string { return fmt.Sprintf("%s of cell %d", v.Name, v.Cell) }

// A version is what is kept of a Version for good.
type version struct {
	of           *series
	cell, number uint32
}

// A series is the versions of a name.
type series struct {
	name string
	n    int
}

// version notes a version and returns its number.
func (ts *Types) version(t *types.Named, r reflect.Type) int {
	s := ts.series[r.String()]
	if s == nil {
		s = &series{name: r.String()}
		ts.series[s.name] = s
	}
	s.n++
	ts.versions[pointer(r)] = version{s, uint32(ts.config.Cell(t.Obj())), uint32(s.n)}
	return s.n
}

// Version returns the version of a defined type that was built here.
func (ts *Types) Version(t reflect.Type) (Version, bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	v, ok := ts.versions[pointer(t)]
	if !ok {
		return Version{}, false
	}
	return Version{Name: v.of.name, Cell: int(v.cell), Number: int(v.number)}, true
}

// Meet returns what to say when a value of type have comes where want is needed and both print alike, such as
// "main.Model of cell 3 against main.Model of cell 7"; "" if they are not two versions of a name.
func (ts *Types) Meet(have, want reflect.Type) string {
	for have.Kind() == want.Kind() && have.Name() == "" && have != want && (have.Kind() == reflect.Pointer || have.Kind() == reflect.Slice) {
		have, want = have.Elem(), want.Elem()
	}
	h, ok1 := ts.Version(have)
	w, ok2 := ts.Version(want)
	switch {
	case !ok1 || !ok2 || have == want || h.Name != w.Name:
		return ""
	case h.Cell == w.Cell:
		return fmt.Sprintf("%s, version %d, against version %d", h, h.Number, w.Number)
	}
	return fmt.Sprintf("%s against %s", h, w)
}

// Renew makes the next Type of t build a new runtime type, and of every type that mentions t: a method was added, and
// the runtime has remembered for good which interfaces the type of now does not implement. Values that are boxed in
// interfaces keep the type of now, and its methods: they share the code with those of the new type. Variables are
// rebound by View. For a generic type and for an instance of one alike, all instances are concerned.
func (ts *Types) Renew(t *types.Named) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	stale := map[int]bool{ownNumber(ts.key(t)): true}
	delete(stale, 0)
	isStale := func(key string, e *entry) (yes bool) {
		eachNumber(key, func(n int) { yes = yes || stale[n] })
		return yes || slices.ContainsFunc(e.mentions, func(n int) bool { return stale[n] })
	}
	for before := -1; before < len(stale); {
		before = len(stale)
		for key, e := range ts.known {
			if n := ownNumber(key); n != 0 && !stale[n] && isStale(key, e) {
				stale[n] = true
			}
		}
	}
	for key, e := range ts.known {
		if isStale(key, e) {
			delete(ts.known, key)
			if len(e.stubs) > 0 {
				ts.retired[key] = e.stubs
			}
		}
	}
	clear(ts.recent)
}

// mentions returns the numbers of the types that a declared type is made of or that its methods mention.
func (ts *Types) mentions(t *types.Named) (out []int) {
	key := ts.appendKey(nil, t.Underlying())
	for m := range t.Methods() {
		key = ts.appendSignature(key, m.Signature())
	}
	eachNumber(string(key), func(n int) {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	})
	return out
}
