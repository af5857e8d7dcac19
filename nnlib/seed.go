package nnlib

import (
	"math/rand/v2"
	"sync"
)

var seeds = struct {
	sync.Mutex
	rng *rand.Rand
}{rng: newRand(1, 0)}

// Seed fixes the random numbers of the models that are made afterwards and have no seed of their own. A program that
// never calls it begins as after Seed(1): the same program gives the same numbers, and two models differ.
func Seed(n int64) {
	seeds.Lock()
	defer seeds.Unlock()
	seeds.rng = newRand(n, 0)
}

// nextSeed returns a seed for one model; it is never zero.
func nextSeed() int64 {
	seeds.Lock()
	defer seeds.Unlock()
	return 1 + seeds.rng.Int64N(1<<53)
}

// newRand returns a generator whose numbers depend on seed and stream only, in every release of Go. Streams keep the
// first weights and the order of the examples apart.
func newRand(seed int64, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), stream))
}
