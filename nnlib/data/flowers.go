package data

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// FlowerSide is the height and the width of the pictures of Flowers, in pixels.
const FlowerSide = 192

// flowerNames are the classes of Flowers, those of the flower_photos set; the place is the label.
var flowerNames = []string{"daisy", "dandelion", "roses", "sunflowers", "tulips"}

// Flowers returns n drawn flowers of five kinds, equally many of each, in random order: pictures of 192x192x3 with
// numbers from 0 to 255, and their labels. They are drawn by a program: the same seed gives the same pictures (on
// another kind of processor a byte may differ by one). Kinds differ in shape only. Colours, place, size and turn are drawn for each flower, and half of them
// are light on a dark ground and half dark on a light one, so that no pixel by itself says anything about the kind: a
// softmax regression on the pixels stays far behind a network with hidden layers. Networks learn them best when the
// numbers go to both sides of zero: Normalize(127.5, 255). The pictures take 110,592 bytes each, on the disk
// where they are many.
func Flowers(n int, seed int64) *Dataset {
	if n < 1 {
		panic(&tensor.Error{Op: "Flowers", Received: fmt.Sprintf("%d pictures", n), Expected: "at least 1 is expected"})
	}
	kinds := len(flowerNames)
	labels := tensor.New(n)
	for i := range labels.Data {
		labels.Data[i] = float32(i % kinds)
	}
	random(seed).Shuffle(n, func(i, j int) { labels.Data[i], labels.Data[j] = labels.Data[j], labels.Data[i] })
	s := flowers.get(flowerKey{n, seed}, func() *store { return drawFlowers(labels, seed) })
	return &Dataset{Pictures: newPictures(s, n, FlowerSide, FlowerSide, 3), Y: labels, Classes: append([]string(nil), flowerNames...)}
}

// drawFlowers draws a picture for each label on all cores.
func drawFlowers(labels *tensor.Tensor, seed int64) *store {
	n := labels.Len() * flowerSize
	s := newStore(n)
	if err := drawInto(s, labels, seed); err != nil { // a disk that fails
		s = newMemoryStore(n)
		drawInto(s, labels, seed) // which cannot fail
	}
	return s
}

const flowerSize = FlowerSide * FlowerSide * 3

// drawInto draws each picture with random numbers of its own.
func drawInto(s *store, labels *tensor.Tensor, seed int64) error {
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			pixels := make([]byte, flowerSize)
			for i := w; i < labels.Len() && errs[w] == nil; i += workers {
				newFlower(int(labels.Data[i]), seed, i).draw(pixels)
				errs[w] = s.write(pixels, i*flowerSize)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

type flowerKey struct {
	n    int
	seed int64
}

// flowerStores remembers drawn pictures as long as a data set has them, so that a cell that is run again neither waits
// nor takes the memory twice.
type flowerStores struct {
	sync.Mutex
	drawn map[flowerKey]weak.Pointer[store]
}

var flowers = flowerStores{drawn: map[flowerKey]weak.Pointer[store]{}}

func (f *flowerStores) get(key flowerKey, draw func() *store) *store {
	f.Lock()
	defer f.Unlock()
	if s := f.drawn[key].Value(); s != nil {
		return s
	}
	s := draw()
	for k, w := range f.drawn { // those that are gone
		if w.Value() == nil {
			delete(f.drawn, k)
		}
	}
	f.drawn[key] = weak.Make(s)
	return s
}
