package offheap_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/internal/offheap"
)

func TestBuffer(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1 << 18, 1<<20 + 3} {
		b := offheap.New(n)
		if len(b.Numbers) != n {
			t.Fatalf("New(%d) has %d numbers; want %d", n, len(b.Numbers), n)
		}
		for i, v := range b.Numbers {
			if v != 0 {
				t.Fatalf("New(%d)[%d] = %g; want 0", n, i, v)
			}
			b.Numbers[i] = 1
		}
		b.Free()
		b.Free()
		if b.Numbers != nil {
			t.Errorf("after Free there are %d numbers; want none", len(b.Numbers))
		}
	}
}

// mapped returns how many bytes of address space the process has.
func mapped(t *testing.T) int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("needs Linux's /proc: ", err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestDiscard gives back a part, whose neighbours stay.
func TestDiscard(t *testing.T) {
	for _, n := range []int{1000, 1 << 20} { // in the heap and outside
		b := offheap.New(n)
		for i := range b.Numbers {
			b.Numbers[i] = 1
		}
		first, last := n/3, 2*n/3
		b.Discard(first, last)
		for i, v := range b.Numbers {
			if (i < first || i >= last) && v != 1 {
				t.Fatalf("after Discard(%d, %d) of %d numbers, number %d = %g; want 1", first, last, n, i, v)
			}
		}
		if runtime.GOOS == "linux" && n == 1<<20 && b.Numbers[n/2] != 0 {
			t.Errorf("number %d is still there; want its page given back", n/2)
		}
		b.Free()
		b.Discard(0, 0)
	}
}

// TestUnreachable checks that the memory of a Buffer that is forgotten goes back to the system.
func TestUnreachable(t *testing.T) {
	const n = 256 << 20 / 4
	before := mapped(t)
	kept := offheap.New(n)
	if grown := mapped(t) - before; grown < n*4 {
		t.Fatalf("New of %d bytes grew the process by %d", n*4, grown)
	}
	runtime.KeepAlive(kept)
	kept = nil
	for range 100 {
		runtime.GC()
		if mapped(t)-before < n*2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("a second after its Buffer was forgotten, %d bytes more are mapped than before; want the memory back", mapped(t)-before)
}
