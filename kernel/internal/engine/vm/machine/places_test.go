package machine

import (
	"go/token"
	"testing"
	"unsafe"
)

func TestPlaces(t *testing.T) {
	const none = token.NoPos
	far := token.Pos(1 << 30)
	for _, tt := range []struct {
		name   string
		blocks [][]token.Pos
		want   [][]token.Pos // of the instructions; the last is that of the end
	}{
		{"no block", nil, nil},
		{"one", [][]token.Pos{{5}}, [][]token.Pos{{5}}},
		{"an instruction without a place", [][]token.Pos{{5, none, 7, none}}, [][]token.Pos{{5, 5, 7, 7}}},
		{"a block that begins without one", [][]token.Pos{{9}, {none, 3, none}}, [][]token.Pos{{9}, {none, 3, 3}}},
		{"a block without any", [][]token.Pos{{9, 9}, {none, none}, {9, 8}}, [][]token.Pos{{9, 9}, {none, none}, {9, 8}}},
		{"far", [][]token.Pos{{1, far}, {far + 300, 2}}, [][]token.Pos{{1, far}, {far + 300, 2}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &Func{}
			f.SetPlaces(tt.blocks)
			for b, ps := range tt.want {
				for i, want := range ps {
					if got := f.placeOf(uint32(b), i); got != want {
						t.Errorf("placeOf(%d, %d) = %d; want %d", b, i, got, want)
					}
				}
				for _, i := range []int{-1, len(ps)} {
					if got, want := f.placeOf(uint32(b), i), ps[len(ps)-1]; got != want {
						t.Errorf("placeOf(%d, %d) = %d; want %d, the end's", b, i, got, want)
					}
				}
			}
			if got := f.placeOf(uint32(len(tt.want)), 0); got != none {
				t.Errorf("placeOf(%d, 0) = %d; want none", len(tt.want), got)
			}
		})
	}
	if got := (&Func{}).placeOf(0, 0); got != none {
		t.Errorf("placeOf(0, 0) of a function without places = %d; want none", got)
	}
}

func TestFuncSize(t *testing.T) {
	if got := unsafe.Sizeof(Func{}); got != 64 {
		t.Errorf("a Func has %d bytes; want 64, a line of the cache", got)
	}
}
