package compile

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// Print is where print and println write.
var Print io.Writer = os.Stderr

// printer returns the predeclared print or println, in the format of the runtime.
func printer(args []*slot, line bool) op.Op {
	return func(fp P) {
		var b strings.Builder
		for i, s := range args {
			if i > 0 && line {
				b.WriteByte(' ')
			}
			v := reflectAt(fp, s.offset, s.typ)
			switch {
			case v.CanInt():
				fmt.Fprint(&b, v.Int())
			case v.CanUint():
				fmt.Fprint(&b, v.Uint())
			case v.CanFloat():
				b.WriteString(float(v.Float(), v.Type().Bits()))
			case v.CanComplex():
				b.WriteString("(" + float(real(v.Complex()), v.Type().Bits()/2) + signed(float(imag(v.Complex()), v.Type().Bits()/2)) + "i)")
			case v.Kind() == reflect.String:
				b.WriteString(v.String())
			case v.Kind() == reflect.Bool:
				fmt.Fprint(&b, v.Bool())
			case v.Kind() == reflect.Interface:
				w := *valueAt[[2]uintptr](fp, s.offset)
				fmt.Fprintf(&b, "(%#x,%#x)", w[0], w[1])
			case v.Kind() == reflect.Slice:
				fmt.Fprintf(&b, "[%d/%d]%#x", v.Len(), v.Cap(), *valueAt[uintptr](fp, s.offset))
			default:
				fmt.Fprintf(&b, "%#x", *valueAt[uintptr](fp, s.offset))
			}
		}
		if line {
			b.WriteByte('\n')
		}
		io.WriteString(Print, b.String())
	}
}

// float formats a number as the runtime does: since Go 1.26 in the shortest form.
func float(f float64, bits int) string { return strconv.FormatFloat(f, 'g', -1, bits) }

func signed(s string) string {
	if s[0] == '-' || s[0] == '+' {
		return s
	}
	return "+" + s
}
