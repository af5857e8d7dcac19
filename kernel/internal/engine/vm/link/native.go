package link

import (
	"go/types"
	"reflect"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/compile"
)

// native returns a compiled function or method.
func (l *Linker) native(o *types.Func) reflect.Value {
	sig := o.Signature()
	if sig.Recv() == nil {
		v, ok := l.symbols(o.Pkg().Path())[o.Name()]
		if !ok || v.Kind() != reflect.Func {
			panic(&compile.Error{Text: "no function " + o.Pkg().Path() + "." + o.Name() + " in the tables"})
		}
		return v
	}
	recv, err := l.types.Type(sig.Recv().Type())
	if err != nil {
		panic(&compile.Error{Text: err.Error()})
	}
	m, ok := recv.MethodByName(o.Name())
	if !ok {
		panic(&compile.Error{Text: "no method " + o.Name() + " of " + recv.String() + " in this program"})
	}
	return m.Func
}

// bind tells the types what the runtime type of a compiled object is: it may be made of types that have no table entry.
func (l *Linker) bind(o types.Object) {
	l.mu.Lock()
	done := l.bound[o]
	l.bound[o] = true
	l.mu.Unlock()
	if done {
		return
	}
	v, ok := l.symbols(o.Pkg().Path())[o.Name()]
	if !ok || o.Parent() != o.Pkg().Scope() {
		return
	}
	switch o := o.(type) {
	case *types.Func, *types.Var:
		l.types.Bind(o.Type(), v.Type())
	case *types.TypeName:
		if v.Kind() == reflect.Pointer && v.IsNil() && o.Type() != nil {
			if n, ok := o.Type().(*types.Named); ok && n.TypeParams() == nil {
				l.types.Bind(o.Type(), v.Type().Elem())
			}
		}
	}
}
