package viz

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// ConfusionMatrix draws how often each class was taken for each: what is right in blue on the diagonal, mistakes in
// orange, darker where there are more.
func ConfusionMatrix(c nnlib.Confusion) Figure {
	n := len(c.Classes)
	if n == 0 || len(c.Counts) != n {
		panic(&nnlib.Error{Op: "ConfusionMatrix", Received: fmt.Sprintf("%d rows for %d classes", len(c.Counts), n), Expected: "a row for each class is expected"})
	}
	p := newPlot(fmt.Sprintf("%.1f %% of the examples are right", 100*c.Accuracy()), "predicted class", "true class")
	cells := &cells{Confusion: c}
	p.Add(cells)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5, -0.5, float64(n)-0.5
	xs, ys := make([]plot.Tick, n), make([]plot.Tick, n)
	for i, name := range c.Classes {
		xs[i] = plot.Tick{Value: float64(i), Label: name}
		ys[i] = plot.Tick{Value: float64(n - 1 - i), Label: name} // the first class on top
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(xs), plot.ConstantTicks(ys)
	p.X.Tick.Length, p.Y.Tick.Length = 0, 0
	side := vg.Length(min(max(n, 4), 20))*24 + 70
	widest := vg.Length(0)
	for _, name := range c.Classes {
		w, _, _ := handler.Box(name, sans(10))
		widest = max(widest, w)
	}
	if widest > 22 { // wider than a cell: names below stand upright
		label := &p.X.Tick.Label
		label.Rotation, label.XAlign, label.YAlign = math.Pi/2, draw.XRight, draw.YCenter
		p.X.Tick.Length, p.X.Tick.LineStyle.Color = 6, color.White // gonum places turned labels too high: unseen ticks make room
		side += widest - 4
	}
	return Figure{title: "Confusion matrix", description: fmt.Sprintf("%d classes; %.1f %% of the examples are right. %s", n, 100*c.Accuracy(), worst(c)),
		width: side + 10, height: side + 10, draw: panels(panel{plot: p})}
}

// worst says in words which mistake is the most frequent.
func worst(c nnlib.Confusion) string {
	most, words := 0, "There are no mistakes."
	for i, row := range c.Counts {
		for j, n := range row {
			if i != j && n > most {
				most, words = n, fmt.Sprintf("The most frequent mistake, %d times: %s is taken for %s.", n, c.Classes[i], c.Classes[j])
			}
		}
	}
	return strings.Replace(words, ", 1 times:", ", once:", 1)
}

// cells draws the counts.
type cells struct{ nnlib.Confusion }

// Plot draws a rectangle for each count, and the count where it is not zero.
func (m *cells) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	n := len(m.Classes)
	var right, wrong int // the greatest counts
	for i, row := range m.Counts {
		for j, v := range row {
			if i == j {
				right = max(right, v)
			} else {
				wrong = max(wrong, v)
			}
		}
	}
	label := text.Style{Font: sans(9), XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: handler}
	for i, row := range m.Counts {
		for j, v := range row {
			x, y := float64(j), float64(n-1-i)
			share, base := float64(v)/float64(max(right, 1)), blue
			if i != j {
				// One mistake is already worth seeing.
				share, base = 0.25+0.6*float64(v)/float64(max(wrong, 1)), orange
			}
			fill := mix(base, 0.85*math.Sqrt(share))
			if v == 0 {
				fill = mix(ink, 0.04)
			}
			box := vg.Rectangle{Min: vg.Point{X: tx(x-0.5) + 0.5, Y: ty(y-0.5) + 0.5}, Max: vg.Point{X: tx(x+0.5) - 0.5, Y: ty(y+0.5) - 0.5}}
			c.SetColor(fill)
			c.Fill(box.Path())
			if v == 0 {
				continue
			}
			label.Color = ink
			if light := 0.299*float64(fill.R) + 0.587*float64(fill.G) + 0.114*float64(fill.B); light < 140 {
				label.Color = color.White
			}
			c.FillText(label, vg.Point{X: tx(x), Y: ty(y)}, strconv.Itoa(v))
		}
	}
}
