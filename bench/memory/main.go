// Memory trains the network of the first lesson on pictures as large as its own, three times in a row, and prints how
// much memory the process had at most.
//
//	go run ./bench/memory [-epochs 1] [-examples 2000] [-times 3] [-steps 0] [-plugin]
//
// The network is Flatten 192x192x3, Dense 500 relu, Dense 50 relu, Dense 5 softmax, with Adam, batch 32: 55,321,805
// parameters. The examples are bytes. The limit is 1.2 GB; the program ends with exit status 1 above it.
// -plugin computes with the compute plugin instead of the reference.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

const limit = 1.2e9

func main() {
	epochs := flag.Int("epochs", 1, "epochs of each training")
	examples := flag.Int("examples", 2000, "pictures")
	times := flag.Int("times", 3, "how often the network is built and trained")
	steps := flag.Int("steps", 0, "batches of each training, 0 for all: the memory is the same")
	plugin := flag.Bool("plugin", false, "compute with the plugin")
	flag.Parse()
	if *plugin {
		gpu.Register(func(message string) {
			fmt.Println(message)
			os.Exit(1)
		})
	}
	for i := range *times {
		start := time.Now()
		history := train(*examples, *epochs, *steps)
		fmt.Printf("%d: %v, %.0f s with its data, peak so far %.0f MB\n", i+1, history, time.Since(start).Seconds(), peak()/1e6)
	}
	if p := peak(); p > limit {
		fmt.Printf("peak %.0f MB, at most %.0f are allowed\n", p/1e6, limit/1e6)
		os.Exit(1)
	}
}

// train is a cell that is run again: everything is made anew.
func train(examples, epochs, steps int) *nnlib.History {
	flowers := data.Flowers(examples, 1).Normalize(127.5, 255)
	model := nnlib.NewSequential(
		nnlib.Flatten(192, 192, 3),
		nnlib.Dense(500, nnlib.ReLU),
		nnlib.Dense(50, nnlib.ReLU),
		nnlib.Dense(5, nnlib.Softmax),
	)
	model.Compile(nnlib.Adam(), nnlib.SparseCategoricalCrossentropy, nnlib.Accuracy)
	few := nnlib.CallbackFunc(func(t *nnlib.Training) {
		if t.Event == nnlib.BatchEnd && t.Batch == steps {
			t.Stop()
		}
	})
	return model.Fit(flowers, nnlib.FitOptions{Epochs: epochs, BatchSize: 32, Seed: 1, Callbacks: []nnlib.Callback{few}})
}

// peak returns the most bytes of memory that the process had, by Linux's count; 0 elsewhere.
func peak() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb * 1024
		}
	}
	return 0
}
