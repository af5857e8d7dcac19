package machine

import (
	"runtime"
	"sync"
)

// Functions are numbered, so that a thread finds their free frames by index. A number is used again when its function is
// gone; then no frame of it is left, since a frame keeps its function.

var ids struct {
	sync.Mutex
	free []uint32
	next uint32
}

func newID(f *Func, forGood bool) uint32 {
	ids.Lock()
	defer ids.Unlock()
	var id uint32
	if n := len(ids.free); n > 0 {
		id = ids.free[n-1]
		ids.free = ids.free[:n-1]
	} else {
		id = ids.next
		ids.next++
	}
	if forGood {
		return id
	}
	runtime.AddCleanup(f, func(id uint32) {
		ids.Lock()
		defer ids.Unlock()
		ids.free = append(ids.free, id)
	}, id)
	return id
}
