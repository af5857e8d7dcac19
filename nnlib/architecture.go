package nnlib

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
)

// The layers of a model as JSON, in the form of Keras 3's to_json, as far as both know them: Keras reads what we write
// with keras.models.model_from_json, and we read what it writes. What we do not know is ignored in a layer's config, and
// refused as a layer.

// object is how Keras writes anything that it can make again.
type object struct {
	Module     string `json:"module,omitempty"`
	Class      string `json:"class_name"`
	Config     any    `json:"config"`
	Registered any    `json:"registered_name"`
}

// layerConfig is what we know of layers' configs.
type layerConfig struct {
	Name       string `json:"name,omitempty"`
	BatchShape []*int `json:"batch_shape,omitempty"`

	Units             int             `json:"units,omitempty"`
	Activation        json.RawMessage `json:"activation,omitempty"`
	UseBias           *bool           `json:"use_bias,omitempty"`
	KernelInitializer json.RawMessage `json:"kernel_initializer,omitempty"`
	BiasInitializer   json.RawMessage `json:"bias_initializer,omitempty"`
	KernelRegularizer json.RawMessage `json:"kernel_regularizer,omitempty"`
	BiasRegularizer   json.RawMessage `json:"bias_regularizer,omitempty"`

	Rate *float64 `json:"rate,omitempty"`
	Seed *int64   `json:"seed,omitempty"`

	Axis     any      `json:"axis,omitempty"`
	Momentum *float64 `json:"momentum,omitempty"`
	Epsilon  *float64 `json:"epsilon,omitempty"`
	Center   *bool    `json:"center,omitempty"`
	Scale    *bool    `json:"scale,omitempty"`
}

// Architecture returns the model's layers as JSON, in Keras' form. A layer of your own cannot be written.
func (m *Sequential) Architecture() (string, error) {
	m.made("Architecture")
	text, err := m.architecture()
	if err != nil {
		return "", fmt.Errorf("nnlib: Architecture: %w", err)
	}
	return text, nil
}

func (m *Sequential) architecture() (string, error) {
	var layers []any
	shape := m.input
	if shape == nil {
		shape = m.declared()
	}
	if _, ok := m.layers[0].(*InputLayer); !ok && shape != nil {
		layers = append(layers, object{"keras.layers", "InputLayer", layerConfig{Name: "input_layer", BatchShape: batchShape(shape)}, nil})
	}
	for i, l := range m.layers {
		c := layerConfig{Name: m.names[i]}
		switch l := l.(type) {
		case *InputLayer:
			c.BatchShape = batchShape(l.Shape)
		case *DenseLayer:
			use := !l.NoBias
			c.Units, c.UseBias, c.Activation = l.Units, &use, writeActivation(l.Activation)
			c.KernelInitializer, c.BiasInitializer = writeInitializer(l.KernelInitializer.or(GlorotUniform)), writeInitializer(l.BiasInitializer.or(Zeros))
			c.KernelRegularizer, c.BiasRegularizer = writeRegularizer(l.KernelRegularizer), writeRegularizer(l.BiasRegularizer)
		case *ActivationLayer:
			c.Activation = writeActivation(l.Activation)
		case *FlattenLayer:
		case *DropoutLayer:
			rate := l.Rate
			if c.Rate = &rate; l.Seed != 0 {
				seed := l.Seed
				c.Seed = &seed
			}
		case *BatchNormalizationLayer:
			momentum, epsilon, center, scale := l.Momentum, l.Epsilon, !l.NoCenter, !l.NoScale
			c.Axis, c.Momentum, c.Epsilon, c.Center, c.Scale = -1, &momentum, &epsilon, &center, &scale
		default:
			return "", fmt.Errorf("layer %s is of a type of your own, which a file cannot hold: save the weights alone", m.names[i])
		}
		layers = append(layers, object{"keras.layers", className(l), c, nil})
	}
	text, err := json.Marshal(object{"keras", "Sequential", map[string]any{"name": "sequential", "layers": layers}, nil})
	return string(text), err
}

func batchShape(shape []int) []*int {
	out := []*int{nil}
	for _, d := range shape {
		out = append(out, &d)
	}
	return out
}

func raw(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("nnlib: %w", err)) // numbers of checked fields
	}
	return text
}

func writeActivation(a Activation) json.RawMessage {
	if a.name == LeakyReLU.name && a.slope != LeakyReLU.slope {
		return raw(object{"keras.layers", "LeakyReLU", map[string]any{"negative_slope": a.slope}, nil})
	}
	for name, known := range activations {
		if known.name == a.name {
			return raw(name)
		}
	}
	return raw("linear")
}

func writeInitializer(i Initializer) json.RawMessage {
	config := map[string]any{}
	switch i.name {
	case "RandomNormal":
		config["mean"], config["stddev"] = 0.0, i.a
	case "RandomUniform":
		config["minval"], config["maxval"] = i.a, i.b
	case "Constant":
		config["value"] = i.a
	}
	return raw(object{"keras.initializers", i.name, config, nil})
}

func writeRegularizer(r Regularizer) json.RawMessage {
	if r.none() {
		return nil
	}
	return raw(object{"keras.regularizers", "L1L2", map[string]any{"l1": r.L1, "l2": r.L2}, nil})
}

// ModelFromArchitecture makes a model of layers as Architecture or Keras' to_json wrote them.
func ModelFromArchitecture(text string) (*Sequential, error) {
	m, err := modelFromJSON(text)
	if err != nil {
		return nil, fmt.Errorf("nnlib: ModelFromArchitecture: %w", err)
	}
	return m, nil
}

// modelFromJSON turns the mistakes that constructors panic with into errors: here they are the file's.
func modelFromJSON(text string) (m *Sequential, err error) {
	defer func() {
		if e := recover(); e != nil {
			mistake, ok := e.(*Error)
			if !ok {
				panic(e)
			}
			m, err = nil, mistake
		}
	}()
	var model struct {
		Class  string `json:"class_name"`
		Config struct {
			Layers []struct {
				Class  string      `json:"class_name"`
				Config layerConfig `json:"config"`
			} `json:"layers"`
		} `json:"config"`
	}
	if err := json.Unmarshal([]byte(text), &model); err != nil {
		return nil, fmt.Errorf("architecture: %w", err)
	}
	if model.Class != "Sequential" {
		return nil, fmt.Errorf("architecture: class %q, Sequential is expected", model.Class)
	}
	var layers []Layer
	for i, l := range model.Config.Layers {
		layer, err := readLayer(l.Class, l.Config)
		if err != nil {
			return nil, fmt.Errorf("architecture: layer %d: %s: %w", i+1, l.Class, err)
		}
		layers = append(layers, layer)
	}
	m = NewSequential(layers...)
	if shape := m.declared(); shape != nil {
		if err := reasonable(m.through(shape), shape); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// reasonable refuses layers whose parameters could not be counted.
func reasonable(shapes [][]int, in []int) error {
	for _, out := range shapes {
		a, b := 1.0, 1.0
		for _, d := range in {
			a *= float64(d)
		}
		for _, d := range out {
			b *= float64(d)
		}
		if a*b > math.MaxInt32*16 {
			return fmt.Errorf("architecture: a layer from %v to %v is too large", in, out)
		}
		in = out
	}
	return nil
}

func readLayer(class string, c layerConfig) (Layer, error) {
	or := func(p *float64, without float64) float64 {
		if p == nil {
			return without
		}
		return *p
	}
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	var layer Layer
	switch class {
	case "InputLayer":
		var shape []int
		for i, d := range c.BatchShape {
			if d == nil && i > 0 || d != nil && i == 0 {
				note(errors.New("batch_shape with unknown lengths, or a fixed batch"))
			} else if d != nil {
				shape = append(shape, *d)
			}
		}
		l := Input(shape...)
		l.Name = c.Name
		layer = l
	case "Dense":
		a, err := readActivation(c.Activation)
		note(err)
		l := Dense(c.Units, a)
		l.Name, l.NoBias = c.Name, c.UseBias != nil && !*c.UseBias
		l.KernelInitializer, err = readInitializer(c.KernelInitializer)
		note(err)
		l.BiasInitializer, err = readInitializer(c.BiasInitializer)
		note(err)
		l.KernelRegularizer, err = readRegularizer(c.KernelRegularizer)
		note(err)
		l.BiasRegularizer, err = readRegularizer(c.BiasRegularizer)
		note(err)
		layer = l
	case "Activation":
		a, err := readActivation(c.Activation)
		note(err)
		l := Activate(a)
		l.Name = c.Name
		layer = l
	case "Flatten":
		l := Flatten()
		l.Name = c.Name
		layer = l
	case "Dropout":
		l := Dropout(or(c.Rate, 0))
		l.Name = c.Name
		if c.Seed != nil {
			l.Seed = *c.Seed
		}
		layer = l
	case "BatchNormalization":
		l := BatchNormalization()
		l.Name, l.Momentum, l.Epsilon = c.Name, or(c.Momentum, l.Momentum), or(c.Epsilon, l.Epsilon)
		l.NoCenter, l.NoScale = c.Center != nil && !*c.Center, c.Scale != nil && !*c.Scale
		layer = l
	default:
		return nil, errors.New("not known: InputLayer, Dense, Activation, Flatten, Dropout and BatchNormalization are")
	}
	return layer, errors.Join(errs...)
}

// named or an object with a config, as Keras writes activations, initializers and regularizers.
func readObject(text json.RawMessage) (class string, config map[string]any, err error) {
	if len(text) == 0 || string(text) == "null" {
		return "", nil, nil
	}
	if json.Unmarshal(text, &class) == nil {
		return class, nil, nil
	}
	var o struct {
		Class  string          `json:"class_name"`
		Config json.RawMessage `json:"config"`
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return "", nil, err
	}
	json.Unmarshal(o.Config, &config) // a name in place of a config is none
	return o.Class, config, nil
}

func readActivation(text json.RawMessage) (Activation, error) {
	class, config, err := readObject(text)
	switch {
	case err != nil || class == "":
		return Linear, err
	case class == "LeakyReLU" || class == "leaky_relu" && config != nil:
		if slope, ok := config["negative_slope"].(float64); ok {
			return LeakyReLUWith(slope), nil
		}
		return LeakyReLU, nil
	}
	return ActivationByName(class)
}

func readInitializer(text json.RawMessage) (Initializer, error) {
	class, config, err := readObject(text)
	if err != nil || class == "" {
		return Initializer{}, err
	}
	number := func(name string, without float64) float64 {
		if v, ok := config[name].(float64); ok {
			return v
		}
		return without
	}
	switch class {
	case "RandomNormal":
		return RandomNormal(number("stddev", 0.05)), nil
	case "RandomUniform":
		return RandomUniform(number("minval", -0.05), number("maxval", 0.05)), nil
	case "Constant":
		return Constant(number("value", 0)), nil
	}
	if strings.ToLower(class) == class {
		return InitializerByName(class)
	}
	return InitializerByName(snake(class))
}

func readRegularizer(text json.RawMessage) (Regularizer, error) {
	class, config, err := readObject(text)
	if err != nil || class == "" {
		return Regularizer{}, err
	}
	number := func(name string) float64 {
		v, _ := config[name].(float64)
		return v
	}
	switch class {
	case "L1", "L2", "L1L2", "l1", "l2", "l1_l2":
		return Regularizer{L1: number("l1"), L2: number("l2")}, nil
	}
	return Regularizer{}, fmt.Errorf("regularizer %q is not known: L1, L2 and L1L2 are", class)
}
