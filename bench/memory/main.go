// Command memory runs notebook 06 at its full size in the kernel, with the plugin, and prints what each cell took: seconds,
// the most memory that the kernel had resident meanwhile, and what it had afterwards. The cells that make and train the
// network are run three times in all.
//
//	go run ./bench/memory [-epochs 0] [-times 3] [-kernel BINARY] [-o executed.ipynb]
//
// The network is Flatten 192x192x3, Dense 500 relu, Dense 50 relu, Dense 5 softmax, with Adam, batch 32: 55,321,805
// parameters, 664 MB with Adam's two moments. It learns 2,000 pictures and is tested with 500. It must take less than 900
// MB while it is trained for the first time and 1.2 GB whenever it is; the exit status is 1 where that fails. It needs
// Linux, which counts.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gopherceptron/gopherceptron/bench/internal/command"
	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
)

const (
	mostOnce  = 900e6  // bytes while the network is trained for the first time
	mostAgain = 1200e6 // bytes in any cell
)

type options struct {
	epochs, times                int
	binary, notebook, plugin, to string
}

func main() {
	var o options
	flag.IntVar(&o.epochs, "epochs", 0, "epochs of each training, 0 for the notebook's own: the memory is the same")
	flag.IntVar(&o.times, "times", 3, "how often the network is made and trained")
	flag.StringVar(&o.binary, "kernel", "", "the `binary` to measure; built from this checkout if not given")
	flag.StringVar(&o.notebook, "notebook", filepath.Join("notebooks", "06_train_dense.ipynb"), "the notebook's `file`")
	flag.StringVar(&o.plugin, "plugin", "", "the plugin's `file`, or off; that of these sources if not given")
	flag.StringVar(&o.to, "o", "", "where the executed notebook goes, a `file`; nowhere if not given")
	flag.Parse()
	command.Main("bench/memory", func(ctx context.Context) error { return run(ctx, o) })
}

func run(ctx context.Context, o options) error {
	tmp, err := os.MkdirTemp("", "gopherceptron-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if o.binary, err = command.Kernel(ctx, tmp, o.binary); err != nil {
		return err
	}
	if o.plugin == "" {
		if o.plugin, err = toolchain.Ensure(ctx, os.Stderr); err != nil {
			return err
		}
	}
	in, out := filepath.Join(tmp, "in.ipynb"), filepath.Join(tmp, "out.ipynb")
	if o.to != "" {
		out = o.to
	}
	if err := probed(o, in); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, o.binary, "run", "--quiet", "--param", "quick=false", "-o", out, in)
	cmd.Env = append(os.Environ(), "GOPHERCEPTRON_PLUGIN="+o.plugin)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("gopherceptron run: %w", err)
	}
	measured, err := read(out)
	if err != nil {
		return err
	}
	return report(measured, o.times)
}

// A cell of a notebook: what is looked at here, the rest is kept as it is.
type cell map[string]any

func code(id, source string) cell {
	return cell{"cell_type": "code", "id": id, "metadata": map[string]any{}, "outputs": []any{}, "execution_count": nil, "source": source}
}

func (c cell) source() string {
	switch s := c["source"].(type) {
	case string:
		return s
	case []any:
		var b strings.Builder
		for _, line := range s {
			fmt.Fprint(&b, line)
		}
		return b.String()
	}
	return ""
}

type book struct {
	Cells    []cell         `json:"cells"`
	Metadata map[string]any `json:"metadata"`
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
}

// probe is the cell after each: the most and the present memory since the last one, which is where the system begins to
// count anew.
const probe = `for status := range strings.Lines(string(probeFile("/proc/self/status"))) {
	if strings.HasPrefix(status, "VmHWM:") || strings.HasPrefix(status, "VmRSS:") {
		fmt.Print(status)
	}
}
fmt.Printf("Seconds: %f\n", time.Since(probeTime).Seconds())
os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
probeTime = time.Now()`

const prelude = `import "fmt"
import "os"
import "strings"
import "time"

func probeFile(name string) []byte {
	text, _ := os.ReadFile(name)
	return text
}

var probeTime = time.Now()`

// training is the cells that are run again.
var training = []string{"model", "compile", "fit"}

// probed writes the notebook with a probe after each cell, and with the cells of the training o.times times.
func probed(o options, to string) error {
	text, err := os.ReadFile(o.notebook)
	if err != nil {
		return err
	}
	var b book
	if err := json.Unmarshal(text, &b); err != nil {
		return fmt.Errorf("%s: %w", o.notebook, err)
	}
	epochs := regexp.MustCompile(`(Epochs: )\d+`)
	cells := []cell{code("prelude", prelude)}
	var again []cell
	for _, c := range b.Cells {
		if c["cell_type"] != "code" {
			continue
		}
		id := fmt.Sprint(c["id"])
		if o.epochs > 0 {
			c["source"] = epochs.ReplaceAllString(c.source(), "${1}"+strconv.Itoa(o.epochs))
		}
		cells = append(cells, c, code("probe-"+id, probe))
		if slices.Contains(training, id) {
			again = append(again, c)
		}
		if id != training[len(training)-1] {
			continue
		}
		for i := 2; i <= o.times; i++ {
			for _, c := range again {
				id := fmt.Sprintf("%s-%d", c["id"], i)
				cells = append(cells, code(id, c.source()), code("probe-"+id, probe))
			}
		}
	}
	if len(again) != len(training) {
		return fmt.Errorf("%s has %d of the cells %q", o.notebook, len(again), training)
	}
	b.Cells = cells
	if text, err = json.Marshal(b); err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// A measurement is what a probe said of the cell before it.
type measurement struct {
	cell          string
	seconds       float64
	most, present float64 // bytes
}

func read(path string) ([]measurement, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var b struct {
		Cells []struct {
			ID      string
			Outputs []struct{ Text json.RawMessage }
		}
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var all []measurement
	for _, c := range b.Cells {
		id, ok := strings.CutPrefix(c.ID, "probe-")
		if !ok {
			continue
		}
		m := measurement{cell: id}
		for _, out := range c.Outputs {
			var lines []string
			if json.Unmarshal(out.Text, &lines) != nil {
				lines = append(lines, string(out.Text))
			}
			for _, line := range lines {
				fields := strings.Fields(line)
				if len(fields) < 2 {
					continue
				}
				v, _ := strconv.ParseFloat(fields[1], 64)
				switch fields[0] {
				case "VmHWM:":
					m.most = v * 1024
				case "VmRSS:":
					m.present = v * 1024
				case "Seconds:":
					m.seconds = v
				}
			}
		}
		if m.most == 0 {
			return nil, fmt.Errorf("cell %s: no memory was counted: this needs Linux", id)
		}
		all = append(all, m)
	}
	return all, nil
}

// report prints a line for each cell, and returns an error where one took too much.
func report(all []measurement, times int) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%-12s %8s %10s %10s\n", "cell", "seconds", "peak, MB", "after, MB")
	var problems []string
	seconds, most := 0.0, 0.0
	for _, m := range all {
		fmt.Fprintf(&b, "%-12s %8.2f %10.0f %10.0f\n", m.cell, m.seconds, m.most/1e6, m.present/1e6)
		seconds, most = seconds+m.seconds, max(most, m.most)
		if m.cell == "fit" && m.most >= mostOnce {
			problems = append(problems, fmt.Sprintf("%.0f MB while the network is trained, less than %.0f is expected", m.most/1e6, mostOnce/1e6))
		}
		if m.most >= mostAgain {
			problems = append(problems, fmt.Sprintf("%.0f MB in cell %s, less than %.0f is expected", m.most/1e6, m.cell, mostAgain/1e6))
		}
	}
	fmt.Fprintf(&b, "all, with the training %d times: %.0f s, peak %.0f MB\n", times, seconds, most/1e6)
	os.Stdout.Write(b.Bytes())
	if len(problems) > 0 {
		return fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return nil
}
