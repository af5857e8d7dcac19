package machine

import (
	"sync"
	"unsafe"
)

// A slab hands out objects that stay for good, side by side: one by one they would lie scattered between what a cell leaves
// behind, and keep several times their size in use.
type slab[T any] struct {
	mu   sync.Mutex
	free []T
}

func (s *slab[T]) take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		var t T
		s.free = make([]T, 4096/unsafe.Sizeof(t))
	}
	p := &s.free[0]
	s.free = s.free[1:]
	return p
}
