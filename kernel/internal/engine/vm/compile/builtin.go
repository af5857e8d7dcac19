package compile

import (
	"go/token"
	"math"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// builtin compiles a call of a predeclared function. in is nil for a call that is put off; then results is, too.
func (c *compiler) builtin(b *ssa.Builtin, in *ssa.Call, call *ssa.CallCommon, results []*slot) op.Op {
	if in != nil && c.appends[in] != nil {
		s, v := c.at(call.Args[0]), c.at(c.appends[in])
		return op.ClassOf(s.typ.Elem()).AppendOne(results[0].offset, s.offset, v.offset)
	}
	var args []*slot
	for _, a := range call.Args {
		args = append(args, c.at(a))
	}
	var d uintptr // 0: the result is not wanted
	if len(results) > 0 {
		d = results[0].offset
	}
	var x, y *slot
	if len(args) > 0 {
		x = args[0]
	}
	if len(args) > 1 {
		y = args[1]
	}
	switch b.Name() {
	case "len":
		return length(d, x)
	case "cap":
		return capacity(d, x)
	case "append":
		if y.typ.Kind() == reflect.String {
			a, b := x.offset, y.offset
			return func(fp P) { *valueAt[[]byte](fp, d) = append(*valueAt[[]byte](fp, a), *valueAt[string](fp, b)...) }
		}
		return op.ClassOf(x.typ.Elem()).Append(d, x.offset, y.offset)
	case "copy":
		return copySlice(d, x, y)
	case "delete":
		a, k, t, kt := x.offset, y.offset, x.typ, y.typ
		return op.Writing(a, func(fp P) { reflectAt(fp, a, t).SetMapIndex(reflectAt(fp, k, kt), reflect.Value{}) })
	case "close":
		a, t := x.offset, x.typ
		return func(fp P) { reflectAt(fp, a, t).Close() }
	case "clear":
		a, t := x.offset, x.typ
		return func(fp P) { reflectAt(fp, a, t).Clear() }
	case "panic":
		a, t := x.offset, x.typ
		return func(fp P) { panic(anyOf(t, *valueAt[[2]P](fp, a))) }
	case "recover":
		return func(fp P) {
			v := machine.Recover(fp)
			if d != 0 {
				*valueAt[any](fp, d) = v
			}
		}
	case "print", "println":
		return printer(args, b.Name() == "println")
	case "real", "imag", "complex":
		return complexPart(b.Name(), d, args)
	case "min", "max":
		return c.extreme(b.Name(), d, args)
	case "ssa:wrapnilchk":
		a, recv, method := x.offset, y.offset, args[2].offset
		return func(fp P) {
			p := *valueAt[P](fp, a)
			if p == nil {
				panic(machine.NilMethodError{Type: *valueAt[string](fp, recv), Method: *valueAt[string](fp, method)})
			}
			*valueAt[P](fp, d) = p
		}
	case "ssa:deferstack":
		return func(fp P) { *valueAt[P](fp, d) = fp }
	}
	return c.unsafeBuiltin(b.Name(), d, call, args)
}

func length(d uintptr, x *slot) op.Op {
	a, t := x.offset, x.typ
	switch t.Kind() {
	case reflect.String:
		return func(fp P) { *valueAt[int](fp, d) = len(*valueAt[string](fp, a)) }
	case reflect.Slice:
		return func(fp P) { *valueAt[int](fp, d) = valueAt[op.SliceHeader](fp, a).Len }
	case reflect.Pointer:
		n := t.Elem().Len()
		return func(fp P) { *valueAt[int](fp, d) = n }
	case reflect.Map:
		return func(fp P) { *valueAt[int](fp, d) = len(*valueAt[map[int]int](fp, a)) }
	case reflect.Array:
		n := t.Len()
		return func(fp P) { *valueAt[int](fp, d) = n }
	}
	return func(fp P) { *valueAt[int](fp, d) = len(*valueAt[chan int](fp, a)) }
}

func capacity(d uintptr, x *slot) op.Op {
	a, t := x.offset, x.typ
	switch t.Kind() {
	case reflect.Slice:
		return func(fp P) { *valueAt[int](fp, d) = valueAt[op.SliceHeader](fp, a).Cap }
	case reflect.Pointer:
		n := t.Elem().Len()
		return func(fp P) { *valueAt[int](fp, d) = n }
	case reflect.Array:
		n := t.Len()
		return func(fp P) { *valueAt[int](fp, d) = n }
	}
	return func(fp P) { *valueAt[int](fp, d) = cap(*valueAt[chan int](fp, a)) }
}

func copySlice(d uintptr, x, y *slot) op.Op {
	a, b, t, u := x.offset, y.offset, x.typ, y.typ
	if t.Elem().Kind() == reflect.Uint8 && u.Kind() == reflect.String {
		return func(fp P) {
			n := copy(*valueAt[[]byte](fp, a), *valueAt[string](fp, b))
			if d != 0 {
				*valueAt[int](fp, d) = n
			}
		}
	}
	if !op.HasPointers(t.Elem()) {
		size := int(t.Elem().Size())
		return func(fp P) {
			s, v := valueAt[op.SliceHeader](fp, a), valueAt[op.SliceHeader](fp, b)
			n := min(s.Len, v.Len)
			copy(unsafe.Slice((*byte)(s.Data), n*size), unsafe.Slice((*byte)(v.Data), n*size))
			if d != 0 {
				*valueAt[int](fp, d) = n
			}
		}
	}
	return func(fp P) {
		n := reflect.Copy(reflectAt(fp, a, t), reflectAt(fp, b, u))
		if d != 0 {
			*valueAt[int](fp, d) = n
		}
	}
}

func complexPart(name string, d uintptr, args []*slot) op.Op {
	a, k := args[0].offset, args[0].typ.Kind()
	switch {
	case name == "real" && k == reflect.Complex64:
		return func(fp P) { *valueAt[float32](fp, d) = real(*valueAt[complex64](fp, a)) }
	case name == "real":
		return func(fp P) { *valueAt[float64](fp, d) = real(*valueAt[complex128](fp, a)) }
	case name == "imag" && k == reflect.Complex64:
		return func(fp P) { *valueAt[float32](fp, d) = imag(*valueAt[complex64](fp, a)) }
	case name == "imag":
		return func(fp P) { *valueAt[float64](fp, d) = imag(*valueAt[complex128](fp, a)) }
	}
	b := args[1].offset
	if k == reflect.Float32 {
		return func(fp P) { *valueAt[complex64](fp, d) = complex(*valueAt[float32](fp, a), *valueAt[float32](fp, b)) }
	}
	return func(fp P) { *valueAt[complex128](fp, d) = complex(*valueAt[float64](fp, a), *valueAt[float64](fp, b)) }
}

// extreme compiles min and max, in a register of their own: an operand may share the result's.
func (c *compiler) extreme(name string, d uintptr, args []*slot) op.Op {
	k := op.KindOf(args[0].typ)
	switch k {
	case op.Float64:
		return extremeFloat[float64](name, d, args)
	case op.Float32:
		return extremeFloat[float32](name, d, args)
	}
	t := token.LSS
	if name == "max" {
		t = token.GTR
	}
	class, typ := op.ClassOf(args[0].typ), args[0].typ
	// The comparison works on a scratch of two values and the answer.
	size := (typ.Size() + 7) &^ 7
	less := op.Compare(k, t, 2*size, size, 0)
	return func(fp P) {
		scratch := op.New(op.TypePointer(scratchOf(typ)))
		class.Move(scratch, unsafe.Add(fp, args[0].offset))
		for _, x := range args[1:] {
			class.Move(unsafe.Add(scratch, size), unsafe.Add(fp, x.offset))
			if less(scratch); *valueAt[bool](scratch, 2*size) {
				class.Move(scratch, unsafe.Add(fp, x.offset))
			}
		}
		class.Move(unsafe.Add(fp, d), scratch)
	}
}

// scratchOf returns the type of two values and a word: of integers or strings.
func scratchOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.String {
		return reflect.TypeFor[struct {
			a, b string
			less uint64
		}]()
	}
	return reflect.TypeFor[[3]uint64]()
}

func extremeFloat[T float32 | float64](name string, d uintptr, args []*slot) op.Op {
	if name == "min" {
		return func(fp P) {
			r := *valueAt[T](fp, args[0].offset)
			for _, x := range args[1:] {
				r = min(r, *valueAt[T](fp, x.offset))
			}
			*valueAt[T](fp, d) = r
		}
	}
	return func(fp P) {
		r := *valueAt[T](fp, args[0].offset)
		for _, x := range args[1:] {
			r = max(r, *valueAt[T](fp, x.offset))
		}
		*valueAt[T](fp, d) = r
	}
}

func (c *compiler) unsafeBuiltin(name string, d uintptr, call *ssa.CallCommon, args []*slot) op.Op {
	a := args[0].offset
	switch name {
	case "Add":
		n := c.intOf(call.Args[1])
		return func(fp P) { *valueAt[P](fp, d) = unsafe.Add(*valueAt[P](fp, a), n(fp)) }
	case "Slice":
		n := c.intOf(call.Args[1])
		size := args[0].typ.Elem().Size()
		return func(fp P) {
			p, k := *valueAt[P](fp, a), n(fp)
			if size > 1 && k > 0 && uintptr(k) > math.MaxInt/size {
				k = -1
			}
			if size > 0 {
				_ = unsafe.Slice((*byte)(p), k*int(size)) // panics as Go does for what is too long
			} else {
				_ = unsafe.Slice((*struct{})(p), k)
			}
			if p == nil {
				k = 0
			}
			*valueAt[op.SliceHeader](fp, d) = op.SliceHeader{Data: p, Len: k, Cap: k}
		}
	case "String":
		n := c.intOf(call.Args[1])
		return func(fp P) { *valueAt[string](fp, d) = unsafe.String(*valueAt[*byte](fp, a), n(fp)) }
	case "Sizeof", "Alignof": // of a type that was a type parameter
		n := args[0].typ.Size()
		if name == "Alignof" {
			n = uintptr(args[0].typ.Align())
		}
		return func(fp P) { *valueAt[uintptr](fp, d) = n }
	case "StringData", "SliceData":
		return func(fp P) { *valueAt[P](fp, d) = *valueAt[P](fp, a) }
	}
	c.fail("internal: no code for the builtin %s", name)
	return nil
}
