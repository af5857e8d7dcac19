package nnlib

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// A Confusion counts how often each class was taken for each: Counts[i][j] examples of class i were taken for class j.
type Confusion struct {
	Classes []string // names, in the order of rows and columns
	Counts  [][]int  // (classes, classes)
}

// ConfusionMatrix compares predictions (n, classes), as Predict returns them, with what a data set says.
func ConfusionMatrix(dataset *Dataset, predictions *Tensor) Confusion {
	right, guess := paired("ConfusionMatrix", dataset, predictions)
	n := predictions.RowLen()
	c := Confusion{Classes: make([]string, n), Counts: make([][]int, n)}
	for i := range n {
		c.Counts[i] = make([]int, n)
		c.Classes[i] = strconv.Itoa(i)
		if i < len(dataset.Classes) {
			c.Classes[i] = dataset.Classes[i]
		}
	}
	for i, r := range right {
		c.Counts[r][guess[i]]++
	}
	return c
}

// Mistakes returns the places of the examples that predictions (n, classes) put in a wrong class.
func Mistakes(dataset *Dataset, predictions *Tensor) []int {
	right, guess := paired("Mistakes", dataset, predictions)
	var wrong []int
	for i, r := range right {
		if guess[i] != r {
			wrong = append(wrong, i)
		}
	}
	return wrong
}

func paired(op string, dataset *Dataset, predictions *Tensor) (right, guess []int) {
	dataset.Check(op)
	if predictions.Rows() != dataset.Len() || len(predictions.Shape) != 2 {
		panic(&Error{Op: op, Received: fmt.Sprintf("predictions have shape %v", predictions.Shape), Expected: fmt.Sprintf("a row for each of %d examples is expected", dataset.Len())})
	}
	right = dataset.Labels()
	for i, r := range right {
		if r < 0 || r >= predictions.RowLen() {
			panic(&Error{Op: op, Received: fmt.Sprintf("label %d of example %d", r, i), Expected: fmt.Sprintf("predictions have %s", count(predictions.RowLen(), "column"))})
		}
	}
	return right, predictions.ArgMax()
}

// Accuracy returns the share of examples that were put in their class.
func (c Confusion) Accuracy() float64 {
	right, all := 0, 0
	for i, row := range c.Counts {
		for j, n := range row {
			all += n
			if i == j {
				right += n
			}
		}
	}
	return float64(right) / float64(all)
}

// String returns the counts as text: a row for each true class, a column for each predicted one.
func (c Confusion) String() string {
	var b strings.Builder
	width := 5
	for _, name := range c.Classes {
		width = max(width, len(name)+1)
	}
	b.WriteString(strings.Repeat(" ", width))
	for _, name := range c.Classes {
		fmt.Fprintf(&b, "%*s", width, name)
	}
	for i, row := range c.Counts {
		fmt.Fprintf(&b, "\n%*s", width, c.Classes[i])
		for _, n := range row {
			fmt.Fprintf(&b, "%*d", width, n)
		}
	}
	return b.String()
}

// HTML returns the counts as a table for a notebook.
func (c Confusion) HTML() string {
	var b strings.Builder
	b.WriteString("<table><thead><tr><th>true \\ predicted</th>")
	for _, name := range c.Classes {
		b.WriteString("<th>" + html.EscapeString(name) + "</th>")
	}
	b.WriteString("</tr></thead><tbody>")
	for i, row := range c.Counts {
		b.WriteString("<tr><th>" + html.EscapeString(c.Classes[i]) + "</th>")
		for j, n := range row {
			cell := strconv.Itoa(n)
			if i == j {
				cell = "<strong>" + cell + "</strong>"
			}
			b.WriteString("<td>" + cell + "</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// Precision returns, of the examples that were taken for a class, the share that are of it; NaN where there are none.
func (c Confusion) Precision(class int) float64 {
	all := 0
	for _, row := range c.Counts {
		all += row[class]
	}
	return float64(c.Counts[class][class]) / float64(all)
}

// Recall returns, of the examples of a class, the share that were taken for it; NaN where there are none.
func (c Confusion) Recall(class int) float64 {
	all := 0
	for _, n := range c.Counts[class] {
		all += n
	}
	return float64(c.Counts[class][class]) / float64(all)
}

// F1 returns the harmonic mean of a class's precision and recall.
func (c Confusion) F1(class int) float64 {
	p, r := c.Precision(class), c.Recall(class)
	return 2 * p * r / (p + r)
}
