package compile

import (
	"reflect"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// intrinsic returns an instruction in the place of the call of a compiled function, or nil.
func (c *compiler) intrinsic(f *ssa.Function, s *machine.Site, native reflect.Value) op.Op {
	if f.Pkg == nil || f.Signature.Recv() != nil {
		return nil
	}
	switch f.Pkg.Pkg.Path() + "." + f.Name() {
	case "time.Sleep": // so that an interrupt ends it
		d, at := s.Args[0].Offset, c.place()
		return func(fp P) { machine.Sleep(fp, *valueAt[time.Duration](fp, d), at) }
	}
	return nil
}
