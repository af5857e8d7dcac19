package explore

import (
	"fmt"
	"html"
	"slices"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib"
)

// A PlaygroundExplorer is a small network that learns points of the plane while one looks on.
type PlaygroundExplorer struct {
	*widget.BoxWidget
	Play         *widget.PlayWidget // lets it learn, several epochs at each of its steps
	Step         *widget.ButtonWidget
	Reset        *widget.ButtonWidget
	Data         *widget.DropdownWidget
	Noise        *widget.FloatSliderWidget
	Layers       []*widget.IntSliderWidget // units of each hidden layer; 0 leaves it out
	Activation   *widget.DropdownWidget
	LearningRate *widget.DropdownWidget
	L2           *widget.DropdownWidget
	Picture      *widget.ImageWidget // the neurons, and the output with the examples
	Numbers      *widget.HTMLWidget  // losses, and the setup as Go

	setup       Setup
	train, test *nnlib.Dataset
	model       *nnlib.Sequential
	adam        *nnlib.AdamOptimizer
	epoch       int
	loss, check []float64   // by epoch
	shown       []time.Time // of the last frames
	told        time.Time   // when the numbers were written last
	at          int         // the step of Play
	due         int         // pictures that the page has room for
	runs        bool        // the next picture has been asked for
	trains      bool        // an epoch is under way
	stale       bool        // the setup has changed meanwhile
	gone        bool        // it was closed meanwhile
}

// The kernel sets the pace of the pictures and the page says how many it can take: Play takes a step each beat, which comes
// only when the page has done with everything that was sent before its last one, and has room for so many pictures. A page
// that is gone, hidden or slow gets fewer. Were each picture asked for by the page, there would be at most 20 a second in a
// browser: small messages wait for the browser to acknowledge the one before, which systems put off by 40 ms (Nagle's
// algorithm in Jupyter's server, delayed acknowledgement in the browser's).
const (
	beat    = 200                   // ms
	pace    = 28 * time.Millisecond // from picture to picture
	perBeat = 8                     // pictures, if the page is on time: more than a beat has at that pace, as steps are late
)

var (
	rates     = []string{"0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"}
	penalties = []string{"0", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1"}
)

// numbers returns a choice of numbers, with value among them.
func numbers(description string, options []string, value float64) *widget.DropdownWidget {
	v := fmt.Sprint(value)
	if !slices.Contains(options, v) {
		options = append(slices.Clone(options), v)
	}
	w := widget.Dropdown(description, options...)
	w.Value = v
	return w
}

// Playground returns a network that learns to part points of the plane. Play trains it an epoch at a time and draws each of
// its neurons as a map of the plane after each; what the controls change takes effect at once, and makes the network anew
// unless it is the learning rate. The setup is shown as Go, so that a picture that was found by playing can be had again.
// It panics with an *nnlib.Error where the setup cannot be played.
func Playground(setup Setup) *PlaygroundExplorer {
	setup = setup.withDefaults()
	setup.check()
	p := &PlaygroundExplorer{setup: setup, Numbers: widget.HTML("")}
	p.Picture, _ = widget.Image(blank{}) // has a method PNG, and so does not fail
	p.controls()
	p.reset()
	return p
}

// blank is the picture before the first one.
type blank struct{}

func (blank) PNG() []byte { return nil }

func (p *PlaygroundExplorer) controls() {
	s := p.setup
	p.Play = widget.Play(0, 1<<30)
	p.Play.Interval, p.Play.ShowRepeat = beat, false
	p.Play.OnChange(func(v int) {
		before := p.at
		p.at = v
		if v == 0 && before != 0 { // its button to stop
			p.reset()
			return
		}
		p.due = perBeat
		if !p.runs && !p.trains {
			p.next()
		}
	})
	p.Step, p.Reset = widget.Button("Step"), widget.Button("Reset")
	p.Step.Tooltip, p.Reset.Tooltip = "learn for one epoch", "begin again with the first weights"
	p.Step.OnClick(p.learn)
	p.Reset.OnClick(p.reset)
	p.Data, p.Activation = widget.Dropdown("data", datasets...), widget.Dropdown("activation", activations...)
	p.Data.Value, p.Activation.Value = s.Data, s.Activation
	p.Noise = widget.FloatSlider("noise", 0, 0.5, s.Noise)
	p.LearningRate, p.L2 = numbers("rate", rates, s.LearningRate), numbers("L2", penalties, s.L2)
	p.LearningRate.Tooltip = "learning rate of Adam"
	for i := range mostLayers {
		units := 0
		if i < len(s.Layers) {
			units = s.Layers[i]
		}
		w := widget.IntSlider(fmt.Sprintf("layer %d", i+1), 0, mostUnits, units)
		w.OnChange(func(int) { p.changed() })
		p.Layers = append(p.Layers, w)
	}
	for _, c := range []*widget.DropdownWidget{p.Data, p.Activation, p.L2} {
		c.OnChange(func(string) { p.changed() })
	}
	p.Noise.OnChange(func(float64) { p.changed() })
	p.LearningRate.OnChange(func(v string) {
		fmt.Sscan(v, &p.setup.LearningRate)
		p.adam.LearningRate = p.setup.LearningRate
		p.tell()
	})
	first := widget.VBox(p.Data, p.Noise, p.Activation)
	second := widget.VBox(p.Layers[0], p.Layers[1], p.Layers[2])
	third := widget.VBox(p.LearningRate, p.L2)
	p.Picture.Layout.AlignSelf = "flex-start" // as large as it is
	picture := widget.VBox(p.Picture, widget.HTML(legend))
	p.BoxWidget = widget.VBox(widget.HBox(p.Play, p.Step, p.Reset), widget.HBox(first, second, third), widget.HBox(picture, p.Numbers))
	p.BoxWidget.OnClose(p.free)
	p.BoxWidget.Children[1].(*widget.BoxWidget).Layout.FlexFlow = "row wrap"
	p.BoxWidget.Children[2].(*widget.BoxWidget).Layout.FlexFlow = "row wrap"
}

// legend says what the picture shows.
const legend = `<div style="line-height:1.4;max-width:42em">From the inputs x1 and x2 on the left to the output on the right; each square is what a neuron says over the plane: <b style="color:` + orange + `">orange</b> where it is high (the output: class 1), <b style="color:` + blue + `">blue</b> where it is low (class 0). Lines are weights, orange above 0 and blue below, thicker where they count more.</div>`

// Setup returns what the controls say.
func (p *PlaygroundExplorer) Setup() Setup { return p.setup }

// free gives back what the network holds.
func (p *PlaygroundExplorer) free() {
	p.Play.Playing = false
	if p.trains {
		p.gone = true
		return
	}
	if p.model != nil {
		p.model.Close()
		p.model = nil
	}
}

// Model returns the network as it is now. It is another one after each change but that of the learning rate, and nil after
// Close.
func (p *PlaygroundExplorer) Model() *nnlib.Sequential { return p.model }

// Train lets the network learn for some epochs, and draws once.
func (p *PlaygroundExplorer) Train(epochs int) {
	for range epochs {
		p.epochOf()
	}
	p.draw()
}

// Accuracy returns which share of the test examples the network gets right, 0 to 1.
func (p *PlaygroundExplorer) Accuracy() float64 { return p.model.Evaluate(p.test).Accuracy }

// changed takes what the controls say and begins again.
func (p *PlaygroundExplorer) changed() {
	s := &p.setup
	s.Data, s.Noise, s.Activation = p.Data.Value, p.Noise.Value, p.Activation.Value
	s.Layers = []int{}
	for _, w := range p.Layers {
		if w.Value > 0 {
			s.Layers = append(s.Layers, w.Value)
		}
	}
	fmt.Sscan(p.L2.Value, &s.L2)
	p.reset()
}

// reset begins again.
func (p *PlaygroundExplorer) reset() {
	if p.trains { // this is a callback that Fit lets run
		p.stale = true
		return
	}
	if p.model != nil {
		p.model.Close()
	}
	p.train, p.test = p.setup.data()
	p.model, p.adam = p.setup.model()
	p.epoch, p.loss, p.check = 0, nil, nil
	p.model.Predict(p.train.Tensor()) // makes the weights
	p.draw()
}

// learn trains for an epoch, and draws.
func (p *PlaygroundExplorer) learn() {
	if p.trains { // a click while Fit lets callbacks run
		return
	}
	if p.model == nil { // it was closed, and is shown again
		p.reset()
	}
	p.epochOf()
	if p.gone {
		p.gone, p.stale = false, false
		p.free()
		return
	}
	if p.stale {
		p.stale = false
		p.reset()
		return
	}
	p.draw()
}

// next learns and draws while it plays and the page has room.
func (p *PlaygroundExplorer) next() {
	p.runs = false // should learn panic
	if !p.Play.Playing {
		p.tell()
	}
	if !p.Play.Playing || p.due == 0 {
		return
	}
	p.due--
	start := time.Now()
	p.learn()
	p.runs = true
	p.Picture.After(pace-time.Since(start), p.next)
}

// epochOf trains for an epoch. Fit lets callbacks run, which do not touch the network meanwhile.
func (p *PlaygroundExplorer) epochOf() {
	p.trains = true
	defer func() { p.trains = false }()
	h := p.model.Fit(p.train, nnlib.FitOptions{Epochs: 1, BatchSize: p.setup.BatchSize, Quiet: true})
	if h.Epochs() == 1 {
		p.epoch++
		p.loss, p.check = append(p.loss, h.Loss[0]), append(p.check, p.model.Evaluate(p.test).Loss)
	}
}

func (p *PlaygroundExplorer) draw() {
	p.Picture.Format, p.Picture.Value = "png", copyOf(p.model).picture(p.train)
	now := time.Now()
	p.shown = append(p.shown, now)
	for len(p.shown) > 1 && now.Sub(p.shown[0]) > 2*time.Second {
		p.shown = p.shown[1:]
	}
	if !p.Play.Playing || now.Sub(p.told) > betweenNumbers {
		p.tell()
	}
}

// betweenNumbers is how often the numbers are written while it plays: faster they cannot be read, and they are half of what
// the page has to draw.
const betweenNumbers = 150 * time.Millisecond

// tell writes the numbers and the setup.
func (p *PlaygroundExplorer) tell() {
	now := time.Now()
	p.told = now
	text := fmt.Sprintf("epoch %d", p.epoch)
	curves := ""
	if n := len(p.loss); n > 0 {
		text += fmt.Sprintf(" · loss %.4f · test loss %.4f", p.loss[n-1], p.check[n-1])
		if k := len(p.shown) - 1; k > 4 && p.Play.Playing {
			text += fmt.Sprintf(" · %.0f pictures/s", float64(k)/p.shown[k].Sub(p.shown[0]).Seconds())
		}
		curves = p.curves()
	}
	p.Numbers.Value = `<div style="font-variant-numeric:tabular-nums;min-width:24em;line-height:1.4">` + text + `</div>` + curves +
		`<pre style="white-space:pre-wrap;word-break:normal;max-width:40em">explore.Playground(` + html.EscapeString(p.setup.String()) + `)</pre>`
}

// curves draws the losses, of at most 200 epochs.
func (p *PlaygroundExplorer) curves() string {
	stride := (len(p.loss) + 199) / 200
	a, b := curve{name: "loss", colour: blue}, curve{name: "test loss", colour: orange, dashed: true}
	top := 0.0
	for i := 0; i < len(p.loss); i += stride {
		a.xs, a.ys = append(a.xs, float64(i+1)), append(a.ys, p.loss[i])
		b.xs, b.ys = append(b.xs, float64(i+1)), append(b.ys, p.check[i])
		top = max(top, p.loss[i], p.check[i])
	}
	return chart{title: "learning", alt: "loss by epoch", across: "epoch", width: 360, height: 170, left: 0, right: float64(max(len(p.loss), 10)), top: max(top, 1e-6), curves: []curve{a, b}}.svg()
}
