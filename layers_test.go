package main

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gopherceptron/gopherceptron"

// allowed says which packages of this module a package may import, besides those below itself. "" is the standard
// library alone (and third-party modules, see importers). A package that is not here may import nothing of the module.
var allowed = map[string]string{
	".":                                        "kernel",
	"kernel":                                   "gpu gpu/toolchain kernel/display kernel/internal/* internal/pyenv nnlib/host",
	"kernel/display":                           "",
	"kernel/internal/wire":                     "",
	"kernel/internal/zmtp":                     "",
	"kernel/internal/transport":                "kernel/internal/wire kernel/internal/zmtp",
	"kernel/internal/session":                  "kernel/internal/wire kernel/display",
	"kernel/internal/notebook":                 "kernel/internal/wire",
	"kernel/internal/render":                   "kernel/display",
	"kernel/internal/install":                  "internal/pyenv",
	"kernel/internal/install/gophernotes":      "",
	"kernel/internal/pace":                     "",
	"kernel/internal/kerneltest":               "kernel/internal/wire kernel/internal/session kernel/internal/transport",
	"kernel/internal/engine":                   "kernel/display kernel/internal/engine/*",
	"kernel/internal/engine/check":             "kernel/internal/bind kernel/internal/bind/comments",
	"kernel/internal/engine/exec":              "",
	"kernel/internal/engine/owner":             "",
	"kernel/internal/engine/show":              "",
	"kernel/internal/engine/stdio":             "kernel/internal/engine/owner",
	"kernel/internal/engine/vm":                "kernel/display kernel/internal/bind kernel/internal/engine/check kernel/internal/engine/exec kernel/internal/engine/owner kernel/internal/engine/stdio kernel/internal/engine/vm/*",
	"kernel/internal/engine/toynn":             "",
	"kernel/internal/engine/vm/front":          "kernel/internal/engine/check",
	"kernel/internal/engine/vm/op":             "",
	"kernel/internal/engine/vm/machine":        "kernel/internal/engine/vm/op",
	"kernel/internal/engine/vm/compile":        "kernel/internal/engine/vm/op kernel/internal/engine/vm/machine",
	"kernel/internal/engine/vm/weakmap":        "",
	"kernel/internal/engine/vm/link":           "kernel/internal/engine/vm/op kernel/internal/engine/vm/weakmap kernel/internal/engine/vm/generic kernel/internal/engine/vm/generic/native kernel/internal/engine/vm/compile kernel/internal/engine/vm/machine kernel/internal/engine/vm/rtype",
	"kernel/internal/engine/vm/program":        "kernel/internal/bind kernel/internal/engine/vm/link kernel/internal/engine/vm/machine",
	"kernel/internal/engine/vm/gorun":          "kernel/internal/bind/std kernel/internal/engine/vm/program kernel/internal/pace",
	"kernel/internal/engine/vm/rtype":          "",
	"bench/engine":                             "internal/pyenv",
	"bench/engine/workload":                    "",
	"bench/internal/command":                   "",
	"kernel/internal/engine/vm/generic":        "",
	"kernel/internal/engine/vm/generic/native": "",
	"kernel/internal/engine/vm/differ":         "",
	"kernel/internal/engine/vm/suite":          "",
	"kernel/internal/engine/vm/suite/process":  "",
	"kernel/internal/engine/yaegi":             "kernel/internal/bind kernel/internal/engine/check kernel/internal/engine/exec kernel/internal/engine/stdio",
	"kernel/internal/bind":                     "",
	"kernel/internal/bind/comments":            "",
	"kernel/internal/bind/gen":                 "kernel/internal/bind/comments",
	"kernel/internal/bind/std":                 "kernel/internal/bind",
	"kernel/internal/bind/gonum":               "kernel/internal/bind",
	"kernel/internal/bind/own":                 "kernel/internal/bind kernel/display kernel/explore kernel/widget nnlib*",
	"kernel/widget":                            "kernel/display",
	"kernel/explore":                           "kernel/widget nnlib nnlib/viz",
	"internal/pyenv":                           "",
	"test/jupyter":                             "internal/pyenv kernel/internal/install",
	"bench/kernel":                             "bench/internal/command internal/pyenv test/jupyter",
	"bench/widgets":                            "bench/internal/command internal/pyenv test/jupyter",
	"notebooks":                                "",
	"bench/memory":                             "bench/internal/command gpu/toolchain",
	"bench/training":                           "bench/internal/command gpu/toolchain internal/pyenv",
	"gpu":                                      "gpu/native gpu/toolchain nnlib/backend",
	"gpu/bench":                                "gpu gpu/toolchain nnlib/backend",
	"gpu/build":                                "gpu gpu/toolchain",
	"gpu/native":                               "",
	"gpu/toolchain":                            "gpu/native",
	"nnlib/host":                               "",
	"nnlib/internal/offheap":                   "",
	"nnlib/internal/picture":                   "",
	"nnlib/tensor":                             "nnlib/internal/picture",
	"nnlib/data":                               "nnlib/host nnlib/tensor",
	"nnlib/backend":                            "nnlib/internal/offheap",
	"nnlib/backend/backendtest":                "nnlib/backend",
	"nnlib":                                    "nnlib/host nnlib/internal/offheap nnlib/tensor nnlib/data nnlib/backend",
	"nnlib/viz":                                "nnlib nnlib/internal/picture nnlib/tensor nnlib/data",
}

// importers names the packages that may import a third-party module; the tables of bind and gonum itself are apart.
var importers = map[string]string{
	"github.com/traefik/yaegi": "kernel/internal/engine/yaegi bench/engine",
	"golang.org/x/tools":       "kernel/internal/engine kernel/internal/engine/vm/compile kernel/internal/engine/vm/link kernel/internal/bind kernel/internal/bind/gen kernel/internal/kerneltest",
	"gonum.org/v1":             "kernel kernel/internal/render kernel/internal/install nnlib/backend nnlib/viz kernel/internal/bind/gonum",
	"golang.org/x/image":       "nnlib/viz",
	"golang.org/x/sys":         "kernel",
	"github.com/google/go-cmp": "kernel/internal/kerneltest",
	"github.com/ebitengine":    "gpu",
}

func matches(list, name string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(p string) bool {
		if pre, ok := strings.CutSuffix(p, "*"); ok {
			return strings.HasPrefix(name, pre)
		}
		return p == name
	})
}

// TestLayers holds the arrows of the design: imports point down, and each third-party module has one importer.
func TestLayers(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(strings.TrimPrefix(fields[0], module), "/")
		if pkg == "" {
			pkg = "."
		}
		list, known := allowed[pkg]
		if !known {
			t.Errorf("%s is not in the table of layers: say what it may import", pkg)
			continue
		}
		for _, im := range fields[1:] {
			rel, own := strings.CutPrefix(im, module+"/")
			switch {
			case own:
				if !matches(list, rel) && !(pkg != "." && strings.HasPrefix(rel, pkg+"/") && pkg != "nnlib") {
					t.Errorf("%s imports %s; it may import %q", pkg, rel, list)
				}
				if strings.HasSuffix(path.Base(rel), "test") && rel != "kernel/internal/kerneltest" {
					t.Errorf("%s imports %s, which is for tests", pkg, rel)
				}
			case strings.Contains(strings.SplitN(im, "/", 2)[0], "."):
				ok := false
				for mod, who := range importers {
					ok = ok || strings.HasPrefix(im, mod) && matches(who, pkg)
				}
				if !ok {
					t.Errorf("%s imports %s: not its importer", pkg, im)
				}
			}
		}
	}
}
