package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

//go:embed workers
var workers embed.FS

// environments are what each framework's private environment has.
var environments = map[string][]string{
	"torch":  {"torch==2.15.0", "numpy", "setuptools"},
	"jax":    {"jax"},
	"keras":  {"keras==3.15.1", "jax", "tensorflow-cpu"},
	"onednn": {"onednn-cpu-gomp", "onednn-devel-cpu-gomp"},
}

// workplace returns the folder of the environments in the user's cache, with the workers of this program in it.
func workplace() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gopherceptron", "bench")
	return dir, fs.WalkDir(workers, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(dir, name), 0o755)
		}
		text, err := fs.ReadFile(workers, name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), text, 0o644)
	})
}

// prepareEnv makes a framework's environment once: some 5 GB for PyTorch, half a gigabyte for the others.
func prepareEnv(ctx context.Context, dir, name string) error {
	env := filepath.Join(dir, name)
	marker := filepath.Join(env, "made")
	if _, err := os.Stat(marker); err == nil {
		return nil
	}
	fmt.Fprintf(os.Stderr, "making the environment of %s in %s\n", name, env)
	run := func(name string, args ...string) error {
		cmd := exec.CommandContext(ctx, name, args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %q: %w\n%s", name, args, err, last(string(out)))
		}
		return nil
	}
	if err := run("python3", "-m", "venv", env); err != nil {
		return err
	}
	if err := run(filepath.Join(env, "bin", "pip"), append([]string{"install", "-q"}, environments[name]...)...); err != nil {
		return err
	}
	if name == "onednn" {
		// The library of the package finds what it needs beside itself.
		lib := filepath.Join(env, "lib")
		if err := run("g++", "-O2", "-fopenmp", "-I", filepath.Join(env, "include"), filepath.Join(dir, "workers", "onednn.cpp"), "-o", filepath.Join(env, "worker"), "-L", lib, "-ldnnl", "-Wl,-rpath,"+lib, "-Wl,--allow-shlib-undefined"); err != nil {
			return err
		}
	}
	return os.WriteFile(marker, []byte(runtime.Version()+"\n"), 0o644)
}
