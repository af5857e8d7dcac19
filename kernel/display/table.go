package display

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxRows is how many rows a table shows; a longer one says how many were left out.
const MaxRows = 60

// A Grid is a table ready to be shown.
type Grid struct {
	header []string
	rows   [][]string
	left   int // rows not shown
	number []bool
}

// Table makes a table of a slice of structs (a row each, a column for every exported field), a slice of maps with string
// keys, a slice of slices, or a map (a row for every key, in order). It fails on anything else.
func Table(v any) (Grid, error) {
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer && !rv.IsNil() {
		rv = rv.Elem()
	}
	var g Grid
	switch rv.Kind() {
	case reflect.Slice, reflect.Array:
		return ofRows(rv)
	case reflect.Map:
		g.header = []string{"key", "value"}
		keys := rv.MapKeys()
		slices.SortFunc(keys, compare)
		for _, k := range keys {
			g.add(k, rv.MapIndex(k))
		}
		return g, nil
	}
	return g, fmt.Errorf("display: Table: got %T; want a slice of structs, maps or slices, or a map", v)
}

func ofRows(rv reflect.Value) (Grid, error) {
	var g Grid
	elem := rv.Type().Elem()
	for elem.Kind() == reflect.Pointer {
		elem = elem.Elem()
	}
	switch elem.Kind() {
	case reflect.Struct:
		var fields []int
		for i := range elem.NumField() {
			if f := elem.Field(i); f.IsExported() {
				fields = append(fields, i)
				g.header = append(g.header, f.Name)
			}
		}
		for i := range rv.Len() {
			row := reflect.Indirect(rv.Index(i))
			cells := make([]reflect.Value, len(fields))
			for j, f := range fields {
				if row.IsValid() {
					cells[j] = row.Field(f)
				}
			}
			g.add(cells...)
		}
	case reflect.Map:
		if elem.Key().Kind() != reflect.String {
			return g, fmt.Errorf("display: Table: got %s; want string keys", rv.Type())
		}
		names := map[string]bool{}
		for i := range rv.Len() {
			for _, k := range rv.Index(i).MapKeys() {
				names[k.String()] = true
			}
		}
		g.header = slices.Sorted(maps.Keys(names))
		for i := range rv.Len() {
			var cells []reflect.Value
			for _, n := range g.header {
				cells = append(cells, rv.Index(i).MapIndex(reflect.ValueOf(n).Convert(elem.Key())))
			}
			g.add(cells...)
		}
	case reflect.Slice, reflect.Array:
		for i := range rv.Len() {
			var cells []reflect.Value
			for j := range rv.Index(i).Len() {
				cells = append(cells, rv.Index(i).Index(j))
			}
			g.add(cells...)
		}
	default:
		return g, fmt.Errorf("display: Table: got %s; want a slice of structs, maps or slices, or a map", rv.Type())
	}
	return g, nil
}

func (g *Grid) add(cells ...reflect.Value) {
	if len(g.rows) == MaxRows {
		g.left++
		return
	}
	var row []string
	for i, c := range cells {
		for len(g.number) <= i {
			g.number = append(g.number, true)
		}
		if c.IsValid() && c.Kind() == reflect.Interface {
			c = c.Elem()
		}
		text := ""
		if c.IsValid() {
			text = cellText(c)
			g.number[i] = g.number[i] && (c.CanInt() || c.CanUint() || c.CanFloat())
		}
		row = append(row, text)
	}
	g.rows = append(g.rows, row)
}

// cellText returns a value as fmt writes it, cut; only its type where it is deep or large. fmt does not see that a map or a
// slice contains itself, and ends the process.
func cellText(v reflect.Value) string {
	left := 2000
	if !says(v) && !small(v, 8, &left) {
		return v.Type().String() + "{…}"
	}
	return cut(fmt.Sprint(v), 200)
}

// says reports whether a value has a method that gives its text.
func says(v reflect.Value) bool {
	return v.Type().Implements(reflect.TypeFor[fmt.Stringer]()) || v.Type().Implements(reflect.TypeFor[error]())
}

// small reports whether fmt would write at most depth levels of a value, and *left elements.
func small(v reflect.Value, depth int, left *int) bool {
	if *left--; depth == 0 || *left < 0 {
		return false
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		return v.IsNil() || small(v.Elem(), depth-1, left)
	case reflect.Slice, reflect.Array:
		if basic(v.Type().Elem()) {
			*left -= v.Len()
			return *left >= 0
		}
		for i := range v.Len() {
			if !small(v.Index(i), depth-1, left) {
				return false
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !small(it.Key(), depth-1, left) || !small(it.Value(), depth-1, left) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !small(v.Field(i), depth-1, left) {
				return false
			}
		}
	}
	return true
}

func basic(t reflect.Type) bool {
	return t.Kind() <= reflect.Complex128 || t.Kind() == reflect.String
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

func compare(a, b reflect.Value) int {
	switch {
	case a.CanInt() && b.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanFloat() && b.CanFloat() && a.Float() != b.Float():
		if a.Float() < b.Float() {
			return -1
		}
		return 1
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// HTML returns the table as HTML, numbers to the right.
func (g Grid) HTML() string {
	var b strings.Builder
	align := func(i int) string {
		if i < len(g.number) && g.number[i] && len(g.rows) > 0 {
			return ` style="text-align:right"`
		}
		return ` style="text-align:left"`
	}
	b.WriteString("<table>")
	if g.header != nil {
		b.WriteString("<thead><tr>")
		for i, h := range g.header {
			fmt.Fprintf(&b, "<th%s>%s</th>", align(i), html.EscapeString(h))
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>")
	for _, row := range g.rows {
		b.WriteString("<tr>")
		for i, c := range row {
			fmt.Fprintf(&b, "<td%s>%s</td>", align(i), html.EscapeString(c))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	if g.left > 0 {
		fmt.Fprintf(&b, "<p>… and %d more rows</p>", g.left)
	}
	return b.String()
}

// String returns the table as text in columns.
func (g Grid) String() string {
	var width []int
	lines := g.rows
	if g.header != nil {
		lines = append([][]string{g.header}, lines...)
	}
	for _, row := range lines {
		for i, c := range row {
			for len(width) <= i {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for _, row := range lines {
		var parts []string
		for i, c := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if i < len(g.number) && g.number[i] {
				parts = append(parts, pad+c)
			} else {
				parts = append(parts, c+pad)
			}
		}
		b.WriteString(strings.TrimRight(strings.Join(parts, "  "), " ") + "\n")
	}
	if g.left > 0 {
		fmt.Fprintf(&b, "… and %d more rows\n", g.left)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
