package display

import (
	"image"
	"strings"
	"testing"
)

// fmt would overflow the stack, which nothing can recover from.
func TestTableOfCycles(t *testing.T) {
	m := map[string]any{"n": 1}
	m["self"] = m
	s := []any{1}
	s[0] = s
	for _, v := range []any{m, []map[string]any{m}, [][]any{s, {2}}, map[string][]int{"large": make([]int, 1e6)}} {
		g, err := Table(v)
		if err != nil || !strings.Contains(g.String(), "{…}") {
			t.Errorf("Table(%T) = %s, %v; want {…} in it", v, g, err)
		}
	}
}

func TestTable(t *testing.T) {
	type row struct {
		Name  string
		Score float64
		note  string
	}
	for _, tt := range []struct {
		name string
		in   any
		want string
		html string
	}{
		{"structs", []row{{"ann", 1.5, "x"}, {"bo<b", 20, ""}}, "Name  Score\nann     1.5\nbo<b     20", "bo&lt;b"},
		{"pointers", []*row{{"ann", 1, ""}, nil}, "Name  Score\nann       1\n", "<td"},
		{"map", map[int]string{10: "b", 2: "a"}, "key  value\n  2  a\n 10  b", `<th style="text-align:right">key</th>`},
		{"maps", []map[string]any{{"a": 1}, {"b": "x"}}, "a  b\n1\n   x", "<th"},
		{"slices", [][]int{{1, 2}, {30, 4}}, " 1  2\n30  4", "<td"},
		{"long", make([][1]int, MaxRows+5), strings.Repeat("0\n", MaxRows) + "… and 5 more rows", "and 5 more rows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := Table(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := g.String(); got != tt.want {
				t.Errorf("Table(%v).String() =\n%s\nwant\n%s", tt.in, got, tt.want)
			}
			if !strings.Contains(g.HTML(), tt.html) {
				t.Errorf("Table(%v).HTML() = %s; want %s in it", tt.in, g.HTML(), tt.html)
			}
		})
	}
	for _, bad := range []any{1, "x", nil, []int{1}} {
		if _, err := Table(bad); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("Table(%#v) error = %v; want one that says what is wanted", bad, err)
		}
	}
}

func TestImage(t *testing.T) {
	p, err := Image(image.NewGray(image.Rect(0, 0, 3, 2)))
	if err != nil || p.String() != "image, 3x2 pixels" {
		t.Fatalf("Image = %v, %v", p, err)
	}
	png := p.Bundle().Data["image/png"].([]byte)
	if p, err := Image(png); err != nil || p.Bundle().Data["image/png"] == nil {
		t.Errorf("Image(png bytes) = %v, %v; want a PNG picture", p, err)
	}
	for _, bad := range []any{3, []byte("text"), "no such file"} {
		if _, err := Image(bad); err == nil {
			t.Errorf("Image(%v) succeeded; want an error", bad)
		}
	}
}

type recorder struct{ got []string }

func (r *recorder) Show(v any, id string)   { r.got = append(r.got, "show "+Text(v)) }
func (r *recorder) Update(v any, id string) { r.got = append(r.got, "update "+id+" "+Text(v)) }
func (r *recorder) Clear(wait bool)         { r.got = append(r.got, "clear") }

func TestInstall(t *testing.T) {
	r := &recorder{}
	Install(func() Sink { return r })
	defer Install(func() Sink { return nil })
	Show(1, Markdown("*m*"))
	Update("bar", 0.5)
	Clear(true)
	want := "show 1|show *m*|update bar 0.5|clear"
	if got := strings.Join(r.got, "|"); got != want {
		t.Errorf("calls = %s; want %s", got, want)
	}
}
