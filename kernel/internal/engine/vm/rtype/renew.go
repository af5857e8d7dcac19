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

func (ts *Types) version(t *types.Named, r reflect.Type) {
	s := r.String()
	ts.counts[s]++
	ts.versions[r] = Version{Name: s, Cell: ts.config.Cell(t.Obj()), Number: ts.counts[s]}
}

// Version returns the version of a defined type that was built here.
func (ts *Types) Version(t reflect.Type) (Version, bool) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	v, ok := ts.versions[t]
	return v, ok
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

// View returns a pointer of type *to with the address of p, a pointer to a value of another version of the type: the
// variable is the same, its type is the new one. It fails where the two do not lie alike in memory. What is boxed in an
// interface within keeps its old type.
func View(p reflect.Value, to reflect.Type) (reflect.Value, error) {
	if p.Kind() != reflect.Pointer {
		return reflect.Value{}, fmt.Errorf("rtype: View: expected a pointer, received %s", p.Type())
	}
	if !alike(p.Type().Elem(), to, map[[2]reflect.Type]bool{}) {
		return reflect.Value{}, fmt.Errorf("rtype: View: %s and %s do not lie alike in memory", p.Type().Elem(), to)
	}
	return reflect.NewAt(to, p.UnsafePointer()), nil
}

// alike reports whether two types lie alike in memory, and so do the types that they point to.
func alike(a, b reflect.Type, seen map[[2]reflect.Type]bool) bool {
	if a == b || seen[[2]reflect.Type{a, b}] {
		return true
	}
	seen[[2]reflect.Type{a, b}] = true
	if a.Kind() != b.Kind() || a.Size() != b.Size() || a.Align() != b.Align() || a.Name() != b.Name() {
		return false
	}
	switch a.Kind() {
	case reflect.Array, reflect.Slice, reflect.Pointer, reflect.Chan:
		if a.Kind() == reflect.Array && a.Len() != b.Len() || a.Kind() == reflect.Chan && a.ChanDir() != b.ChanDir() {
			return false
		}
		return alike(a.Elem(), b.Elem(), seen)
	case reflect.Map:
		return alike(a.Key(), b.Key(), seen) && alike(a.Elem(), b.Elem(), seen)
	case reflect.Struct:
		if a.NumField() != b.NumField() {
			return false
		}
		for i := range a.NumField() {
			f, g := a.Field(i), b.Field(i)
			if f.Name != g.Name || f.Offset != g.Offset || !alike(f.Type, g.Type, seen) {
				return false
			}
		}
	case reflect.Func:
		if a.NumIn() != b.NumIn() || a.NumOut() != b.NumOut() || a.IsVariadic() != b.IsVariadic() {
			return false
		}
		for i := range a.NumIn() {
			if !alike(a.In(i), b.In(i), seen) {
				return false
			}
		}
		for i := range a.NumOut() {
			if !alike(a.Out(i), b.Out(i), seen) {
				return false
			}
		}
	case reflect.Interface:
		return a.NumMethod() == 0 && b.NumMethod() == 0 // others hold a method table of the very type
	}
	return true
}
