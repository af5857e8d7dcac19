package main

import (
	"fmt"
	"runtime"
	"unsafe"
)

type big [1 << 16]byte

// f has a parameter that looks like a pointer, to what may be freed, beside one that is a pointer.
//
//go:noinline
func f(a uintptr, s *int) int { return int(a>>63) + *s }

func addr() (out []uintptr) {
	for range 64 {
		p := new(big)
		out = append(out, uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(p))+32768)
	}
	return
}

func main() {
	one, sum := 1, 0
	for i := 0; i < 60; i++ {
		as := addr()
		runtime.Gosched()
		for k := 0; k < 200; k++ {
			for _, a := range as {
				sum += f(a, &one)
			}
		}
	}
	fmt.Println(sum)
}
