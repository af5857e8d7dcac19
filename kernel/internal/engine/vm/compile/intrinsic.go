package compile

import (
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// intrinsic returns an instruction in the place of the call of a compiled function, or nil.
func (c *compiler) intrinsic(f *ssa.Function, s *machine.Site, native reflect.Value) op.Op {
	return nil
}
