package nnlib

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// varied returns a model with every layer of the package and most of their fields.
func varied() *Sequential {
	first := Dense(6, LeakyReLUWith(0.1))
	first.KernelInitializer, first.KernelRegularizer, first.Name = HeNormal, L2(0.01), "first"
	second := Dense(5, GELU)
	second.NoBias, second.KernelInitializer = true, RandomUniform(-1, 1)
	third := Dense(3, Softmax)
	third.BiasInitializer = Constant(0.5)
	n := BatchNormalization()
	n.Momentum = 0.9
	drop := Dropout(0.25)
	drop.Seed = 4
	m := NewSequential(Flatten(2, 4), first, n, Activate(Tanh), drop, second, third)
	m.Seed = 5
	return m
}

func trained(t *testing.T) (*Sequential, *Dataset) {
	d := blobs(40, 8, 3, 1)
	d.X = d.X.Reshape(40, 2, 4)
	m := varied()
	m.Compile(Adam(), SparseCategoricalCrossentropy)
	m.Fit(d, FitOptions{Epochs: 2, Quiet: true})
	return m, d
}

func TestSave(t *testing.T) {
	m, d := trained(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m.Predict(d.X), again.Predict(d.X)); diff != "" {
		t.Errorf("predictions of the loaded model differ (-saved +loaded):\n%s", diff)
	}
	a, _ := m.Architecture()
	b, _ := again.Architecture()
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("Architecture of the loaded model differs (-saved +loaded):\n%s", diff)
	}
	if err := again.SaveWeights(path); err != nil {
		t.Fatal(err)
	}
	other := varied()
	other.Seed = 77
	if err := other.LoadWeights(path); err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(m.Predict(d.X), other.Predict(d.X)) {
		t.Error("predictions after LoadWeights differ; want those of the saved model")
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "weights alone") {
		t.Errorf("Load of weights alone = %v; want an error that says so", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("after saving, the folder has %v (%v); want the file alone", left, err)
	}
}

func TestSaveFails(t *testing.T) {
	m, _ := trained(t)
	dir := t.TempDir()
	if err := m.Save(filepath.Join(dir, "none", "model")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Save into a folder that does not exist = %v; want fs.ErrNotExist", err)
	}
	path := filepath.Join(dir, "kept")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	if err := writeAtomically(path, func(w io.Writer) error { w.Write(make([]byte, 1<<20)); return full }); !errors.Is(err, full) {
		t.Errorf("writing to a full disk = %v; want %v", err, full)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "old" {
		t.Errorf("after a failed write the file has %q (%v); want what it had", text, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("after a failed write the folder has %v; want the old file alone", left)
	}
	own := NewSequential(Input(3), Dense(2, ReLU), LayerFunc{ForwardFunc: func(x *Tensor, _ bool) *Tensor { return x }})
	if err := own.Save(path); err == nil || !strings.Contains(err.Error(), "layer layer_func is of a type of your own") {
		t.Errorf("Save of a layer of one's own = %v; want an error that names it", err)
	}
	if err := own.SaveWeights(path); err != nil {
		t.Errorf("SaveWeights with a layer of one's own = %v; want nil", err)
	}
}

func TestLoadFails(t *testing.T) {
	m, d := trained(t)
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	if err := m.SaveWeights(good); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, new string) []byte {
		if !bytes.Contains(whole, []byte(old)) {
			t.Fatalf("the file has no %s", old)
		}
		b := bytes.Replace(whole, []byte(old), []byte(new), 1)
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)+uint64(len(new)-len(old)))
		return b
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-3] ^= 1
	before := m.Predict(d.X)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "no safetensors file: 0 bytes are too short"},
		{"rubbish", []byte("this is no safetensors file"), "no safetensors file, or a broken one"},
		{"cut off", whole[:len(whole)-40], "it is cut off or too long"},
		{"too long", append(bytes.Clone(whole), 0, 0, 0, 0), "it is cut off or too long"},
		{"a bit flipped", flipped, "SHA-256 differs"},
		{"another name", edit(`"first/kernel"`, `"other/kernel"`), "the file has no first/kernel, the model expects one of shape [8 6]"},
		{"another shape", edit(`"shape":[8,6]`, `"shape":[6,8]`), "first/kernel has shape [6 8] in the file, the model expects [8 6]"},
		{"another type", edit(`"dtype":"F32"`, `"dtype":"F16"`), `type "F16", F32 is expected`},
		{"a negative length", edit(`"shape":[8,6]`, `"shape":[-8,-6]`), "does not fit in memory"},
		{"a huge length", edit(`"shape":[8,6]`, `"shape":[80000000000,60000000000]`), "does not fit in memory"},
		{"an overlap", edit(`"data_offsets":[0,192]`, `"data_offsets":[4,196]`), "192 from 0 on are expected"},
		{"a name twice", edit(`"first/bias"`, `"first/kernel"`), "comes twice"},
		{"broken JSON", edit(`{"__metadata__"`, `["__metadata__"`), "a JSON object is expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, "bad")
			if err := os.WriteFile(path, c.file, 0o644); err != nil {
				t.Fatal(err)
			}
			err := m.LoadWeights(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "nnlib: LoadWeights: ") {
				t.Errorf("LoadWeights = %v; want %q in it", err, c.want)
			}
			if !cmp.Equal(m.Predict(d.X), before) {
				t.Error("a failed LoadWeights changes predictions; want the model as it was")
			}
		})
	}
	if err := m.LoadWeights(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("LoadWeights of no file = %v; want fs.ErrNotExist", err)
	}
	fresh := NewSequential(Dense(3, ReLU))
	if err := fresh.LoadWeights(good); err == nil || !strings.Contains(err.Error(), "begin with nnlib.Input") || fresh.built() {
		t.Errorf("LoadWeights of a model of unknown input = %v; want an error that says what to do", err)
	}
}

func TestArchitectureFails(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", "{", "unexpected end"},
		{"another class", `{"class_name":"Functional"}`, `class "Functional", Sequential is expected`},
		{"no layers", `{"class_name":"Sequential"}`, "at least one that computes"},
		{"unknown layer", `{"class_name":"Sequential","config":{"layers":[{"class_name":"Conv2D","config":{}}]}}`, "layer 1: Conv2D: not known"},
		{"unknown activation", `{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":3,"activation":"mish"}}]}}`, `activation "mish" is not known`},
		{"negative units", `{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":-3}}]}}`, "-3 units"},
		{"bad rate", `{"class_name":"Sequential","config":{"layers":[{"class_name":"Dropout","config":{"rate":1.5}}]}}`, "rate 1.5"},
		{"huge", `{"class_name":"Sequential","config":{"layers":[{"class_name":"InputLayer","config":{"batch_shape":[null,4000000000]}},{"class_name":"Dense","config":{"units":4000000000}}]}}`, "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, err := ModelFromArchitecture(c.text); m != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ModelFromArchitecture = %v, %v; want an error with %q", m, err, c.want)
			}
		})
	}
}

// FuzzArchitecture checks that no text makes the reader panic, and that what it reads can be written and read again.
func FuzzArchitecture(f *testing.F) {
	text, err := varied().Architecture()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(`{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":3,"activation":{"class_name":"LeakyReLU","config":{"negative_slope":0.5}}}}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ModelFromArchitecture(text)
		if err != nil {
			return
		}
		again, err := m.Architecture()
		if err != nil {
			t.Fatalf("Architecture of what was read = %v; want nil", err)
		}
		if _, err := ModelFromArchitecture(again); err != nil {
			t.Fatalf("ModelFromArchitecture of what was written = %v; want nil\n%s", err, again)
		}
	})
}

// FuzzLoad checks that no file makes the reader panic or take much memory, and that the model's own file is read.
func FuzzLoad(f *testing.F) {
	path := filepath.Join(f.TempDir(), "model")
	small := func() *Sequential { return NewSequential(Input(2), Dense(2, ReLU), BatchNormalization()) }
	if err := small().Save(path); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:20])
	f.Fuzz(func(t *testing.T, file []byte) {
		if m, err := loadFrom(bytes.NewReader(file), int64(len(file))); err == nil {
			m.Params()
		}
		m := small()
		if err := m.loadFrom(bytes.NewReader(file), int64(len(file))); err != nil && m.built() {
			t.Errorf("loadFrom = %v and the model has weights; want it as it was", err)
		}
	})
}
