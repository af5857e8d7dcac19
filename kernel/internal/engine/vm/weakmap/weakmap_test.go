package weakmap

import (
	"runtime"
	"testing"
	"time"
)

type key struct{ name string }

func TestMap(t *testing.T) {
	var m Map[key, int]
	kept, lost := &key{"kept"}, &key{"lost"}
	for i, k := range []*key{kept, lost} {
		if got := m.GetOrSet(k, func() int { return i + 1 }); got != i+1 {
			t.Errorf("GetOrSet(%s) = %d; want %d", k.name, got, i+1)
		}
		if got := m.GetOrSet(k, func() int { return -1 }); got != i+1 {
			t.Errorf("GetOrSet(%s) again = %d; want %d", k.name, got, i+1)
		}
	}
	if _, ok := m.Get(&key{"kept"}); ok {
		t.Error("Get of another key of the same content = true; want false")
	}
	runtime.KeepAlive(lost)
	lost = nil
	for end := time.Now().Add(10 * time.Second); m.Len() > 1 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		runtime.GC()
	}
	if got, ok := m.Get(kept); got != 1 || !ok || m.Len() != 1 {
		t.Errorf("Get(kept) = %d, %v with %d keys; want 1, true with 1 key", got, ok, m.Len())
	}
	runtime.KeepAlive(kept)
}
