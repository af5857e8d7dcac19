// Package weakmap has a map that does not keep its keys: what an object of a cell that was replaced stands for goes when
// nothing else mentions the object.
package weakmap

import (
	"runtime"
	"sync"
	"weak"
)

// A Map maps the addresses of keys to values. The zero Map is empty. Its methods may be called from several goroutines.
type Map[K, V any] struct {
	mu sync.Mutex
	m  map[weak.Pointer[K]]V
}

// Get returns the value of a key.
func (m *Map[K, V]) Get(k *K) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok = m.m[weak.Make(k)]
	return v, ok
}

// GetOrSet returns the value of a key, which is what make returns if there is none yet. make must not use the map. Values
// must not lead to their keys, or neither ever goes.
func (m *Map[K, V]) GetOrSet(k *K, make func() V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := weak.Make(k)
	v, ok := m.m[w]
	if ok {
		return v
	}
	if m.m == nil {
		m.m = map[weak.Pointer[K]]V{}
	}
	v = make()
	m.m[w] = v
	runtime.AddCleanup(k, m.drop, w)
	return v
}

func (m *Map[K, V]) drop(w weak.Pointer[K]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.m, w)
}

// Len returns how many keys there are.
func (m *Map[K, V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.m)
}
