package show

import (
	"errors"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
	"time"
)

type point struct {
	X, Y int
	name string
}

type node struct {
	Next *node
	V    int
}

type celsius float64

func (c celsius) String() string { return "warm" }

type broken struct{ p *int }

func (b broken) String() string { return string(rune(*b.p)) }

func TestText(t *testing.T) {
	loop := &node{V: 1}
	loop.Next = loop
	for _, tt := range []struct {
		name string
		in   any
		want string
	}{
		{"nil", nil, "nil"},
		{"int", 42, "42"},
		{"float", 2.5, "2.5"},
		{"whole float", 25.0, "25"},
		{"float32", float32(0.1), "0.1"},
		{"complex", 3 + 4i, "(3+4i)"},
		{"bool", true, "true"},
		{"string", "abc", `"abc"`},
		{"string with quotes", `{"x":1}`, "`{\"x\":1}`"},
		{"binary string", "a\x00\"", `"a\x00\""`},
		{"slice", []int{1, 2, 3}, "[]int{1, 2, 3}"},
		{"nil slice", []int(nil), "[]int(nil)"},
		{"strings", []string{"a", "b"}, `[]string{"a", "b"}`},
		{"matrix", [2][2]float64{{1, 2}, {3, 4}}, "[2][2]float64{{1, 2}, {3, 4}}"},
		{"map", map[string]int{"b": 2, "a": 1}, `map[string]int{"a": 1, "b": 2}`},
		{"struct", point{1, 2, "n"}, `show.point{X: 1, Y: 2, name: "n"}`},
		{"pointer", &point{X: 1}, `&show.point{X: 1, Y: 0, name: ""}`},
		{"any", []any{1, "a", nil}, `[]any{1, "a", nil}`},
		{"error", errors.New("bad"), "bad"},
		{"stringer", celsius(1), "warm"},
		{"stringers", []celsius{1, 2}, "[]show.celsius{warm, warm}"},
		{"panicking stringer", broken{}, "show.broken{p: nil}"},
		{"duration", 90 * time.Second, "1m30s"},
		{"func", strings.ToUpper, "func(string) string {…}"},
		{"chan", make(chan int, 3), "(chan int)(len 0, cap 3)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Text(reflect.ValueOf(tt.in), nil); got != tt.want {
				t.Errorf("Text(%#v) = %s; want %s", tt.in, got, tt.want)
			}
		})
	}
	if got := Text(reflect.ValueOf(loop), nil); !strings.HasPrefix(got, "&show.node{Next: (*show.node)(0x") {
		t.Errorf("Text of a cycle = %s", got)
	}
	if got := Text(reflect.ValueOf(make([]float64, 1e7)), nil); !strings.HasSuffix(got, "0, …} // 10,000,000 elements") || len(got) > 1000 {
		t.Errorf("Text of a long slice = %s", got)
	}
	if got := Text(reflect.ValueOf(strings.Repeat("x", 1e6)), nil); !strings.Contains(got, "1,000,000 bytes") || len(got) > 3000 {
		t.Errorf("Text of a long string = %d bytes", len(got))
	}
}

// The static type names what an interpreter's anonymous types do not.
func TestStaticType(t *testing.T) {
	pkg := types.NewPackage("main", "main")
	st := types.NewStruct([]*types.Var{types.NewField(token.NoPos, pkg, "x", types.Typ[types.Int], false)}, nil)
	named := types.NewNamed(types.NewTypeName(token.NoPos, pkg, "P", nil), st, nil)
	got := Text(reflect.ValueOf([]struct{ Xx int }{{1}}), types.NewSlice(named))
	if want := "[]P{{x: 1}}"; got != want {
		t.Errorf("Text = %s; want %s", got, want)
	}
}
