package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A contender is something that runs a workload, in a process of its own.
type contender struct {
	name    string
	env     string // of the frameworks' environments; "" for this program
	script  string // in workers/
	variant string
	keras   string // the backend of Keras
	huge    bool   // with the C library told to keep its memory, on pages of 2 MiB
}

var (
	own      = contender{name: "plugin", variant: "copied"}
	resident = contender{name: "plugin, batch resident", variant: "resident"}
	torch    = contender{name: "PyTorch eager, default Adam", env: "torch", script: "torch_steps.py", variant: "eager"}
	fused    = contender{name: "PyTorch eager, fused Adam", env: "torch", script: "torch_steps.py", variant: "fused"}
	compiled = contender{name: "torch.compile, fused Adam", env: "torch", script: "torch_steps.py", variant: "compile"}
	kerasJAX = contender{name: "Keras 3 fit (JAX)", env: "keras", script: "keras_steps.py", variant: "fit", keras: "jax"}
	kerasTF  = contender{name: "Keras 3 fit (TensorFlow)", env: "keras", script: "keras_steps.py", variant: "fit", keras: "tensorflow"}
	jax      = contender{name: "JAX jit", env: "jax", script: "jax_steps.py", variant: "jit"}
	openblas = contender{name: "OpenBLAS (numpy)", env: "jax", script: "numpy_steps.py", variant: "openblas"}
	onednn   = contender{name: "oneDNN", env: "onednn", variant: "best"}
)

func (c contender) tuned() contender {
	c.name, c.huge = c.name+", huge pages", true
	return c
}

// A race is a workload with those who run it.
type race struct {
	workload       string
	batch, threads int
	steps          int // in a round
	contenders     []contender
}

func races(threads int) []race {
	all := []contender{own, resident, kerasTF, kerasJAX, jax, fused, compiled, torch}
	races := []race{
		{"H", 32, threads, 5, append(all[:len(all):len(all)], kerasTF.tuned(), kerasJAX.tuned(), jax.tuned(), fused.tuned(), compiled.tuned())},
		{"H", 128, threads, 3, all},
		{"M", 32, threads, 300, all},
		{"I", 1, threads, 10, []contender{own, jax, kerasTF, kerasJAX, compiled, torch}},
	}
	counts := []int{threads}
	if threads > 1 {
		counts = append(counts, 1)
	}
	for _, n := range counts {
		for _, batch := range []int{32, 128} {
			for _, product := range []string{"forward", "gradient"} {
				races = append(races, race{product, batch, n, max(5, 320/batch), []contender{own, onednn, openblas}})
			}
		}
	}
	return races
}

// A process is a contender that runs.
type process struct {
	contender
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	times []float64 // medians of rounds
	best  float64
	roofs []roof // by round, of the plugin's turns
	moved []bool // by round: the machine was another one after the turn
	rss   [2]int
}

// start starts a contender and waits until it is ready.
func start(ctx context.Context, c contender, r race, dir string) (*process, error) {
	args := []string{c.variant, r.workload, strconv.Itoa(r.batch), strconv.Itoa(r.threads)}
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"-serve"}, args...)...)
	if c.script != "" {
		cmd = exec.CommandContext(ctx, filepath.Join(dir, c.env, "bin", "python"), append([]string{filepath.Join(dir, "workers", c.script)}, args...)...)
	} else if c.env != "" {
		cmd = exec.CommandContext(ctx, filepath.Join(dir, c.env, "worker"), args...)
	}
	for _, v := range os.Environ() {
		// Settings for an older OpenBLAS that some environments carry would halve it.
		if !strings.HasPrefix(v, "OPENBLAS_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	n := strconv.Itoa(r.threads)
	cmd.Env = append(cmd.Env, "OMP_NUM_THREADS="+n, "OPENBLAS_NUM_THREADS="+n, "GOMAXPROCS="+n, "KERAS_BACKEND="+c.keras, "TF_CPP_MIN_LOG_LEVEL=2", "TORCHINDUCTOR_CACHE_DIR="+filepath.Join(dir, "inductor"))
	if r.threads == 1 && c.env != "" {
		cmd.Env = append(cmd.Env, "XLA_FLAGS=--xla_cpu_multi_thread_eigen=false")
	}
	if c.huge {
		cmd.Env = append(cmd.Env, "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184:glibc.malloc.arena_max=1", "THP_MEM_ALLOC_ENABLE=1")
	}
	log := &strings.Builder{}
	cmd.Stderr = log
	p := &process{contender: c, cmd: cmd}
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if line, err := p.out.ReadString('\n'); strings.TrimSpace(line) != "ready" {
		cmd.Wait()
		return nil, fmt.Errorf("%q instead of ready (%v): %s", line, err, last(log.String()))
	}
	return p, nil
}

func last(s string) string { return s[max(0, len(s)-600):] }

// ask sends a line and decodes the answer.
func (p *process) ask(line string, answer any) error {
	if _, err := fmt.Fprintln(p.in, line); err != nil {
		return err
	}
	text, err := p.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(text, answer)
}

func (p *process) stop() {
	p.in.Close()
	p.cmd.Wait()
}
