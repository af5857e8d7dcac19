package rtype

import (
	"bytes"
	"go/types"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"weak"
)

// The key of a type is a text that all identical types share, and no other (types.Identical). Types are known by their
// keys, so that nothing here keeps an object of go/types alive, and with it the scopes of the cell that it comes from.
//
// A type that a cell declares has a number, written "#12;"; a compiled one is written by its path. The number is given
// when the type is first seen; when the collector has taken the type's declaration, nobody can ask for the type any
// more, and what is known under that number is forgotten.

// numbers are the numbers of the types that cells declare, by their declarations; an instance has that of its origin.
type numbers struct {
	given  map[weak.Pointer[types.TypeName]]int
	recent map[*types.TypeName]int // at most 128: it holds on to them, and a weak pointer takes time to make
	last   int
	dead   *graveyard
}

// A graveyard collects the numbers whose declarations are gone.
type graveyard struct {
	mu   sync.Mutex
	dead map[int]weak.Pointer[types.TypeName]
}

func newNumbers() numbers {
	return numbers{given: map[weak.Pointer[types.TypeName]]int{}, recent: map[*types.TypeName]int{},
		dead: &graveyard{dead: map[int]weak.Pointer[types.TypeName]{}}}
}

// of returns the number of a declaration.
func (ns *numbers) of(o *types.TypeName) int {
	if n := ns.recent[o]; n != 0 {
		return n
	}
	w := weak.Make(o)
	n := ns.given[w]
	if n == 0 {
		ns.last++
		n = ns.last
		ns.given[w] = n
		dead := ns.dead
		runtime.AddCleanup(o, func(n int) {
			dead.mu.Lock()
			defer dead.mu.Unlock()
			dead.dead[n] = w
		}, n)
	}
	if len(ns.recent) >= 128 {
		clear(ns.recent)
	}
	ns.recent[o] = n
	return n
}

// buried returns the numbers whose declarations are gone, if there are at least as many as given, and forgets them.
func (ns *numbers) buried(atLeast int) map[int]weak.Pointer[types.TypeName] {
	ns.dead.mu.Lock()
	defer ns.dead.mu.Unlock()
	if len(ns.dead.dead) < atLeast {
		return nil
	}
	dead := ns.dead.dead
	ns.dead.dead = map[int]weak.Pointer[types.TypeName]{}
	for _, w := range dead {
		delete(ns.given, w)
	}
	return dead
}

// eachNumber calls f with the numbers that a key mentions.
func eachNumber(key string, f func(n int)) {
	for {
		_, rest, ok := strings.Cut(key, "#")
		if !ok {
			return
		}
		digits, _, ok := strings.Cut(rest, ";")
		if n, err := strconv.Atoi(digits); ok && err == nil { // a "#" may also stand in a field's tag
			f(n)
		}
		key = rest
	}
}

// mentionsOwn reports whether a key mentions a type that a cell declares; it may be wrong where a field's tag has a "#".
func mentionsOwn(key []byte) bool { return bytes.IndexByte(key, '#') >= 0 }

// appendKey appends the key of a type.
func (ts *Types) appendKey(b []byte, t types.Type) []byte {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if r := basics[t.Kind()]; r != nil {
			return append(b, r.String()...)
		}
		return append(b, t.Name()...)
	case *types.Named:
		b = ts.appendDeclared(b, t.Origin().Obj())
		if args := t.TypeArgs(); args.Len() > 0 {
			for i := range args.Len() {
				b = append(b, "[,"[min(i, 1)])
				b = ts.appendKey(b, args.At(i))
			}
			b = append(b, ']')
		}
		return b
	case *types.Pointer:
		return ts.appendKey(append(b, '*'), t.Elem())
	case *types.Slice:
		return ts.appendKey(append(b, "[]"...), t.Elem())
	case *types.Array:
		b = strconv.AppendInt(append(b, '['), t.Len(), 10)
		return ts.appendKey(append(b, ']'), t.Elem())
	case *types.Map:
		b = ts.appendKey(append(b, "map["...), t.Key())
		return ts.appendKey(append(b, ']'), t.Elem())
	case *types.Chan:
		b = append(b, "chan("...)
		b = append(b, [...]string{types.SendRecv: "", types.SendOnly: "<-", types.RecvOnly: "->"}[t.Dir()]...)
		return append(ts.appendKey(b, t.Elem()), ')')
	case *types.Signature:
		return ts.appendSignature(b, t)
	case *types.Struct:
		b = append(b, "struct{"...)
		for i := range t.NumFields() {
			f := t.Field(i)
			if f.Embedded() {
				b = append(b, '!')
			}
			b = append(appendMember(b, f), ' ')
			b = ts.appendKey(b, f.Type())
			if tag := t.Tag(i); tag != "" {
				b = strconv.AppendQuote(b, tag)
			}
			b = append(b, ';')
		}
		return append(b, '}')
	case *types.Interface:
		b = append(b, "interface{"...)
		if !t.IsMethodSet() { // no type of a value: never known
			b = append(b, types.TypeString(t, nil)...)
		}
		for m := range t.Methods() { // they are sorted
			b = appendMember(b, m)
			b = append(ts.appendSignature(b, m.Signature()), ';')
		}
		return append(b, '}')
	default: // a type parameter: never known
		return append(b, t.String()...)
	}
}

func (ts *Types) appendSignature(b []byte, t *types.Signature) []byte {
	list := func(t *types.Tuple) {
		b = append(b, '(')
		for v := range t.Variables() {
			b = append(ts.appendKey(b, v.Type()), ',')
		}
		b = append(b, ')')
	}
	b = append(b, "func"...)
	list(t.Params())
	if t.Variadic() {
		b = append(b, "..."...)
	}
	list(t.Results())
	return b
}

// appendDeclared appends a declared type.
func (ts *Types) appendDeclared(b []byte, o *types.TypeName) []byte {
	switch {
	case o.Pkg() == nil:
		return append(b, o.Name()...)
	case ts.config.Own(o) || o.Parent() != o.Pkg().Scope():
		b = strconv.AppendInt(append(b, '#'), int64(ts.numbers.of(o)), 10)
		return append(b, ';')
	}
	b = strconv.AppendQuote(b, o.Pkg().Path())
	return append(append(b, '.'), o.Name()...)
}

// appendMember appends the name of a field or method, which belongs to a package if it is not exported.
func appendMember(b []byte, o types.Object) []byte {
	if !o.Exported() && o.Pkg() != nil {
		b = append(strconv.AppendQuote(b, o.Pkg().Path()), '.')
	}
	return append(b, o.Name()...)
}
