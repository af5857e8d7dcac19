package data

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// Split returns the first part of the examples and the rest. fraction is the share of the first part, between 0 and 1.
// The order stays: shuffle first where the examples are sorted.
func (d *Dataset) Split(fraction float64) (first, rest *Dataset) {
	d.Check("Split")
	checkFraction("Split", fraction)
	n := int(math.Round(fraction * float64(d.Len())))
	all := upTo(d.Len())
	return d.pick("Split", all[:n]), d.pick("Split", all[n:])
}

// StratifiedSplit returns two shuffled parts in which every class has the same share of its examples: fraction of them
// in the first part, the others in the second. The same seed gives the same parts.
func (d *Dataset) StratifiedSplit(fraction float64, seed int64) (first, rest *Dataset) {
	checkFraction("StratifiedSplit", fraction)
	labels := d.Labels()
	rng := random(seed)
	byClass := map[int][]int{}
	classes := 0
	for _, i := range rng.Perm(len(labels)) {
		byClass[labels[i]] = append(byClass[labels[i]], i)
		classes = max(classes, labels[i]+1)
	}
	var a, b []int
	for c := range classes {
		n := int(math.Round(fraction * float64(len(byClass[c]))))
		a = append(a, byClass[c][:n]...)
		b = append(b, byClass[c][n:]...)
	}
	rng.Shuffle(len(a), func(i, j int) { a[i], a[j] = a[j], a[i] })
	rng.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
	return d.pick("StratifiedSplit", a), d.pick("StratifiedSplit", b)
}

// Shuffle returns the examples in random order. The same seed gives the same order.
func (d *Dataset) Shuffle(seed int64) *Dataset {
	d.Check("Shuffle")
	return d.Select(random(seed).Perm(d.Len())...)
}

// Batches returns the examples in order, in pieces of size examples; the last one may be smaller.
func (d *Dataset) Batches(size int) []*Dataset {
	d.Check("Batches")
	if size < 1 {
		panic(&tensor.Error{Op: "Batches", Received: fmt.Sprintf("size %d", size), Expected: "at least 1 is expected"})
	}
	var out []*Dataset
	all := upTo(d.Len())
	for len(all) > 0 {
		n := min(size, len(all))
		out, all = append(out, d.Select(all[:n]...)), all[n:]
	}
	return out
}

// pick is Select for a part that must not be empty.
func (d *Dataset) pick(op string, indices []int) *Dataset {
	if len(indices) == 0 {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("one part of %d examples would be empty", d.Len()), Expected: "at least one example in each part is expected"})
	}
	return d.Select(indices...)
}

func checkFraction(op string, fraction float64) {
	if !(fraction > 0 && fraction < 1) {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("fraction %g", fraction), Expected: "a number between 0 and 1 is expected"})
	}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// random returns a generator whose numbers depend on the seed only, in every release of Go.
func random(seed int64) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 0x6f70686572)) }
