package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

func (c *compiler) slice(in *ssa.Slice) {
	x, d := c.at(in.X), c.at(in).offset
	a := x.offset
	bound := func(v ssa.Value) func(fp P) int {
		if v == nil {
			return nil
		}
		return c.intOf(v)
	}
	lo, hi, mx := bound(in.Low), bound(in.High), bound(in.Max)
	unsigned := [3]bool{c.isUnsigned(in.Low), c.isUnsigned(in.High), c.isUnsigned(in.Max)}
	if x.typ.Kind() == reflect.String {
		c.emit(func(fp P) {
			s := *valueAt[string](fp, a)
			l, h := 0, len(s)
			if lo != nil {
				l = lo(fp)
			}
			if hi != nil {
				h = hi(fp)
			}
			if uint(l) > uint(h) || uint(h) > uint(len(s)) {
				outOfLength(l, h, len(s), unsigned)
			}
			*valueAt[string](fp, d) = s[l:h]
		})
		return
	}
	size := c.typ(in.Type()).Elem().Size()
	array := -1
	if p, ok := in.X.Type().Underlying().(*types.Pointer); ok {
		array = int(p.Elem().Underlying().(*types.Array).Len())
	}
	c.emit(func(fp P) {
		var s op.SliceHeader
		if array >= 0 {
			p := *valueAt[P](fp, a)
			checkNil(p)
			s = op.SliceHeader{Data: p, Len: array, Cap: array}
		} else {
			s = *valueAt[op.SliceHeader](fp, a)
		}
		l, h, m := 0, s.Len, s.Cap
		if lo != nil {
			l = lo(fp)
		}
		if hi != nil {
			h = hi(fp)
		}
		if mx != nil {
			m = mx(fp)
		}
		if uint(l) > uint(h) || uint(h) > uint(m) || uint(m) > uint(s.Cap) {
			switch {
			case mx != nil:
				outOfCapacity3(l, h, m, s.Cap, unsigned)
			case array >= 0:
				outOfLength(l, h, array, unsigned)
			default:
				outOfCapacity(l, h, s.Cap, unsigned)
			}
		}
		p := s.Data
		if m-l > 0 {
			p = unsafe.Add(p, uintptr(l)*size)
		}
		*valueAt[op.SliceHeader](fp, d) = op.SliceHeader{Data: p, Len: h - l, Cap: m - l}
	})
}
