package machine

import (
	"reflect"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// The commonest calls have one or two arguments and at most one result, each of a word or a bool: they are instructions of
// their own, in which nothing is looked up or looped over. w stands for a word without pointers, p for a pointer, b for a byte.

// words spells the arguments and results that a call moves: "w>p"; ok is false where one is none of w, p and b or is not
// moved at all.
func (s *Site) words() (spelled string, ok bool) {
	if s.passes || len(s.args) != len(s.Args) || len(s.results) != len(s.Results) || len(s.args) > 3 {
		return "", false
	}
	var b []byte
	for i := range s.args {
		b = append(b, s.args[i].letter())
	}
	b = append(b, '>')
	for i := range s.results {
		b = append(b, s.results[i].letter())
	}
	for _, c := range b {
		if c == '?' {
			return "", false
		}
	}
	return string(b), true
}

var octetClass = op.ClassOf(reflect.TypeFor[bool]())

func (m *Move) letter() byte {
	switch {
	case m.kind == word:
		return 'w'
	case m.kind == ptr:
		return 'p'
	case m.Class == octetClass:
		return 'b'
	}
	return '?'
}

// fastStatic returns the call of the function of a cell as one such instruction, or nil.
func (s *Site) fastStatic(cell *Cell) op.Op {
	spelled, ok := s.words()
	if !ok {
		return nil
	}
	switch spelled {
	case ">":
		return func(fp P) {
			h, f := (*Header)(fp), cell.Func()
			nf := f.get(h.Thread)
			h.callee = nf
			f.exec(nf)
			f.put(h.Thread, nf)
		}
	case "w>":
		return static10[uint64](cell, s)
	case "p>":
		return static10[P](cell, s)
	case "w>w":
		return static11[uint64, uint64](cell, s)
	case "p>w":
		return static11[P, uint64](cell, s)
	case "w>p":
		return static11[uint64, P](cell, s)
	case "p>p":
		return static11[P, P](cell, s)
	case "w>b":
		return static11[uint64, uint8](cell, s)
	case "p>b":
		return static11[P, uint8](cell, s)
	case "ww>w":
		return static21[uint64, uint64, uint64](cell, s)
	case "ww>b":
		return static21[uint64, uint64, uint8](cell, s)
	case "pw>w":
		return static21[P, uint64, uint64](cell, s)
	case "pp>p":
		return static21[P, P, P](cell, s)
	}
	return nil
}

func static10[A any](cell *Cell, s *Site) op.Op {
	to, from := s.args[0].To, s.args[0].From
	return func(fp P) {
		h, f := (*Header)(fp), cell.Func()
		nf := f.get(h.Thread)
		*(*A)(unsafe.Add(nf, to)) = *(*A)(unsafe.Add(fp, from))
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		f.put(h.Thread, nf)
	}
}

func static11[A, R any](cell *Cell, s *Site) op.Op {
	to, from := s.args[0].To, s.args[0].From
	rto, rfrom := s.results[0].To, s.results[0].From
	return func(fp P) {
		h, f := (*Header)(fp), cell.Func()
		nf := f.get(h.Thread)
		*(*A)(unsafe.Add(nf, to)) = *(*A)(unsafe.Add(fp, from))
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		*(*R)(unsafe.Add(fp, rto)) = *(*R)(unsafe.Add(nf, rfrom))
		f.put(h.Thread, nf)
	}
}

func static21[A, B, R any](cell *Cell, s *Site) op.Op {
	to, from := s.args[0].To, s.args[0].From
	to2, from2 := s.args[1].To, s.args[1].From
	rto, rfrom := s.results[0].To, s.results[0].From
	return func(fp P) {
		h, f := (*Header)(fp), cell.Func()
		nf := f.get(h.Thread)
		*(*A)(unsafe.Add(nf, to)) = *(*A)(unsafe.Add(fp, from))
		*(*B)(unsafe.Add(nf, to2)) = *(*B)(unsafe.Add(fp, from2))
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		*(*R)(unsafe.Add(fp, rto)) = *(*R)(unsafe.Add(nf, rfrom))
		f.put(h.Thread, nf)
	}
}

// StaticPlus returns the call of the function of a cell with one argument, an integer to which k is added first, and one result
// of a word; or nil if the call is another one.
func (s *Site) StaticPlus(cell *Cell, k int64) op.Op {
	if spelled, _ := s.words(); spelled != "w>w" {
		return nil
	}
	to, from := s.args[0].To, s.args[0].From
	rto, rfrom := s.results[0].To, s.results[0].From
	return func(fp P) {
		h, f := (*Header)(fp), cell.Func()
		nf := f.get(h.Thread)
		*(*int64)(unsafe.Add(nf, to)) = *(*int64)(unsafe.Add(fp, from)) + k
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		*(*uint64)(unsafe.Add(fp, rto)) = *(*uint64)(unsafe.Add(nf, rfrom))
		f.put(h.Thread, nf)
	}
}

// fastValue returns the call of a func value as one instruction, or nil.
func (s *Site) fastValue(sh *shape, at uintptr) op.Op {
	spelled, ok := s.words()
	if !ok {
		return nil
	}
	switch spelled {
	case ">w":
		return value01[uint64](s, sh, at)
	case ">p":
		return value01[P](s, sh, at)
	case ">b":
		return value01[uint8](s, sh, at)
	case "w>":
		return value10[uint64](s, sh, at)
	case "p>":
		return value10[P](s, sh, at)
	case "w>w":
		return value11[uint64, uint64](s, sh, at)
	case "w>b":
		return value11[uint64, uint8](s, sh, at)
	case "p>w":
		return value11[P, uint64](s, sh, at)
	case "p>b":
		return value11[P, uint8](s, sh, at)
	case "p>p":
		return value11[P, P](s, sh, at)
	case "ww>w":
		return value21[uint64, uint64, uint64](s, sh, at)
	case "ww>b":
		return value21[uint64, uint64, uint8](s, sh, at)
	}
	return nil
}

// compiled calls a func value that is none of the machine's.
func (s *Site) compiled(sh *shape, fv, fp P) {
	if fv == nil {
		nilCall()
	}
	(*Header)(fp).Thread.native = fp
	sh.call(fv, fp, s.in, s.out)
}

func value01[R any](s *Site, sh *shape, at uintptr) op.Op {
	code, offset := sh.code, sh.offset
	rto, rfrom := s.results[0].To, s.results[0].From
	return func(fp P) {
		fv := *(*P)(unsafe.Add(fp, at))
		if fv == nil || *(*uintptr)(fv) != code {
			s.compiled(sh, fv, fp)
			return
		}
		h := (*Header)(fp)
		f, nf := (*(**Closure)(unsafe.Add(fv, offset))).frame(h.Thread)
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		*(*R)(unsafe.Add(fp, rto)) = *(*R)(unsafe.Add(nf, rfrom))
		f.put(h.Thread, nf)
	}
}

func value10[A any](s *Site, sh *shape, at uintptr) op.Op {
	code, offset := sh.code, sh.offset
	to, from := s.args[0].To, s.args[0].From
	return func(fp P) {
		fv := *(*P)(unsafe.Add(fp, at))
		if fv == nil || *(*uintptr)(fv) != code {
			s.compiled(sh, fv, fp)
			return
		}
		h := (*Header)(fp)
		f, nf := (*(**Closure)(unsafe.Add(fv, offset))).frame(h.Thread)
		*(*A)(unsafe.Add(nf, to)) = *(*A)(unsafe.Add(fp, from))
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		f.put(h.Thread, nf)
	}
}

func value11[A, R any](s *Site, sh *shape, at uintptr) op.Op {
	code, offset := sh.code, sh.offset
	to, from := s.args[0].To, s.args[0].From
	rto, rfrom := s.results[0].To, s.results[0].From
	return func(fp P) {
		fv := *(*P)(unsafe.Add(fp, at))
		if fv == nil || *(*uintptr)(fv) != code {
			s.compiled(sh, fv, fp)
			return
		}
		h := (*Header)(fp)
		f, nf := (*(**Closure)(unsafe.Add(fv, offset))).frame(h.Thread)
		*(*A)(unsafe.Add(nf, to)) = *(*A)(unsafe.Add(fp, from))
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		*(*R)(unsafe.Add(fp, rto)) = *(*R)(unsafe.Add(nf, rfrom))
		f.put(h.Thread, nf)
	}
}

func value21[A, B, R any](s *Site, sh *shape, at uintptr) op.Op {
	code, offset := sh.code, sh.offset
	to, from := s.args[0].To, s.args[0].From
	to2, from2 := s.args[1].To, s.args[1].From
	rto, rfrom := s.results[0].To, s.results[0].From
	return func(fp P) {
		fv := *(*P)(unsafe.Add(fp, at))
		if fv == nil || *(*uintptr)(fv) != code {
			s.compiled(sh, fv, fp)
			return
		}
		h := (*Header)(fp)
		f, nf := (*(**Closure)(unsafe.Add(fv, offset))).frame(h.Thread)
		*(*A)(unsafe.Add(nf, to)) = *(*A)(unsafe.Add(fp, from))
		*(*B)(unsafe.Add(nf, to2)) = *(*B)(unsafe.Add(fp, from2))
		h.callee = nf
		if f.HasDefers {
			f.execDefers(nf)
		} else {
			run(nf, f.Entry)
		}
		*(*R)(unsafe.Add(fp, rto)) = *(*R)(unsafe.Add(nf, rfrom))
		f.put(h.Thread, nf)
	}
}
