package gpu

import (
	"fmt"
	"sync"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Register offers the plugin that Find finds to backend.Compile, before the reference. It is looked for when the first
// program is compiled, not before. Where there is none, or where it is no good, say is told so, once, and programs run on
// the reference.
func Register(say func(message string)) {
	backend.Register(&lazy{find: sync.OnceValues(Find), say: say})
}

// lazy is a plugin that is loaded when it is needed.
type lazy struct {
	find func() (*Plugin, error)
	say  func(string)
	once sync.Once
}

func (l *lazy) Name() string { return "plugin" }

func (l *lazy) Compile(program backend.Program) (backend.Exec, error) {
	p, err := l.find()
	if err != nil {
		l.once.Do(func() { l.say(fmt.Sprintf("%v. Networks are computed in Go, some times slower.", err)) })
		return nil, fmt.Errorf("%w: %w", err, backend.ErrUnsupported)
	}
	return p.Compile(program)
}
