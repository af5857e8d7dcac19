package notebooks

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

var wholeMemory = flag.Bool("notebooks.memory", false, "train on 2,000 flowers where the memory of a cell is measured")

// trainCell builds and trains the network of notebook 06 in full size on so many flowers for ten steps, and prints the most
// memory that the kernel had so far. It is run again and again, as a student does.
const trainCell = `flowers := nnlib.Flowers(%d, 1).Normalize(127.5, 255).OneHot()
model := nnlib.NewSequential(
	nnlib.Flatten(192, 192, 3),
	nnlib.Dense(500, nnlib.ReLU),
	nnlib.Dense(50, nnlib.ReLU),
	nnlib.Dense(5, nnlib.Softmax),
)
model.Compile(nnlib.Adam(), nnlib.CategoricalCrossentropy, nnlib.Accuracy)
few := nnlib.CallbackFunc(func(t *nnlib.Training) {
	if t.Event == nnlib.BatchEnd && t.Batch == %d {
		t.Stop()
	}
})
model.Fit(flowers, nnlib.FitOptions{BatchSize: 32, Callbacks: []nnlib.Callback{few}, Quiet: true})
status, _ := os.ReadFile("/proc/self/status")
fmt.Println(regexp.MustCompile("VmHWM.*kB").FindString(string(status)))`

// TestMemory runs the same cell three times in one kernel: what the first two made must be given back. By default there
// are few flowers; the network, its gradients and what Adam remembers are the greatest part either way.
func TestMemory(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("-short, or not Linux, which counts the memory")
	}
	n, steps := 200, 2
	if *wholeMemory {
		n, steps = 2000, 10
	}
	most := 1.2e9 - float64(2000-n)*192*192*3
	cell := map[string]any{"cell_type": "code", "metadata": map[string]any{}, "outputs": []any{}, "execution_count": nil, "source": fmt.Sprintf(trainCell, n, steps)}
	var cells []any
	for i := range 3 {
		again := map[string]any{"id": fmt.Sprintf("again-%d", i)}
		for k, v := range cell {
			again[k] = v
		}
		cells = append(cells, again)
	}
	data, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 5})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "memory.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	bin := gopherceptron(t)
	for _, c := range []struct{ name, plugin string }{{"reference", "off"}, {"as it is here", os.Getenv("GOPHERCEPTRON_PLUGIN")}} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(bin, "run", path)
			cmd.Env = append(os.Environ(), "GOPHERCEPTRON_PLUGIN="+c.plugin)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("run: %v\n%s", err, out)
			}
			peaks := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindAllSubmatch(out, -1)
			if len(peaks) != 3 {
				t.Fatalf("%d of 3 peaks are printed:\n%s", len(peaks), out)
			}
			for i, m := range peaks {
				kB, _ := strconv.ParseFloat(string(m[1]), 64)
				t.Logf("after run %d of the cell: peak %.0f MB", i+1, kB*1024/1e6)
				if kB*1024 > most {
					t.Errorf("peak after run %d of the cell = %.0f MB; want %.0f at most", i+1, kB*1024/1e6, most/1e6)
				}
			}
		})
	}
}
