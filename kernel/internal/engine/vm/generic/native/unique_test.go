package native

import (
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// held returns how many values of a type are known.
func held[T any]() (n int) {
	uniques.Lock()
	defer uniques.Unlock()
	for k := range uniques.copies {
		if k.typ == reflect.TypeFor[T]() {
			n++
		}
	}
	return n
}

func TestUniqueForgets(t *testing.T) {
	type large struct {
		s string
		n [16]int
	}
	var p unsafe.Pointer
	for i := range 100 {
		v := large{n: [16]int{i}}
		p = Unique((*large)(nil), v)
		if q := Unique((*large)(nil), v); q != p {
			t.Fatalf("Unique of value %d = %p and %p; want one address", i, p, q)
		}
	}
	for range 200 {
		runtime.GC()
		time.Sleep(time.Millisecond)
		if held[large]() == 1 {
			break
		}
	}
	if got := held[large](); got != 1 {
		t.Errorf("%d values are held; want 1, which is in use", got)
	}
	if got := (*large)(p).n[0]; got != 99 {
		t.Errorf("the value in use is %d; want 99", got)
	}
	forget(value{typ: nil, v: "never made"})
	if q := Unique((*large)(nil), large{n: [16]int{99}}); q != p {
		t.Errorf("the value in use has another address, %p; want %p", q, p)
	}
	runtime.KeepAlive(p)
}

func TestUniqueKeepsNoNaN(t *testing.T) {
	p, q := Unique((*float64)(nil), math.NaN()), Unique((*float64)(nil), math.NaN())
	if p == q || !math.IsNaN(*(*float64)(p)) {
		t.Errorf("Unique(NaN) = %p, %p of %v; want two addresses of NaN", p, q, *(*float64)(p))
	}
	if got := held[float64](); got > 0 {
		t.Errorf("%d values are held; want none: nothing can find them", got)
	}
}

func TestUniqueClonesStrings(t *testing.T) {
	text := strings.Repeat("x", 1<<10)
	p := (*string)(Unique((*string)(nil), text[:40]))
	if *p != text[:40] || unsafe.StringData(*p) == unsafe.StringData(text) {
		t.Errorf("Unique keeps %q as a part of the long string", *p)
	}
	uniques.Lock()
	defer uniques.Unlock()
	for k := range uniques.copies {
		if s, ok := k.v.(string); ok && unsafe.StringData(s) == unsafe.StringData(text) {
			t.Error("the table of values keeps the long string")
		}
	}
}
