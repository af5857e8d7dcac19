package machine

import (
	"reflect"
	"sync"
	"unsafe"
)

// The typed shapes: a wrapper, which compiled code calls, and a caller of compiled functions, for each combination of
// classes that is worth it. A function of any type of the shape can be called through the representative's type, since
// the Go ABI passes values by their words.

type (
	integer = int
	pointer = P
	float   = float64
	slice   = []byte
	iface   = any
	octet   = uint8
	rune4   = int32
)

// add registers a shape. F is the representative func type; wrap returns a wrapper of it, and call calls one.
func add[F any](wrap func(c *Closure) F, call func(f F, fp P, in, out []uintptr)) {
	key, _ := shapeKey(reflect.TypeFor[F]())
	s := &shape{typed: true}
	s.wrap = func(_ reflect.Type, c *Closure) P {
		f := wrap(c)
		return *(*P)(unsafe.Pointer(&f))
	}
	s.call = func(fv P, fp P, in, out []uintptr) { call(*(*F)(unsafe.Pointer(&fv)), fp, in, out) }
	probe := &Closure{}
	w := s.wrap(nil, probe)
	s.code = *(*uintptr)(w)
	for off := uintptr(8); off < 32; off += 8 {
		if *(*P)(unsafe.Add(w, off)) == P(probe) {
			s.offset = off
			break
		}
	}
	if s.offset == 0 {
		return // the compiler keeps closures in another way: reflect serves
	}
	if shapes.byKey == nil {
		shapes.byKey = map[string]*shape{}
	}
	shapes.byKey[key] = s
}

func put[T any](fp P, off uintptr, v T) {
	if off != 0 {
		*(*T)(unsafe.Add(fp, off)) = v
	}
}

// In each, what serves a goroutine that is no thread stands apart: there the results are on the heap.

func shape00() {
	add(func(c *Closure) func() {
		return func() {
			t := current()
			if t == nil {
				foreign00(c)
				return
			}
			f, fp := c.enter(t)
			native := t.native
			f.exec(fp)
			t.leave(native)
			f.put(t, fp)
		}
	}, func(f func(), fp P, in, out []uintptr) { f() })
}

//go:noinline
func foreign00(c *Closure) {
	c.foreign(func(*Func, P) {}, func(*Func, P) {})
}

func shape01[R any]() {
	add(func(c *Closure) func() R {
		return func() (r R) {
			t := current()
			if t == nil {
				return foreign01[R](c)
			}
			f, fp := c.enter(t)
			native := t.native
			f.exec(fp)
			t.leave(native)
			r = *(*R)(unsafe.Add(fp, f.Results[0].Offset))
			f.put(t, fp)
			return r
		}
	}, func(f func() R, fp P, in, out []uintptr) { put(fp, out[0], f()) })
}

//go:noinline
func foreign01[R any](c *Closure) (r R) {
	c.foreign(func(*Func, P) {}, func(f *Func, fp P) { r = *(*R)(unsafe.Add(fp, f.Results[0].Offset)) })
	return r
}

func shape02[R, S any]() {
	add(func(c *Closure) func() (R, S) {
		return func() (r R, s S) {
			t := current()
			if t == nil {
				return foreign02[R, S](c)
			}
			f, fp := c.enter(t)
			native := t.native
			f.exec(fp)
			t.leave(native)
			r, s = *(*R)(unsafe.Add(fp, f.Results[0].Offset)), *(*S)(unsafe.Add(fp, f.Results[1].Offset))
			f.put(t, fp)
			return r, s
		}
	}, func(f func() (R, S), fp P, in, out []uintptr) {
		r, s := f()
		put(fp, out[0], r)
		put(fp, out[1], s)
	})
}

//go:noinline
func foreign02[R, S any](c *Closure) (r R, s S) {
	c.foreign(func(*Func, P) {}, func(f *Func, fp P) {
		r, s = *(*R)(unsafe.Add(fp, f.Results[0].Offset)), *(*S)(unsafe.Add(fp, f.Results[1].Offset))
	})
	return r, s
}

func shape10[A any]() {
	add(func(c *Closure) func(A) {
		return func(a A) {
			t := current()
			if t == nil {
				foreign10(c, a)
				return
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)) = a
			f.exec(fp)
			t.leave(native)
			f.put(t, fp)
		}
	}, func(f func(A), fp P, in, out []uintptr) { f(*(*A)(unsafe.Add(fp, in[0]))) })
}

//go:noinline
func foreign10[A any](c *Closure, a A) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)) = a
	}, func(*Func, P) {})
}

func shape11[A, R any]() {
	add(func(c *Closure) func(A) R {
		return func(a A) (r R) {
			t := current()
			if t == nil {
				return foreign11[A, R](c, a)
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)) = a
			f.exec(fp)
			t.leave(native)
			r = *(*R)(unsafe.Add(fp, f.Results[0].Offset))
			f.put(t, fp)
			return r
		}
	}, func(f func(A) R, fp P, in, out []uintptr) { put(fp, out[0], f(*(*A)(unsafe.Add(fp, in[0])))) })
}

//go:noinline
func foreign11[A, R any](c *Closure, a A) (r R) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)) = a
	}, func(f *Func, fp P) { r = *(*R)(unsafe.Add(fp, f.Results[0].Offset)) })
	return r
}

func shape12[A, R, S any]() {
	add(func(c *Closure) func(A) (R, S) {
		return func(a A) (r R, s S) {
			t := current()
			if t == nil {
				return foreign12[A, R, S](c, a)
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)) = a
			f.exec(fp)
			t.leave(native)
			r, s = *(*R)(unsafe.Add(fp, f.Results[0].Offset)), *(*S)(unsafe.Add(fp, f.Results[1].Offset))
			f.put(t, fp)
			return r, s
		}
	}, func(f func(A) (R, S), fp P, in, out []uintptr) {
		r, s := f(*(*A)(unsafe.Add(fp, in[0])))
		put(fp, out[0], r)
		put(fp, out[1], s)
	})
}

//go:noinline
func foreign12[A, R, S any](c *Closure, a A) (r R, s S) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)) = a
	}, func(f *Func, fp P) {
		r, s = *(*R)(unsafe.Add(fp, f.Results[0].Offset)), *(*S)(unsafe.Add(fp, f.Results[1].Offset))
	})
	return r, s
}

func shape20[A, B any]() {
	add(func(c *Closure) func(A, B) {
		return func(a A, b B) {
			t := current()
			if t == nil {
				foreign20(c, a, b)
				return
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
			f.exec(fp)
			t.leave(native)
			f.put(t, fp)
		}
	}, func(f func(A, B), fp P, in, out []uintptr) {
		f(*(*A)(unsafe.Add(fp, in[0])), *(*B)(unsafe.Add(fp, in[1])))
	})
}

//go:noinline
func foreign20[A, B any](c *Closure, a A, b B) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
	}, func(*Func, P) {})
}

func shape21[A, B, R any]() {
	add(func(c *Closure) func(A, B) R {
		return func(a A, b B) (r R) {
			t := current()
			if t == nil {
				return foreign21[A, B, R](c, a, b)
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
			f.exec(fp)
			t.leave(native)
			r = *(*R)(unsafe.Add(fp, f.Results[0].Offset))
			f.put(t, fp)
			return r
		}
	}, func(f func(A, B) R, fp P, in, out []uintptr) {
		put(fp, out[0], f(*(*A)(unsafe.Add(fp, in[0])), *(*B)(unsafe.Add(fp, in[1]))))
	})
}

//go:noinline
func foreign21[A, B, R any](c *Closure, a A, b B) (r R) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
	}, func(f *Func, fp P) { r = *(*R)(unsafe.Add(fp, f.Results[0].Offset)) })
	return r
}

func shape22[A, B, R, S any]() {
	add(func(c *Closure) func(A, B) (R, S) {
		return func(a A, b B) (r R, s S) {
			t := current()
			if t == nil {
				return foreign22[A, B, R, S](c, a, b)
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
			f.exec(fp)
			t.leave(native)
			r, s = *(*R)(unsafe.Add(fp, f.Results[0].Offset)), *(*S)(unsafe.Add(fp, f.Results[1].Offset))
			f.put(t, fp)
			return r, s
		}
	}, func(f func(A, B) (R, S), fp P, in, out []uintptr) {
		r, s := f(*(*A)(unsafe.Add(fp, in[0])), *(*B)(unsafe.Add(fp, in[1])))
		put(fp, out[0], r)
		put(fp, out[1], s)
	})
}

//go:noinline
func foreign22[A, B, R, S any](c *Closure, a A, b B) (r R, s S) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
	}, func(f *Func, fp P) {
		r, s = *(*R)(unsafe.Add(fp, f.Results[0].Offset)), *(*S)(unsafe.Add(fp, f.Results[1].Offset))
	})
	return r, s
}

func shape30[A, B, C any]() {
	add(func(c *Closure) func(A, B, C) {
		return func(a A, b B, d C) {
			t := current()
			if t == nil {
				foreign30(c, a, b, d)
				return
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
			*(*C)(unsafe.Add(fp, f.Params[2].Offset)) = d
			f.exec(fp)
			t.leave(native)
			f.put(t, fp)
		}
	}, func(f func(A, B, C), fp P, in, out []uintptr) {
		f(*(*A)(unsafe.Add(fp, in[0])), *(*B)(unsafe.Add(fp, in[1])), *(*C)(unsafe.Add(fp, in[2])))
	})
}

//go:noinline
func foreign30[A, B, C any](c *Closure, a A, b B, d C) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
		*(*C)(unsafe.Add(fp, f.Params[2].Offset)) = d
	}, func(*Func, P) {})
}

func shape31[A, B, C, R any]() {
	add(func(c *Closure) func(A, B, C) R {
		return func(a A, b B, d C) (r R) {
			t := current()
			if t == nil {
				return foreign31[A, B, C, R](c, a, b, d)
			}
			f, fp := c.enter(t)
			native := t.native
			*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
			*(*C)(unsafe.Add(fp, f.Params[2].Offset)) = d
			f.exec(fp)
			t.leave(native)
			r = *(*R)(unsafe.Add(fp, f.Results[0].Offset))
			f.put(t, fp)
			return r
		}
	}, func(f func(A, B, C) R, fp P, in, out []uintptr) {
		put(fp, out[0], f(*(*A)(unsafe.Add(fp, in[0])), *(*B)(unsafe.Add(fp, in[1])), *(*C)(unsafe.Add(fp, in[2]))))
	})
}

//go:noinline
func foreign31[A, B, C, R any](c *Closure, a A, b B, d C) (r R) {
	c.foreign(func(f *Func, fp P) {
		*(*A)(unsafe.Add(fp, f.Params[0].Offset)), *(*B)(unsafe.Add(fp, f.Params[1].Offset)) = a, b
		*(*C)(unsafe.Add(fp, f.Params[2].Offset)) = d
	}, func(f *Func, fp P) { r = *(*R)(unsafe.Add(fp, f.Results[0].Offset)) })
	return r
}

// registerShapes fills the table of typed shapes. It takes longer than the start of a kernel should: Warm does it meanwhile.
var registerShapes = sync.OnceFunc(func() {
	shape00()
	shape01[integer]()
	shape01[pointer]()
	shape01[float]()
	shape01[string]()
	shape01[iface]()
	shape01[slice]()
	shape01[octet]()
	shape01[rune4]()
	shape02[integer, iface]()
	shape02[string, iface]()
	shape02[pointer, iface]()
	shape02[slice, iface]()
	shape02[iface, iface]()
	shape02[integer, octet]()
	shape02[integer, integer]()
	shape02[float, octet]()
	shape02[string, octet]()
	one[integer]()
	one[pointer]()
	one[float]()
	one[string]()
	one[iface]()
	one[slice]()
	one[octet]()
	one[rune4]()
	pairs[integer]()
	pairs[pointer]()
	pairs[float]()
	pairs[string]()
	pairs[iface]()
	three[pointer, integer, integer]()
	three[pointer, integer, float]()
	three[pointer, string, string]()
	three[pointer, string, slice]()
	three[pointer, string, iface]()
	three[pointer, float, float]()
	three[pointer, iface, iface]()
	three[integer, integer, integer]()
	three[float, float, float]()
	three[string, string, string]()
	three[string, string, integer]()
	three[iface, string, slice]()
})

// Warm makes ready what the first call of a function of the machine would wait for.
func Warm() { registerShapes() }

func one[A any]() {
	shape10[A]()
	shape11[A, integer]()
	shape11[A, pointer]()
	shape11[A, float]()
	shape11[A, string]()
	shape11[A, iface]()
	shape11[A, slice]()
	shape11[A, octet]()
	shape11[A, rune4]()
	shape12[A, integer, iface]()
	shape12[A, string, iface]()
	shape12[A, pointer, iface]()
	shape12[A, slice, iface]()
	shape12[A, float, iface]()
	shape12[A, float, float]()
	shape12[A, integer, octet]()
	shape12[A, string, octet]()
}

// pairs registers the shapes with two parameters.
func pairs[A any]() {
	two[A, integer]()
	two[A, pointer]()
	two[A, float]()
	two[A, string]()
	two[A, iface]()
	two[A, slice]()
}

func two[A, B any]() {
	shape20[A, B]()
	shape21[A, B, integer]()
	shape21[A, B, float]()
	shape21[A, B, string]()
	shape21[A, B, iface]()
	shape21[A, B, octet]()
	shape22[A, B, integer, iface]()
}

func three[A, B, C any]() {
	shape30[A, B, C]()
	shape31[A, B, C, integer]()
	shape31[A, B, C, float]()
	shape31[A, B, C, string]()
	shape31[A, B, C, octet]()
	shape31[A, B, C, iface]()
	shape31[A, B, C, pointer]()
}
