package check

import (
	"go/types"
	"runtime"
	"sync"
	"weak"
)

// weakly returns a key that stands for an object of a cell and does not keep it, or nil for other kinds of objects.
func weakly(o types.Object) any {
	switch o := o.(type) {
	case *types.Var:
		return weak.Make(o)
	case *types.Func:
		return weak.Make(o)
	case *types.TypeName:
		return weak.Make(o)
	case *types.Const:
		return weak.Make(o)
	}
	return nil
}

// gone collects the keys of objects that the collector has taken. It works on goroutines of the runtime.
type gone struct {
	mu   sync.Mutex
	keys []any
}

// watch adds a key when its object is taken.
func (g *gone) watch(o types.Object, key any) {
	switch o := o.(type) {
	case *types.Var:
		runtime.AddCleanup(o, g.add, key)
	case *types.Func:
		runtime.AddCleanup(o, g.add, key)
	case *types.TypeName:
		runtime.AddCleanup(o, g.add, key)
	case *types.Const:
		runtime.AddCleanup(o, g.add, key)
	}
}

func (g *gone) add(key any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keys = append(g.keys, key)
}

// take returns the keys that came since the last call.
func (g *gone) take() []any {
	g.mu.Lock()
	defer g.mu.Unlock()
	keys := g.keys
	g.keys = nil
	return keys
}
