package machine

import "github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"

// ReadMap and WriteMap guard an instruction that uses the map at an offset of the frame.
func ReadMap(m uintptr, o op.Op) op.Op  { return o }
func WriteMap(m uintptr, o op.Op) op.Op { return o }
