package viz

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/internal/picture"
)

func init() { picture.Mistake = func(mistake error) string { return MistakeDiagram(mistake).SVG() } }

// A Stage is one column of a network diagram.
type Stage struct {
	Name  string // written below: "dense_1 (ReLU)"
	Shape string // written under the name: "(500)"
	Units int    // neurons that are drawn as circles, up to 8 of them; 0 draws a box
}

// NetworkOptions say what a diagram points out. Zero values mean nothing.
type NetworkOptions struct {
	// Wrong is the stage, counted from 1, that cannot take what comes before it: the edge to it is drawn red, with
	// Message above.
	Wrong   int
	Message string // such as "input has 784 features, weights expect 500"
}

// ModelDiagram draws the layers of a model from left to right.
func ModelDiagram(m *nnlib.Sequential, options NetworkOptions) Figure {
	stages, _ := stagesOf(m.Network())
	return NetworkDiagram(stages, options)
}

// MistakeDiagram draws the model in which shapes do not fit, with the place in red. It takes what a call of nnlib panicked
// with, and panics where that is no mistake in a model's shapes.
func MistakeDiagram(mistake error) Figure {
	var e *nnlib.Error
	if errors.As(mistake, &e) {
		if n, ok := e.Network.(*nnlib.Network); ok {
			stages, wrong := stagesOf(n)
			return NetworkDiagram(stages, NetworkOptions{Wrong: wrong, Message: e.Received + ", " + e.Expected})
		}
	}
	panic(&nnlib.Error{Op: "MistakeDiagram", Received: fmt.Sprintf("%q", fmt.Sprint(mistake)), Expected: "a mistake in a model's shapes is expected"})
}

// stagesOf returns a stage for each layer that a diagram shows, and the place of the wrong one, counted from 1.
func stagesOf(n *nnlib.Network) (stages []Stage, wrong int) {
	for i, l := range n.Layers {
		if i == n.Wrong {
			wrong = len(stages) + 1
		}
		if l.Class == "InputLayer" {
			continue
		}
		s := Stage{Name: l.Name}
		if l.Activation != "" {
			s.Name += " (" + l.Activation + ")"
		}
		if l.Output != nil {
			s.Shape = strings.ReplaceAll(strings.NewReplacer("[", "(", "]", ")").Replace(fmt.Sprint(l.Output)), " ", ", ")
			if l.Class == "Dense" {
				s.Units = l.Output[0]
			}
		}
		stages = append(stages, s)
	}
	return stages, min(wrong, len(stages))
}

// NetworkDiagram draws stages from left to right, each connected with the next.
func NetworkDiagram(stages []Stage, options NetworkOptions) Figure {
	if len(stages) == 0 {
		panic(&nnlib.Error{Op: "NetworkDiagram", Received: "no stages", Expected: "at least one is expected"})
	}
	if options.Wrong < 0 || options.Wrong > len(stages) {
		panic(&nnlib.Error{Op: "NetworkDiagram", Received: fmt.Sprintf("Wrong is stage %d", options.Wrong), Expected: fmt.Sprintf("1 to %d are expected, or 0 for none", len(stages))})
	}
	d := diagram{high: 128, wrong: options.Wrong - 1, message: options.Message}
	names := make([]string, len(stages))
	for i, s := range stages {
		c := column{name: s.Name, shape: s.Shape, box: s.Units < 1, more: s.Units > mostUnits}
		c.n = max(1, min(s.Units, mostUnits))
		d.columns = append(d.columns, c)
		names[i] = strings.TrimSpace(s.Name + " " + s.Shape)
	}
	f := d.figure()
	f.title, f.description = "Network", "From left to right: "+strings.Join(names, ", ")+"."
	if options.Wrong > 0 {
		f.title = "Network with a wrong connection"
		f.description += fmt.Sprintf(" The connection to %s is wrong: %s.", names[options.Wrong-1], options.Message)
	}
	return f
}

// PerceptronDiagram draws a perceptron or a network of perceptrons with its inputs: weights are written at the edges,
// thresholds into the neurons.
func PerceptronDiagram(c Classifier) Figure {
	var layers [][]nnlib.Perceptron
	switch p := c.(type) {
	case nnlib.Perceptron:
		layers = [][]nnlib.Perceptron{{p}}
	case *nnlib.Perceptron:
		layers = [][]nnlib.Perceptron{{*p}}
	case nnlib.PerceptronNetwork:
		layers = p.Layers
	case *nnlib.PerceptronNetwork:
		layers = p.Layers
	default:
		panic(&nnlib.Error{Op: "PerceptronDiagram", Received: fmt.Sprintf("a %T", c), Expected: "a nnlib.Perceptron or nnlib.PerceptronNetwork is expected"})
	}
	if len(layers) == 0 || len(layers[0]) == 0 || len(layers[0][0].Weights) == 0 {
		panic(&nnlib.Error{Op: "PerceptronDiagram", Received: "no perceptron with inputs", Expected: "at least one is expected"})
	}
	inputs := len(layers[0][0].Weights)
	first := column{name: "inputs", n: min(inputs, mostUnits), more: inputs > mostUnits}
	most := first.n
	for i := range first.n {
		first.labels = append(first.labels, fmt.Sprintf("x%d", i+1))
	}
	d := diagram{columns: []column{first}, wrong: -1}
	for i, layer := range layers {
		col := column{name: fmt.Sprintf("layer %d", i+1), n: min(len(layer), mostUnits), more: len(layer) > mostUnits}
		most = max(most, col.n)
		before := d.columns[i].n
		for _, p := range layer[:col.n] {
			col.labels = append(col.labels, "> "+short(p.Threshold))
			weights := make([]float64, before)
			copy(weights, p.Weights)
			col.weights = append(col.weights, weights)
		}
		d.columns = append(d.columns, col)
	}
	d.columns[len(d.columns)-1].name = "output y"
	d.high = vg.Length(max(1, most)) * 62
	f := d.figure()
	f.title, f.description = "Perceptron diagram", c.String()+"."
	return f
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// mostUnits is how many neurons of a layer are drawn.
const mostUnits = 8

// A column is one layer of a diagram.
type column struct {
	name, shape string
	n           int // circles
	more        bool
	box         bool        // instead of circles
	labels      []string    // in the circles
	weights     [][]float64 // (n, circles of the column before), written at the edges; nil for plain edges
}

// A diagram is columns with edges between them.
type diagram struct {
	columns []column
	high    vg.Length // of the part with neurons
	wrong   int       // the column whose edges are wrong, or -1
	message string
}

const (
	columnWidth = 92
	below       = 36 // for names
	above       = 20 // for the message
)

// figure lays the diagram out.
func (d diagram) figure() Figure {
	step := vg.Length(columnWidth)
	for _, c := range d.columns {
		for _, s := range []string{c.name, c.shape} {
			w, _, _ := handler.Box(s, sans(9))
			step = max(step, w+12)
		}
	}
	width := step * vg.Length(len(d.columns))
	if d.message != "" {
		w, _, _ := handler.Box(d.message, sans(10))
		width = max(width, w+16)
	}
	left := (width - step*vg.Length(len(d.columns))) / 2
	return Figure{width: width, height: d.high + below + above, draw: func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		x := func(i int) vg.Length { return left + step*(vg.Length(i)+0.5) }
		for i := range d.columns {
			if i > 0 || d.wrong == 0 {
				d.edges(c, i, x(i)-step, x(i))
			}
		}
		for i, col := range d.columns {
			d.neurons(c, col, x(i), i == d.wrong)
		}
		if d.message != "" {
			style := text.Style{Color: red, Font: sans(10), XAlign: draw.XCenter, YAlign: draw.YTop, Handler: handler}
			at := (x(max(d.wrong, 0)) + x(max(d.wrong-1, 0))) / 2
			half, _, _ := handler.Box(d.message, sans(10))
			half = half/2 + 4
			at = min(max(at, half), width-half)
			c.FillText(style, vg.Point{X: at, Y: d.high + below + above - 4}, d.message)
		}
	}}
}

// red is for what is wrong.
var red = color.RGBA{200, 20, 20, 255}

// place returns the height of neuron i of a column.
func (d diagram) place(c column, i int) vg.Length {
	slots := vg.Length(c.n)
	if c.more {
		slots++ // for the dots
	}
	at := vg.Length(i)
	if c.more && i >= c.n/2 {
		at++
	}
	return below + d.high - (at+0.5)*d.high/slots
}

func (d diagram) radius(c column) vg.Length {
	if c.labels != nil {
		return 17
	}
	slots := vg.Length(c.n)
	if c.more {
		slots++
	}
	return min(9, d.high/slots*0.4)
}

// edges draws the lines between column i and the one before it, which stand at right and left.
func (d diagram) edges(c draw.Canvas, i int, left, right vg.Length) {
	col := d.columns[i]
	wrong := i == d.wrong
	style := draw.LineStyle{Color: mix(ink, 0.28), Width: 0.6}
	if wrong {
		style = draw.LineStyle{Color: red, Width: 1.2}
	}
	if i == 0 { // the input itself is wrong
		d.arrow(c, left+24, right-20, style)
		return
	}
	before := d.columns[i-1]
	if wrong || col.box || before.box {
		from, to := left+12, right-12
		if before.box {
			from = left + 16
		}
		if col.box {
			to = right - 16
		}
		if wrong {
			style.Width = 2.5
		} else {
			style = draw.LineStyle{Color: ink, Width: 1.2}
		}
		d.arrow(c, from, to, style)
		return
	}
	for j := range col.n {
		for k := range before.n {
			a, b := vg.Point{X: left, Y: d.place(before, k)}, vg.Point{X: right, Y: d.place(col, j)}
			if col.weights == nil {
				c.StrokeLine2(style, a.X, a.Y, b.X, b.Y)
				continue
			}
			w := col.weights[j][k]
			line := draw.LineStyle{Color: orange, Width: vg.Length(min(max(math.Abs(w), 0.5), 3))}
			if w < 0 {
				line.Color = blue
			}
			c.StrokeLine2(line, a.X, a.Y, b.X, b.Y)
			// The number stands on the edge nearer to its end, where edges are apart, on white.
			const share = 0.42
			at := vg.Point{X: a.X + share*(b.X-a.X), Y: a.Y + share*(b.Y-a.Y)}
			if j%2 == 1 { // edges that cross in the middle
				at = vg.Point{X: a.X + 0.3*(b.X-a.X), Y: a.Y + 0.3*(b.Y-a.Y)}
			}
			label := text.Style{Color: ink, Font: sans(9), XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: handler}
			half, _, _ := handler.Box(short(w), sans(9))
			half = half/2 + 1.5
			ground := vg.Rectangle{Min: vg.Point{X: at.X - half, Y: at.Y - 5}, Max: vg.Point{X: at.X + half, Y: at.Y + 5}}
			c.SetColor(color.White)
			c.Fill(ground.Path())
			c.FillText(label, vg.Point{X: at.X, Y: at.Y + 1}, short(w))
		}
	}
}

// arrow draws a thick line with a head, in the middle of the height.
func (d diagram) arrow(c draw.Canvas, from, to vg.Length, style draw.LineStyle) {
	y := vg.Length(below) + d.high/2
	c.StrokeLine2(style, from, y, to-3, y)
	var p vg.Path
	p.Move(vg.Point{X: to, Y: y})
	p.Line(vg.Point{X: to - 7, Y: y + 4})
	p.Line(vg.Point{X: to - 7, Y: y - 4})
	p.Close()
	c.SetColor(style.Color)
	c.Fill(p)
}

// neurons draws the circles or the box of a column, with its name below.
func (d diagram) neurons(c draw.Canvas, col column, x vg.Length, wrong bool) {
	rim := draw.LineStyle{Color: blue, Width: 1.2}
	if wrong {
		rim.Color = red
	}
	if col.box {
		y := vg.Length(below) + d.high/2
		box := vg.Rectangle{Min: vg.Point{X: x - 13, Y: y - 42}, Max: vg.Point{X: x + 13, Y: y + 42}}
		c.SetColor(mix(blue, 0.14))
		c.Fill(box.Path())
		c.SetLineStyle(rim)
		c.Stroke(box.Path())
	} else {
		r := d.radius(col)
		for i := range col.n {
			at := vg.Point{X: x, Y: d.place(col, i)}
			var p vg.Path
			p.Move(vg.Point{X: at.X + r, Y: at.Y})
			p.Arc(at, r, 0, 2*math.Pi)
			p.Close()
			c.SetColor(mix(blue, 0.14))
			c.Fill(p)
			c.SetLineStyle(rim)
			c.Stroke(p)
			if i < len(col.labels) {
				style := text.Style{Color: ink, Font: sans(10), XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: handler}
				c.FillText(style, vg.Point{X: at.X, Y: at.Y + 1}, col.labels[i])
			}
		}
		if col.more {
			middle := (d.place(col, col.n/2-1) + d.place(col, col.n/2)) / 2
			for _, dy := range []vg.Length{-4, 0, 4} {
				var p vg.Path
				p.Move(vg.Point{X: x + 1, Y: middle + dy})
				p.Arc(vg.Point{X: x, Y: middle + dy}, 1, 0, 2*math.Pi)
				p.Close()
				c.SetColor(ink)
				c.Fill(p)
			}
		}
	}
	style := text.Style{Color: ink, Font: sans(9), XAlign: draw.XCenter, YAlign: draw.YTop, Handler: handler}
	if wrong {
		style.Color = red
	}
	c.FillText(style, vg.Point{X: x, Y: below - 3}, col.name)
	c.FillText(style, vg.Point{X: x, Y: below - 15}, col.shape)
}
