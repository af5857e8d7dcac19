package toolchain

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
	"strings"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/gpu/native"
)

// A set is an instruction set that the kernels are compiled for, with its flags.
type set struct {
	name  string
	flags []string
}

var sets = map[string][]set{
	"amd64": {
		{"sse2", nil},
		{"avx2", []string{"-mavx2", "-mfma"}},
		{"avx512", []string{"-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw", "-mavx2", "-mfma", "-mprefer-vector-width=512"}},
	},
	"arm64": {{"neon", nil}},
}

var (
	flags = []string{"-std=c++17", "-O2", "-fPIC", "-fno-rtti", "-fvisibility=hidden"}
	// No flag that changes what NaN and infinity mean: a loss that is no number must be seen.
	kernelFlags = []string{"-O3", "-fno-exceptions", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast"}
)

// Options say what Build makes.
type Options struct {
	Target   Target
	Out      string    // the plugin's file
	Compiler []string  // a command; found where it is empty
	Extra    []string  // more flags, for compiling and linking, such as -fsanitize=address
	Progress io.Writer // a line at a time; nil for none
}

// Build compiles the plugin. The error says which compiler failed and how, or what to install.
func Build(ctx context.Context, o Options) error {
	if err := o.Target.supported(); err != nil {
		return err
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	candidates := [][]string{o.Compiler}
	if len(o.Compiler) == 0 {
		candidates = compilers(ctx, o.Target)
	}
	if len(candidates) == 0 {
		return fmt.Errorf("toolchain: %w: install g++ or clang++, or \"python3 -m pip install ziglang\", or set CXX", errNoCompiler)
	}
	var failed []error
	for _, c := range candidates {
		start := time.Now()
		fmt.Fprintf(o.Progress, "Compiling the plugin for %v with %s\n", o.Target, strings.Join(c, " "))
		err := build(ctx, c, o)
		if err == nil {
			fmt.Fprintf(o.Progress, "  ready after %.0f s: %s\n", time.Since(start).Seconds(), o.Out)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = append(failed, fmt.Errorf("toolchain: %s: %w", strings.Join(c, " "), err))
	}
	return errors.Join(failed...)
}

// compilers returns the commands to try, in order.
func compilers(ctx context.Context, t Target) [][]string {
	var found [][]string
	if cxx := strings.Fields(os.Getenv("CXX")); len(cxx) > 0 {
		found = append(found, cxx)
	}
	if t == Host {
		for _, name := range []string{"c++", "g++", "clang++"} {
			if path, err := exec.LookPath(name); err == nil {
				found = append(found, []string{path})
			}
		}
	}
	if python, err := exec.LookPath("python3"); err == nil {
		if exec.CommandContext(ctx, python, "-c", "import ziglang").Run() == nil {
			found = append(found, []string{python, "-m", "ziglang", "c++", "-target", zigTarget(t)})
		}
	}
	return found
}

func zigTarget(t Target) string {
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[t.Arch]
	switch t.OS {
	case "darwin":
		return arch + "-macos"
	case "windows":
		return arch + "-windows-gnu"
	}
	// The oldest C library that is still about: the plugin then loads on all later ones.
	return arch + "-linux-gnu.2.17"
}

func build(ctx context.Context, compiler []string, o Options) error {
	if err := os.MkdirAll(filepath.Dir(o.Out), 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(o.Out), ".build-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, native.Files); err != nil {
		return err
	}
	jobs, objects, err := compilations(dir, o)
	if err != nil {
		return err
	}
	if err := all(ctx, dir, compiler, jobs); err != nil {
		return err
	}
	finished := filepath.Join(dir, o.Target.FileName()) // some linkers go by the name's end
	link := append([]string{"-shared", "-o", finished}, objects...)
	link = append(link, o.Extra...)
	var trials [][]string
	switch o.Target.OS {
	case "linux":
		// With the C++ library inside where it can be had: the plugin then needs the C library alone.
		own := []string{"-pthread", "-Wl,--gc-sections"}
		if len(o.Extra) == 0 {
			own = append(own, "-s")
		}
		trials = [][]string{append([]string{"-static-libstdc++", "-static-libgcc", "-Wl,--exclude-libs,ALL"}, own...), own}
	case "windows":
		trials = [][]string{{"-static-libstdc++", "-static-libgcc"}, nil}
	default:
		trials = [][]string{nil}
	}
	for _, trial := range trials {
		if err = all(ctx, dir, compiler, [][]string{append(link[:len(link):len(link)], trial...)}); err == nil {
			return install(finished, o.Out)
		}
	}
	return err
}

// compilations returns the arguments of each compiler run, and the objects that they make.
func compilations(dir string, o Options) (jobs [][]string, objects []string, err error) {
	add := func(source, object string, more ...string) {
		objects = append(objects, object)
		args := append(append([]string(nil), flags...), more...)
		jobs = append(jobs, append(append(args, o.Extra...), "-c", source, "-o", object))
	}
	for _, s := range sets[o.Target.Arch] {
		add("src/cpu/kernels.cpp", "kernels-"+s.name+".o", append(append([]string{"-DNNP_ISA=" + s.name}, kernelFlags...), s.flags...)...)
	}
	err = fs.WalkDir(native.Files, "src", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".cpp") || strings.HasPrefix(name, "src/cpu/") {
			return err
		}
		add(name, strings.ReplaceAll(strings.TrimSuffix(name, ".cpp"), "/", "-")+".o")
		return nil
	})
	return jobs, objects, err
}

// all runs the compiler for each job, as many at once as there are processors.
func all(ctx context.Context, dir string, compiler []string, jobs [][]string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	errs := make([]error, len(jobs))
	for i, job := range jobs {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			cmd := exec.CommandContext(ctx, compiler[0], append(append([]string(nil), compiler[1:]...), job...)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				errs[i] = fmt.Errorf("%w\n%s", err, head(string(out), 20))
				cancel()
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(errs...)
}

// head returns the first lines of a text.
func head(text string, lines int) string {
	all := strings.SplitAfterN(strings.TrimSpace(text), "\n", lines+1)
	if len(all) > lines {
		all[lines] = "...\n"
	}
	return strings.Join(all, "")
}
