package op

import (
	"reflect"
	"unsafe"
)

// container has the instructions for channels and maps with elements of a class. A channel or map of elements that lie in
// memory as T does can be used as one of T: the runtime takes what else it needs from the channel itself, and hashes keys
// of one kind alike.
type container interface {
	// TrySend sends the value at from without waiting, TryReceive receives one to the address to.
	TrySend(ch, from P) (sent bool)
	TryReceive(ch, to P) (done, ok bool)
	// Send and Receive wait until they can or stop is closed.
	Send(ch, from P, stop <-chan struct{}) (stopped bool)
	Receive(ch, to P, stop <-chan struct{}) (ok, stopped bool)
	// MapLoad returns d = m[k] for keys of a kind, and whether there is one in ok unless that is 0; nil where there is no
	// such instruction. MapStore returns m[k] = v, likewise.
	MapLoad(key Kind, d, ok, m, k uintptr) Op
	MapStore(key Kind, m, k, v uintptr) Op
}

func (of[T]) TrySend(ch, from P) bool {
	select {
	case (*(*chan T)(unsafe.Pointer(&ch))) <- *(*T)(from):
		return true
	default:
		return false
	}
}

func (of[T]) TryReceive(ch, to P) (done, ok bool) {
	select {
	case v, ok := <-*(*chan T)(unsafe.Pointer(&ch)):
		*(*T)(to) = v
		return true, ok
	default:
		return false, false
	}
}

func (of[T]) Send(ch, from P, stop <-chan struct{}) (stopped bool) {
	select {
	case (*(*chan T)(unsafe.Pointer(&ch))) <- *(*T)(from):
		return false
	case <-stop:
		return true
	}
}

func (of[T]) Receive(ch, to P, stop <-chan struct{}) (ok, stopped bool) {
	select {
	case v, ok := <-*(*chan T)(unsafe.Pointer(&ch)):
		*(*T)(to) = v
		return ok, false
	case <-stop:
		return false, true
	}
}

//go:noinline
func mapLoad[K comparable, T any](d, ok, m, k uintptr) Op {
	if ok == 0 {
		return func(fp P) {
			if shared.Load() != 0 {
				ReadMap(*(*P)(unsafe.Add(fp, m)), func() {
					*(*T)(unsafe.Add(fp, d)) = (*(*map[K]T)(unsafe.Add(fp, m)))[*(*K)(unsafe.Add(fp, k))]
				})
				return
			}
			*(*T)(unsafe.Add(fp, d)) = (*(*map[K]T)(unsafe.Add(fp, m)))[*(*K)(unsafe.Add(fp, k))]
		}
	}
	return Reading(m, func(fp P) {
		*(*T)(unsafe.Add(fp, d)), *(*bool)(unsafe.Add(fp, ok)) = (*(*map[K]T)(unsafe.Add(fp, m)))[*(*K)(unsafe.Add(fp, k))]
	})
}

//go:noinline
func mapStore[K comparable, T any](m, k, v uintptr) Op {
	return func(fp P) {
		if shared.Load() != 0 {
			WriteMap(*(*P)(unsafe.Add(fp, m)), func() {
				(*(*map[K]T)(unsafe.Add(fp, m)))[*(*K)(unsafe.Add(fp, k))] = *(*T)(unsafe.Add(fp, v))
			})
			return
		}
		(*(*map[K]T)(unsafe.Add(fp, m)))[*(*K)(unsafe.Add(fp, k))] = *(*T)(unsafe.Add(fp, v))
	}
}

func (of[T]) MapLoad(key Kind, d, ok, m, k uintptr) Op {
	switch key {
	case Int64, Uint64:
		return mapLoad[uint64, T](d, ok, m, k)
	case String:
		return mapLoad[string, T](d, ok, m, k)
	}
	return nil
}

func (of[T]) MapStore(key Kind, m, k, v uintptr) Op {
	switch key {
	case Int64, Uint64:
		return mapStore[uint64, T](m, k, v)
	case String:
		return mapStore[string, T](m, k, v)
	}
	return nil
}

func (empty) TrySend(ch, from P) bool             { return of[struct{}]{}.TrySend(ch, from) }
func (empty) TryReceive(ch, to P) (done, ok bool) { return of[struct{}]{}.TryReceive(ch, to) }
func (empty) Send(ch, from P, stop <-chan struct{}) bool {
	return of[struct{}]{}.Send(ch, from, stop)
}
func (empty) Receive(ch, to P, stop <-chan struct{}) (ok, stopped bool) {
	return of[struct{}]{}.Receive(ch, to, stop)
}
func (empty) MapLoad(key Kind, d, ok, m, k uintptr) Op { return nil }
func (empty) MapStore(key Kind, m, k, v uintptr) Op    { return nil }

func (g general) channel(ch P) reflect.Value {
	// Not reflect.NewAt of the channel's type: before Go 1.27 a type made by reflect.ChanOf has a wrong type of pointers to it.
	t := reflect.StructOf([]reflect.StructField{{Name: "C", Type: reflect.ChanOf(reflect.BothDir, g.t)}})
	return reflect.NewAt(t, unsafe.Pointer(&ch)).Elem().Field(0)
}

func (g general) TrySend(ch, from P) bool {
	return g.channel(ch).TrySend(reflect.NewAt(g.t, from).Elem())
}

func (g general) TryReceive(ch, to P) (done, ok bool) {
	v, ok := g.channel(ch).TryRecv()
	if !v.IsValid() {
		return false, false
	}
	reflect.NewAt(g.t, to).Elem().Set(v)
	return true, ok
}

func (g general) Send(ch, from P, stop <-chan struct{}) (stopped bool) {
	i, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: g.channel(ch), Send: reflect.NewAt(g.t, from).Elem()},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop)},
	})
	return i == 1
}

func (g general) Receive(ch, to P, stop <-chan struct{}) (ok, stopped bool) {
	i, v, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: g.channel(ch)},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop)},
	})
	if i == 1 {
		return false, true
	}
	reflect.NewAt(g.t, to).Elem().Set(v)
	return ok, false
}

func (general) MapLoad(key Kind, d, ok, m, k uintptr) Op { return nil }
func (general) MapStore(key Kind, m, k, v uintptr) Op    { return nil }
