package gpu_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// library compiles C to a shared library.
func library(t *testing.T, source string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("needs a C compiler: ", err)
	} else if err != nil {
		t.Skip("needs a C compiler: ", err)
	}
	dir := t.TempDir()
	c, so := filepath.Join(dir, "p.c"), filepath.Join(dir, "p.so")
	include, err := filepath.Abs("native/include")
	if err == nil {
		err = os.WriteFile(c, []byte(source), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-std=c11", "-shared", "-fPIC", "-I", include, "-o", so, c).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	return so
}

// TestOpenRefuses checks that what is no plugin of this version gives an error that says why, and no fault.
func TestOpenRefuses(t *testing.T) {
	good, err := os.ReadFile(open(t).Path)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := append([]byte(nil), good...)
	foreign[18] = 8 // e_machine: MIPS
	const header = "#include <nnp.h>\n"
	for _, c := range []struct {
		name, path, want string
	}{
		{"no file", filepath.Join(t.TempDir(), "no.so"), "no such file"},
		{"a folder", t.TempDir(), "no file"},
		{"an empty file", file("p.so", nil), "cut off"},
		{"a text file", file("p.so", []byte("This is not a library.\n")), "no shared library"},
		{"half a plugin", file("p.so", good[:len(good)/2]), "cut off"},
		{"a plugin but for its last quarter", file("p.so", good[:len(good)*3/4]), "cut off"},
		{"a header alone", file("p.so", good[:64]), "cut off"},
		{"another machine's", file("p.so", foreign), "is expected"},
		{"no plugin", library(t, "int nothing;"), "nnp_plugin"},
		{"one that speaks another version", library(t, header+"const nnp_api *nnp_plugin(uint32_t version) { (void)version; return 0; }"), "version 1"},
		{"one that says it has another version", library(t, header+"const nnp_api *nnp_plugin(uint32_t v) { static nnp_api a = {99, sizeof a}; (void)v; return &a; }"), "version 99"},
		{"one with a table that is too short", library(t, header+"const nnp_api *nnp_plugin(uint32_t v) { static nnp_api a = {1, 16}; (void)v; return &a; }"), "table of 16 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := gpu.Open(c.path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
				t.Errorf("Open = %v; want an error with the path and %q", err, c.want)
			}
		})
	}
}

// TestForeignPlugin loads a plugin that someone else might write, in C, which knows nothing: every program goes to the
// reference, and nothing is said about it.
func TestForeignPlugin(t *testing.T) {
	path := library(t, `#include <nnp.h>
#include <string.h>
static nnp_status compile(const nnp_program *p, nnp_exec **out) { (void)p; *out = 0; return NNP_UNSUPPORTED; }
static nnp_status destroy(nnp_exec *e) { (void)e; return NNP_OK; }
static nnp_status info(nnp_info *i) { strcpy(i->name, "humble"); strcpy(i->isa, "none"); i->threads = 1; i->memory = 0; return NNP_OK; }
const nnp_api *nnp_plugin(uint32_t version) {
	static nnp_api a;
	a.version = NNP_VERSION; a.size = sizeof a; a.compile = compile; a.destroy = destroy; a.info = info;
	return version == NNP_VERSION ? &a : 0;
}`)
	p, err := gpu.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if p.Maker != "humble" || p.ISA != "none" {
		t.Errorf("Open = %q, %q; want humble, none", p.Maker, p.ISA)
	}
	if _, err := p.Compile(wide(1, 3, 2)); !errors.Is(err, backend.ErrUnsupported) {
		t.Errorf("Compile = %v; want ErrUnsupported", err)
	}
}

// TestRegister checks that programs run on the reference where the plugin is no good, and that it is said once.
func TestRegister(t *testing.T) {
	for _, c := range []struct{ name, plugin, want string }{
		{"none", "off", "off"},
		{"a bad one", filepath.Join(t.TempDir(), "gone.so"), "gone.so: no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(gpu.Variable, c.plugin)
			var said []string
			gpu.Register(func(m string) { said = append(said, m) })
			for range 2 {
				e, err := backend.Compile(wide(1, 3, 2))
				if err != nil {
					t.Fatalf("Compile = %v; want the reference to do it", err)
				}
				e.Close()
			}
			if len(said) != 1 || !strings.Contains(said[0], c.want) {
				t.Errorf("said %q; want one message with %q", said, c.want)
			}
		})
	}
}
