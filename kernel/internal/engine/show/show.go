// Package show writes values as readable Go syntax: with the names that the checker knows, large ones cut.
package show

import (
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of one text. A value that is cut says how large it is.
const (
	maxElements = 100   // of one slice, array or map
	maxBytes    = 10000 // of the whole
	maxString   = 2000  // of one string
	maxDepth    = 8
)

// Text returns a value in Go syntax; a value with a String or Error method is what the method says. t is its static
// type, nil where only the value knows.
func Text(v reflect.Value, t types.Type) string {
	p := printer{seen: map[uintptr]bool{}}
	p.value(v, t, 0, true)
	s := p.b.String()
	if p.full {
		s += "…"
	}
	if n := length(v); n >= 0 && (p.full || n > maxElements && v.Kind() != reflect.String) {
		s += fmt.Sprintf(" // %s", sizeOf(v))
	}
	return s
}

func length(v reflect.Value) int {
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.String:
		return v.Len()
	}
	return -1
}

func sizeOf(v reflect.Value) string {
	n := group(v.Len())
	switch v.Kind() {
	case reflect.String:
		return n + " bytes"
	case reflect.Map:
		return n + " entries"
	}
	return n + " elements"
}

func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

type printer struct {
	b    strings.Builder
	seen map[uintptr]bool // pointers on the way to here
	full bool
}

func (p *printer) write(s string) {
	if p.b.Len() > maxBytes {
		p.full = true
		return
	}
	p.b.WriteString(s)
}

// value writes v. named: the type was not written yet, so composite values write it.
func (p *printer) value(v reflect.Value, t types.Type, depth int, named bool) {
	if !v.IsValid() {
		p.write("nil")
		return
	}
	if v.Kind() == reflect.Interface {
		p.value(v.Elem(), nil, depth, true)
		return
	}
	if s, ok := method(v); ok {
		p.write(s)
		return
	}
	if p.full {
		return
	}
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Complex64, reflect.Complex128:
		p.write(fmt.Sprint(plain(v)))
	case reflect.Float32:
		p.write(strconv.FormatFloat(v.Float(), 'g', -1, 32))
	case reflect.Float64:
		p.write(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.String:
		p.str(v.String(), depth)
	case reflect.Slice, reflect.Array:
		p.list(v, t, depth, named)
	case reflect.Map:
		p.dict(v, t, depth, named)
	case reflect.Struct:
		p.fields(v, t, depth, named)
	case reflect.Pointer:
		p.pointer(v, t, depth, named)
	case reflect.Func:
		p.nilOr(v, t, typeName(v.Type(), t)+" {…}")
	case reflect.Chan:
		p.nilOr(v, t, fmt.Sprintf("(%s)(len %d, cap %d)", typeName(v.Type(), t), v.Len(), v.Cap()))
	default:
		p.write(fmt.Sprint(v))
	}
}

// plain returns a basic value without its methods.
func plain(v reflect.Value) any {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanComplex():
		return v.Complex()
	}
	return v.Bool()
}

// method returns what the String or Error method of a value says; one that panics says nothing.
func method(v reflect.Value) (s string, ok bool) {
	if !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	switch x := v.Interface().(type) {
	case error:
		return x.Error(), true
	case time.Time:
		return x.Format("2006-01-02 15:04:05.999999999 -0700 MST"), true
	case fmt.Stringer:
		return x.String(), true
	}
	return "", false
}

// str writes a string literal: back quotes where they read better.
func (p *printer) str(s string, depth int) {
	cut := ""
	if len(s) > maxString {
		n := maxString
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		cut = fmt.Sprintf("… // %s bytes", group(len(s)))
		s = s[:n]
	}
	if depth == 0 && strings.ContainsAny(s, "\"\n\\") && raw(s) {
		p.write("`" + s + "`" + cut)
		return
	}
	p.write(strconv.Quote(s) + cut)
}

func raw(s string) bool {
	for _, r := range s {
		if r == '`' || r == utf8.RuneError || r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

func (p *printer) nilOr(v reflect.Value, t types.Type, s string) {
	if v.IsNil() {
		s = "nil"
	}
	p.write(s)
}

func (p *printer) typ(v reflect.Value, t types.Type, named bool) {
	if named {
		p.write(typeName(v.Type(), t))
	}
}

func (p *printer) list(v reflect.Value, t types.Type, depth int, named bool) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		p.write(typeName(v.Type(), t) + "(nil)")
		return
	}
	p.typ(v, t, named)
	p.write("{")
	elem := elemType(t)
	for i := range v.Len() {
		if i > 0 {
			p.write(", ")
		}
		if i == maxElements || depth > maxDepth || p.full {
			p.write("…")
			break
		}
		p.value(v.Index(i), elem, depth+1, false)
	}
	p.write("}")
}

func (p *printer) dict(v reflect.Value, t types.Type, depth int, named bool) {
	if v.IsNil() {
		p.write(typeName(v.Type(), t) + "(nil)")
		return
	}
	p.typ(v, t, named)
	p.write("{")
	var key types.Type
	if m, ok := under(t).(*types.Map); ok {
		key = m.Key()
	}
	for i, k := range sortedKeys(v) {
		if i > 0 {
			p.write(", ")
		}
		if i == maxElements || depth > maxDepth || p.full {
			p.write("…")
			break
		}
		p.value(k, key, depth+1, false)
		p.write(": ")
		p.value(v.MapIndex(k), elemType(t), depth+1, false)
	}
	p.write("}")
}

func (p *printer) fields(v reflect.Value, t types.Type, depth int, named bool) {
	p.typ(v, t, named)
	p.write("{")
	st, _ := under(t).(*types.Struct)
	for i := range v.NumField() {
		if i > 0 {
			p.write(", ")
		}
		if depth > maxDepth || p.full {
			p.write("…")
			break
		}
		name, ft := v.Type().Field(i).Name, types.Type(nil)
		if st != nil && st.NumFields() == v.NumField() {
			name, ft = st.Field(i).Name(), st.Field(i).Type()
		}
		p.write(name + ": ")
		p.value(v.Field(i), ft, depth+1, true)
	}
	p.write("}")
}

// pointer writes &T{…} for a pointer to a composite value, an address for any other and for one that was there before.
func (p *printer) pointer(v reflect.Value, t types.Type, depth int, named bool) {
	if v.IsNil() {
		p.write("nil")
		return
	}
	e := v.Elem()
	composite := e.Kind() == reflect.Struct || e.Kind() == reflect.Slice || e.Kind() == reflect.Map || e.Kind() == reflect.Array
	if !composite || p.seen[v.Pointer()] || depth > 3 {
		p.write(fmt.Sprintf("(%s)(%#x)", typeName(v.Type(), t), v.Pointer()))
		return
	}
	p.seen[v.Pointer()] = true
	defer delete(p.seen, v.Pointer())
	p.write("&")
	p.value(e, elemType(t), depth, true)
}
