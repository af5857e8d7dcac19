package nnlib

import (
	"fmt"
	"slices"
	"strings"
)

// A Network is what is known of a model's layers and the shapes between them: plain data, that package viz draws. A
// mistake in shapes carries one, with the place where they do not fit.
type Network struct {
	Input  []int          // the shape of one example, nil where it is not known yet
	Layers []NetworkLayer // from the first to the last
	Wrong  int            // the layer whose input does not fit, -1 where all do
}

// A NetworkLayer is one layer of a Network.
type NetworkLayer struct {
	Name       string // dense_1
	Class      string // Dense
	Activation string // ReLU, "" where there is none
	Output     []int  // the shape of one example after the layer, nil where it is not known
	Params     int    // how many numbers it learns, -1 where that is not known yet
}

// Network returns the model's layers and the shapes between them.
func (m *Sequential) Network() *Network {
	m.made("Network")
	shape := m.input
	if shape == nil {
		shape = m.declared()
	}
	if shape == nil {
		return m.network(-1, nil, nil)
	}
	return m.network(-1, shape, m.through(shape))
}

// network describes the model where layer wrong does not fit: shape is what it gets, known the shapes before it. wrong
// is -1 where all fit, and shape the input's then.
func (m *Sequential) network(wrong int, shape []int, known [][]int) *Network {
	n := &Network{Input: shape, Wrong: wrong}
	if wrong > 0 {
		n.Input = nil
	}
	for i, l := range m.layers {
		layer := NetworkLayer{Name: m.names[i], Class: className(l), Params: -1}
		if i < len(known) {
			layer.Output = slices.Clone(known[i])
		}
		switch l := l.(type) {
		case *DenseLayer:
			if layer.Activation = l.Activation.String(); layer.Output == nil {
				layer.Output = []int{l.Units}
			}
		case *ActivationLayer:
			layer.Activation = l.Activation.String()
		case *FlattenLayer:
			if len(l.Shape) > 0 && i == 0 {
				layer.Output = []int{product(l.Shape)}
			}
		}
		if m.built() {
			layer.Params = 0
			for _, p := range m.params[i] {
				layer.Params += product(p.shape)
			}
		}
		n.Layers = append(n.Layers, layer)
	}
	return n
}

// String returns one line a layer, with a mark where a shape does not fit.
func (n *Network) String() string {
	var b strings.Builder
	if n.Input != nil {
		b.WriteString("input " + dims(n.Input) + "\n")
	}
	for i, l := range n.Layers {
		if i == n.Wrong {
			b.WriteString("  ✗ does not fit\n")
		}
		b.WriteString(l.Name)
		if l.Activation != "" {
			b.WriteString(" (" + l.Activation + ")")
		}
		if l.Output != nil {
			b.WriteString(" -> " + dims(l.Output))
		}
		if i < len(n.Layers)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

var _ fmt.Stringer = (*Network)(nil)
