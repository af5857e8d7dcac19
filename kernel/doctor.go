package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install"
)

const doctorHelp = `usage: gopherceptron doctor

Says what gopherceptron finds on this machine and what to do about what is missing
or broken. The exit code is 1 if something that is needed is broken.

`

// doctorCommand examines the machine; see doctorHelp.
func doctorCommand(args []string) int {
	fs := newFlagSet("doctor", doctorHelp, os.Stderr)
	if code := parseFlags(fs, args); code >= 0 {
		return code
	}
	if fs.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "gopherceptron doctor: want no arguments, got %q\n", fs.Args())
		return 2
	}
	ctx, stop := untilSignal()
	defer stop()
	d := doctor{out: os.Stdout}
	d.program()
	d.machine()
	d.python(ctx)
	d.jupyter(ctx)
	d.kernelspecs(ctx)
	d.cache()
	d.plugin(ctx)
	d.speed()
	if len(d.broken) == 0 {
		fmt.Println("\nAll that is needed is there.")
		return 0
	}
	fmt.Println("\nWhat to do:")
	for _, b := range d.broken {
		fmt.Println("  * " + b)
	}
	return 1
}

// A doctor prints findings as it makes them and collects what must be mended.
type doctor struct {
	out    io.Writer
	broken []string
}

// say prints one finding.
func (d *doctor) say(what, format string, args ...any) {
	fmt.Fprintf(d.out, "%-22s%s\n", what, fmt.Sprintf(format, args...))
}

// mend notes what the user has to do.
func (d *doctor) mend(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(d.broken, text) { // several checks may fail for the same reason
		d.broken = append(d.broken, text)
	}
}

func (d *doctor) program() {
	exe, err := os.Executable()
	if err != nil {
		exe = err.Error()
	}
	d.say("gopherceptron", "%s%s, %s", Version, revision(), exe)
	d.say("Go", "%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func (d *doctor) machine() {
	d.say("processor", "%s", cpuName())
	d.say("instruction sets", "%s", cpuFeatures())
	d.say("cores", "%d, %d in use", runtime.NumCPU(), runtime.GOMAXPROCS(0))
}

func (d *doctor) python(ctx context.Context) {
	env, err := pyenv.Find(ctx)
	var missing *pyenv.MissingError
	switch {
	case err == nil:
		d.say("Python", "%s (of the private environment)", env.Version)
		d.say("private environment", "%s, %s", env.Dir(), megabytes(env.Dir()))
	case errors.Is(err, pyenv.ErrNotMade):
		d.say("Python", "%s", env.Version)
		d.say("private environment", "not made yet: \"gopherceptron lab\" makes it")
	case errors.As(err, &missing):
		d.say("Python", "%s", missing.What)
		d.mend("for \"gopherceptron lab\": %s: %s", missing.What, missing.Fix)
	default:
		d.say("Python", "%v", err)
		d.mend("%v", err)
	}
}

func (d *doctor) jupyter(ctx context.Context) {
	path, err := exec.LookPath("jupyter")
	if err != nil {
		d.say("jupyter on PATH", "none: \"gopherceptron lab\" brings its own")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		d.say("jupyter on PATH", "%s, which does not run: %v", path, err)
		return
	}
	version := ""
	for line := range strings.Lines(string(out)) {
		if name, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "jupyterlab" {
			version = ", JupyterLab " + strings.TrimSpace(v)
		}
	}
	d.say("jupyter on PATH", "%s%s", path, version)
}

func (d *doctor) kernelspecs(ctx context.Context) {
	in, err := installer()
	if err != nil {
		d.mend("%v", err)
		return
	}
	var prefixes []string
	if env, err := pyenv.Find(ctx); err == nil {
		prefixes = append(prefixes, env.Dir())
	}
	specs := in.Find(ctx, prefixes...)
	if len(specs) == 0 {
		d.say("kernelspecs", "none: \"gopherceptron install\" makes one for your own Jupyter; lab needs none")
	}
	for _, s := range specs {
		text := s.State.String()
		if s.Problem != "" {
			text += " (" + s.Problem + ")"
		}
		d.say("kernelspec", "%s: %s", text, s.Dir)
		// lab writes that of the private environment anew each time.
		if s.State == install.Broken && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s.Dir, p) }) {
			d.mend("the kernelspec %s is broken: run \"gopherceptron install\" with the flags that made it, or remove the folder", s.Dir)
		}
	}
}

func (d *doctor) cache() {
	dir, err := pyenv.CacheDir()
	if err != nil {
		d.say("cache", "%v", err)
		d.mend("%v", err)
		return
	}
	if err := tryWriting(dir); err != nil {
		d.say("cache", "%s, which cannot be written: %v", dir, err)
		d.mend("make %s writable, or set XDG_CACHE_HOME to a folder that is", dir)
		return
	}
	d.say("cache", "%s, %s", dir, megabytes(dir))
}

// tryWriting makes a file in dir, and dir if need be, and removes the file.
func tryWriting(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// megabytes is the size of all files below dir.
func megabytes(dir string) string {
	var n int64
	filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if st, err := e.Info(); err == nil {
				n += st.Size()
			}
		}
		return nil // what cannot be read counts nothing
	})
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

func (d *doctor) speed() {
	d.say("speed", "%s", sgemmSpeed(time.Second))
}

// sgemmSpeed multiplies square float32 matrices with gonum, which the reference backend uses, for about as long as told.
func sgemmSpeed(d time.Duration) string {
	const n = 512
	matrix := func() blas32.General {
		m := blas32.General{Rows: n, Cols: n, Stride: n, Data: make([]float32, n*n)}
		for i := range m.Data {
			m.Data[i] = float32(i%7) - 3
		}
		return m
	}
	a, b, c := matrix(), matrix(), matrix()
	products := 0
	start := time.Now()
	for time.Since(start) < d {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
		products++
	}
	flops := 2 * float64(n*n*n) * float64(products)
	return fmt.Sprintf("%.1f GFLOP/s in %dx%d float32 matrix products of the reference", flops/time.Since(start).Seconds()/1e9, n, n)
}
