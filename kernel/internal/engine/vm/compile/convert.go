package compile

import (
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

func (c *compiler) convert(x ssa.Value, d *slot) {
	s := c.at(x)
	a, do := s.offset, d.offset
	from, to := op.KindOf(s.typ), op.KindOf(d.typ)
	if o := op.Convert(from, to, do, a); o != nil {
		c.emit(o)
		return
	}
	st, dt := s.typ, d.typ
	switch {
	case from == to && from != op.None, st.Kind() == dt.Kind() && st.Kind() != reflect.String && st.Kind() != reflect.Slice && op.ClassOf(st) == op.ClassOf(dt):
		c.emit(op.ClassOf(dt).Copy(do, a))
	case dt.Kind() == reflect.UnsafePointer && st.Kind() == reflect.Uintptr:
		c.emit(func(fp P) { *valueAt[P](fp, do) = *valueAt[P](fp, a) })
	case st.Kind() == reflect.UnsafePointer && dt.Kind() == reflect.Uintptr:
		c.emit(func(fp P) { *valueAt[uintptr](fp, do) = *valueAt[uintptr](fp, a) })
	case st.Kind() == reflect.Slice && dt.Kind() == reflect.Slice, st.Kind() == reflect.Struct && dt.Kind() == reflect.Struct:
		c.emit(op.ClassOf(dt).Copy(do, a))
	case st.Kind() == reflect.String && dt.Kind() == reflect.Slice && dt.Elem().Kind() == reflect.Uint8:
		c.emit(func(fp P) { *valueAt[[]byte](fp, do) = []byte(*valueAt[string](fp, a)) })
	case st.Kind() == reflect.String && dt.Kind() == reflect.Slice && dt.Elem().Kind() == reflect.Int32:
		c.emit(func(fp P) { *valueAt[[]rune](fp, do) = []rune(*valueAt[string](fp, a)) })
	case dt.Kind() == reflect.String && st.Kind() == reflect.Slice && st.Elem().Kind() == reflect.Uint8:
		c.emit(func(fp P) { *valueAt[string](fp, do) = string(*valueAt[[]byte](fp, a)) })
	case dt.Kind() == reflect.String && st.Kind() == reflect.Slice && st.Elem().Kind() == reflect.Int32:
		c.emit(func(fp P) { *valueAt[string](fp, do) = string(*valueAt[[]rune](fp, a)) })
	default:
		c.emit(func(fp P) { reflectAt(fp, do, dt).Set(reflectAt(fp, a, st).Convert(dt)) })
	}
}
