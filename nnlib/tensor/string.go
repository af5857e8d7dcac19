package tensor

import (
	"fmt"
	"strconv"
	"strings"
)

// An axis longer than cut shows its first and last edge entries only.
const (
	cut  = 8
	edge = 3
)

// String returns the shape and the values, nested like the axes, with four digits a value. Long axes are cut in the middle.
func (t *Tensor) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Tensor %v", t.Shape)
	if len(t.Data) == 0 {
		return b.String()
	}
	b.WriteByte('\n')
	width := 0
	t.visit(0, 0, func(i int) { width = max(width, len(number(t.Data[i]))) })
	t.write(&b, 0, 0, width)
	return b.String()
}

// visit calls f with the place of every value that is shown.
func (t *Tensor) visit(axis, start int, f func(i int)) {
	if axis == len(t.Shape) {
		f(start)
		return
	}
	for _, i := range shown(t.Shape[axis]) {
		if i >= 0 {
			t.visit(axis+1, start*t.Shape[axis]+i, f)
		}
	}
}

func (t *Tensor) write(b *strings.Builder, axis, start, width int) {
	if axis == len(t.Shape) {
		fmt.Fprintf(b, "%*s", width, number(t.Data[start]))
		return
	}
	last := axis == len(t.Shape)-1
	b.WriteByte('[')
	for k, i := range shown(t.Shape[axis]) {
		switch {
		case k > 0 && last:
			b.WriteByte(' ')
		case k > 0:
			b.WriteString(strings.Repeat("\n", min(2, len(t.Shape)-axis-1)))
			b.WriteString(strings.Repeat(" ", axis+1))
		}
		if i < 0 {
			b.WriteString("...")
			continue
		}
		t.write(b, axis+1, start*t.Shape[axis]+i, width)
	}
	b.WriteByte(']')
}

// shown returns the indices of an axis that are shown, with -1 for what is left out.
func shown(n int) []int {
	var out []int
	for i := range n {
		switch {
		case n <= cut || i < edge || i >= n-edge:
			out = append(out, i)
		case i == edge:
			out = append(out, -1)
		}
	}
	return out
}

func number(v float32) string { return strconv.FormatFloat(float64(v), 'g', 4, 32) }
