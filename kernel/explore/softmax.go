package explore

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/kernel/widget"
)

// A SoftmaxExplorer is sliders for logits and the probabilities that softmax makes of them.
type SoftmaxExplorer struct {
	*widget.BoxWidget
	Logits  []*widget.FloatSliderWidget
	Picture *widget.HTMLWidget
}

// Softmax returns sliders for the logits of four classes, or for those given, with their probabilities as bars, the margin by
// which the first choice leads, and beside them two answers that choose the same class with very different margins.
func Softmax(logits ...float64) *SoftmaxExplorer {
	if len(logits) == 0 {
		logits = []float64{2, 1, 0, -1}
	}
	s := &SoftmaxExplorer{Picture: widget.HTML("")}
	var children []widget.Widget
	for i, v := range logits {
		w := widget.FloatSlider(fmt.Sprintf("logit %d", i), min(-5, v), max(5, v), v)
		w.OnChange(func(float64) { s.draw() })
		s.Logits, children = append(s.Logits, w), append(children, w)
	}
	s.BoxWidget = widget.VBox(append(children, s.Picture)...)
	s.draw()
	return s
}

// Probabilities returns what softmax makes of the logits.
func (s *SoftmaxExplorer) Probabilities() []float64 {
	largest := math.Inf(-1)
	for _, l := range s.Logits {
		largest = max(largest, l.Value)
	}
	p, sum := make([]float64, len(s.Logits)), 0.0
	for i, l := range s.Logits {
		p[i] = math.Exp(l.Value - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func (s *SoftmaxExplorer) draw() {
	s.Picture.Value = side(
		answer("softmax of your logits", s.Probabilities()),
		answer("a narrow choice", []float64{0.4, 0.3, 0.2, 0.1}),
		answer("a clear choice", []float64{0.7, 0.1, 0.1, 0.1}))
}

// answer draws probabilities, and says by how much the first choice leads.
func answer(title string, p []float64) string {
	best, second := 0, -1
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	for i := range p {
		if i != best && (second < 0 || p[i] > p[second]) {
			second = i
		}
	}
	var names []string
	for i := range p {
		names = append(names, fmt.Sprintf("class %d", i))
	}
	text := fmt.Sprintf("class %d", best)
	if second >= 0 {
		text += fmt.Sprintf(", margin %.3f − %.3f = <b>%.3f</b>", p[best], p[second], p[best]-p[second])
	}
	return bars(title, names, p, best) + fmt.Sprintf(`<div style="font-variant-numeric:tabular-nums">%s<br>cross-entropy if it is right: %.3f</div>`, text, 0-math.Log(p[best]))
}
