package nnlib

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A Layer is one stage of a model. The layers of this package run compiled inside a model; any type with these three
// methods can stand among them, and is then called on the goroutine that calls the model.
type Layer interface {
	// Forward returns the layer's output for x, a row an example along the first axis of both. training says whether
	// the model is learning. It keeps what Backward needs. It must not change x. A model that is built calls it once on
	// zeros, to see what shape comes out.
	Forward(x *Tensor, training bool) *Tensor
	// Backward takes the gradient of the loss with respect to the last Forward's output, in its shape, calls
	// SetGradient on the layer's parameters, and returns the gradient with respect to that Forward's input.
	Backward(dy *Tensor) *Tensor
	// Params returns what the layer learns, nil for nothing. They are asked for after the first Forward.
	Params() []*Param
}

// LayerFunc is a layer made of functions. Either function may keep what it needs in variables around it.
type LayerFunc struct {
	Name         string                                 // for tables and messages; "layer_func"
	ForwardFunc  func(x *Tensor, training bool) *Tensor // see Layer.Forward
	BackwardFunc func(dy *Tensor) *Tensor               // see Layer.Backward
	ParamList    []*Param                               // what it learns
}

// Forward calls ForwardFunc.
func (l LayerFunc) Forward(x *Tensor, training bool) *Tensor {
	if l.ForwardFunc == nil {
		panic(&Error{Op: "LayerFunc", Received: "ForwardFunc is nil", Expected: "a function is expected"})
	}
	return l.ForwardFunc(x, training)
}

// Backward calls BackwardFunc.
func (l LayerFunc) Backward(dy *Tensor) *Tensor {
	if l.BackwardFunc == nil {
		panic(&Error{Op: "LayerFunc", Received: "BackwardFunc is nil", Expected: "a function is expected, for a model that learns"})
	}
	return l.BackwardFunc(dy)
}

// Params returns ParamList.
func (l LayerFunc) Params() []*Param { return l.ParamList }

// builtin is what the layers of this package have besides: they become operations of a program.
type builtin interface {
	Layer
	// OutputShape returns the shape of one example after the layer, given the shape before it. It panics with an
	// *Error where the layer cannot take that shape.
	OutputShape(input []int) []int

	className() string                               // Keras' name of the class
	givenName() string                               // the Name field
	check()                                          // panics where the fields make no sense
	inputShape() []int                               // of one example that the layer was made for, or nil
	makeParams(input []int, rng *rand.Rand) []*Param // nil for no rng: the values do not matter
	lower(l *lowering)                               // adds the operations, and what undoes them
	fresh() builtin                                  // a copy of the fields alone
	state() *layerState
}

// layerState is what a layer of this package has besides its fields once it is in use.
type layerState struct {
	params []*Param
	input  []int // the shape of one example; nil before the layer is built
	alone  *machine
	batch  int // of the last Forward by itself, 0 for none in training
}

func (s *layerState) state() *layerState { return s }

// Params returns the layer's parameters; nil before it has seen data or become part of a model.
func (s *layerState) Params() []*Param { return slices.Clone(s.params) }

// build makes the parameters for examples of the given shape.
func build(l builtin, input []int, rng *rand.Rand) {
	s := l.state()
	s.params, s.input = l.makeParams(input, rng), slices.Clone(input)
}

// className returns what a layer is called: Keras' name, or the name of a type of your own.
func className(l Layer) string {
	switch l := l.(type) {
	case builtin:
		return l.className()
	case LayerFunc:
		if l.Name != "" {
			return l.Name
		}
	case *LayerFunc:
		if l != nil && l.Name != "" {
			return l.Name
		}
	}
	return typeName(l)
}

// typeName returns the name of a value's type without package and star.
func typeName(v any) string {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" || t.Name()[0] == '_' { // yaegi wraps a cell's types in its own
		return "layer"
	}
	return t.Name()
}

// snake writes a name as Keras numbers its layers: BatchNormalization becomes batch_normalization.
func snake(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func checkShape(op string, shape []int) {
	for _, d := range shape {
		if d < 1 {
			panic(&Error{Op: op, Received: "shape " + dims(shape), Expected: "lengths of at least 1 are expected"})
		}
	}
}

func dims(shape []int) string { return "(" + commas(shape) + ")" }

func commas(shape []int) string {
	s := fmt.Sprint(shape)
	return strings.ReplaceAll(s[1:len(s)-1], " ", ", ")
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
