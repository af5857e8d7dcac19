package nnlib

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/internal/offheap"
)

// architectureName is the entry of the metadata for the layers.
const architectureName = "architecture"

// Save writes the model to a safetensors file: its parameters, and its layers in the metadata, so that Load can make it
// again. The file is written as a whole or not at all. What the optimizer remembers is not in it. A model with layers of
// your own cannot be saved this way: use SaveWeights.
func (m *Sequential) Save(path string) error {
	m.made("Save")
	text, err := m.architecture()
	if err != nil {
		return fmt.Errorf("nnlib: Save: %w", err)
	}
	if err := writeTensors(path, m.Params(), map[string]string{architectureName: text}); err != nil {
		return fmt.Errorf("nnlib: Save: %w", err)
	}
	return nil
}

// SaveWeights writes the model's parameters to a safetensors file, which PyTorch, Keras and others can read, with names
// such as "dense/kernel". The file is written as a whole or not at all.
func (m *Sequential) SaveWeights(path string) error {
	if err := writeTensors(path, m.Params(), nil); err != nil {
		return fmt.Errorf("nnlib: SaveWeights: %w", err)
	}
	return nil
}

// Load makes the model of a file that Save wrote. It has to be compiled before it learns further.
func Load(path string) (*Sequential, error) {
	m, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("nnlib: Load: %s: %w", path, err)
	}
	return m, nil
}

func load(path string) (*Sequential, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return loadFrom(f, info.Size())
}

func loadFrom(f io.ReadSeeker, size int64) (*Sequential, error) {
	_, metadata, _, err := readHeader(f, size)
	if err != nil {
		return nil, err
	}
	text, ok := metadata[architectureName]
	if !ok {
		return nil, fmt.Errorf("the file has weights alone: make the model and use LoadWeights")
	}
	m, err := modelFromJSON(text)
	if err != nil {
		return nil, err
	}
	m.blank = true
	err = m.loadFrom(f, size)
	m.blank = false
	return m, err
}

// LoadWeights gives the model the parameters of a safetensors file, which must have the names and shapes of the model's.
// Where anything is wrong the model stays as it was. The size of the model's input must be known: from an Input or
// Flatten layer, or because it has seen data.
func (m *Sequential) LoadWeights(path string) error {
	m.idle("LoadWeights")
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("nnlib: LoadWeights: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		err = m.loadFrom(f, info.Size())
	}
	if err != nil {
		return fmt.Errorf("nnlib: LoadWeights: %s: %w", path, err)
	}
	return nil
}

// loadFrom checks the header, then the numbers, and only then changes the model, unless it is blank.
func (m *Sequential) loadFrom(f io.ReadSeeker, size int64) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	tensors, metadata, data, err := readHeader(f, size)
	if err != nil {
		return err
	}
	wanted, err := m.paramShapes()
	if err != nil {
		return err
	}
	if err := compareTensors(tensors, wanted); err != nil {
		return err
	}
	sum := sha256.New()
	r := io.TeeReader(f, sum)
	slices.SortFunc(tensors, func(a, b stored) int { return a.Offsets[0] - b.Offsets[0] }) // as the bytes are
	if m.blank {                                                                           // nobody has seen it, so that a mistake may come late
		params := m.byName()
		for _, s := range tensors {
			if err := readNumbers(r, product(s.Shape), params[s.name].write); err != nil {
				return err
			}
		}
		return checkSum(f, sum, metadata)
	}
	values := offheap.New(int(data / 4))
	defer values.Free()
	if err := readNumbers(r, len(values.Numbers), func(first int, numbers []float32) { copy(values.Numbers[first:], numbers) }); err != nil {
		return err
	}
	if err := checkSum(f, sum, metadata); err != nil {
		return err
	}
	params := m.byName()
	for _, s := range tensors {
		params[s.name].write(0, values.Numbers[s.Offsets[0]/4:s.Offsets[1]/4])
	}
	return nil
}

func (m *Sequential) byName() map[string]*Param {
	params := map[string]*Param{}
	for _, p := range m.Params() {
		params[p.Name()] = p
	}
	return params
}

// readNumbers gives n numbers of little-endian bytes to use, a piece at a time.
func readNumbers(r io.Reader, n int, use func(first int, numbers []float32)) error {
	const piece = 1 << 14
	room, numbers := make([]byte, 4*piece), make([]float32, piece)
	for first := 0; first < n; first += piece {
		some := numbers[:min(piece, n-first)]
		if _, err := io.ReadFull(r, room[:4*len(some)]); err != nil {
			return err
		}
		for i := range some {
			some[i] = math.Float32frombits(binary.LittleEndian.Uint32(room[4*i:]))
		}
		use(first, some)
	}
	return nil
}

// A paramShape is a parameter that a model has or will have.
type paramShape struct {
	name  string
	shape []int
}

// paramShapes returns the model's parameters without making them.
func (m *Sequential) paramShapes() ([]paramShape, error) {
	var all []paramShape
	if m.built() {
		for _, p := range slices.Concat(m.params...) {
			all = append(all, paramShape{p.Name(), p.shape})
		}
		return all, nil
	}
	in := m.declared()
	if in == nil {
		return nil, fmt.Errorf("the size of the model's input is not known: begin with nnlib.Input(...)")
	}
	for i, out := range m.through(in) {
		add := func(name string, shape ...int) { all = append(all, paramShape{m.names[i] + "/" + name, shape}) }
		switch l := m.layers[i].(type) {
		case *DenseLayer:
			if add("kernel", in[0], l.Units); !l.NoBias {
				add("bias", l.Units)
			}
		case *BatchNormalizationLayer:
			n := in[len(in)-1]
			if !l.NoScale {
				add("gamma", n)
			}
			if !l.NoCenter {
				add("beta", n)
			}
			add("moving_mean", n)
			add("moving_variance", n)
		default:
			for _, p := range l.Params() {
				add(p.name, p.shape...)
			}
		}
		in = out
	}
	return all, nil
}

// compareTensors reports the first thing in which a file and a model differ.
func compareTensors(tensors []stored, wanted []paramShape) error {
	rest := map[string]stored{}
	for _, s := range tensors {
		rest[s.name] = s
	}
	for _, w := range wanted {
		s, ok := rest[w.name]
		if !ok {
			return fmt.Errorf("the file has no %s, the model expects one of shape %v", w.name, w.shape)
		}
		if !slices.Equal(s.Shape, w.shape) {
			return fmt.Errorf("%s has shape %v in the file, the model expects %v", w.name, s.Shape, w.shape)
		}
		delete(rest, w.name)
	}
	for _, s := range tensors {
		if _, ok := rest[s.name]; ok {
			return fmt.Errorf("the file has %s of shape %v, which the model does not have", s.name, s.Shape)
		}
	}
	return nil
}
