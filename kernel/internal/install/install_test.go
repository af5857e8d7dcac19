package install

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

// home gives the test a user of its own without any Jupyter, and an Installer of a small "binary".
func home(t *testing.T) Installer {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake home uses Unix' variables")
	}
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("PATH", filepath.Join(dir, "bin"))
	for _, v := range []string{"JUPYTER_DATA_DIR", "JUPYTER_PATH", "XDG_DATA_HOME", "VIRTUAL_ENV", "CONDA_PREFIX"} {
		t.Setenv(v, "")
	}
	return Installer{Cache: filepath.Join(dir, "cache"), Binary: binary(t, dir, "one")}
}

// binary makes a program that prints a word.
func binary(t *testing.T, dir, word string) string {
	t.Helper()
	name := filepath.Join(dir, "build-"+word)
	if err := os.WriteFile(name, []byte("#!/bin/sh\necho "+word+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// script puts a program on the test's PATH.
func script(t *testing.T, name, text string) {
	t.Helper()
	dir := os.Getenv("PATH")
	os.MkdirAll(dir, 0o755)
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func install(t *testing.T, in Installer, to Target) Spec {
	t.Helper()
	s, err := in.Install(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if s.State != OK {
		t.Fatalf("Install(%+v) = %v, %s; want ok", to, s.State, s.Problem)
	}
	return s
}

func TestInstallUser(t *testing.T) {
	in := home(t)
	s := install(t, in, Target{})
	if want := filepath.Join(defaultDataDir(runtime.GOOS, os.Getenv("HOME"), os.Getenv), "kernels", Name); s.Dir != want {
		t.Errorf("Dir = %s; want %s", s.Dir, want)
	}
	data, err := os.ReadFile(filepath.Join(s.Dir, specFile))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv":         []any{s.Binary, "kernel", "{connection_file}"},
		"display_name": "Go (gopherceptron)", "language": "go", "interrupt_mode": "message", "kernel_protocol_version": "5.5",
		"metadata": map[string]any{"gopherceptron": map[string]any{"build": filepath.Base(filepath.Dir(s.Binary))}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kernel.json (-want +got):\n%s", diff)
	}
	if st, err := os.Stat(s.Binary); err != nil || st.Mode().Perm() != 0o755 {
		t.Errorf("copy: %v, %v; want mode 0755", st, err)
	}
	if !strings.HasPrefix(s.Binary, in.Cache) {
		t.Errorf("Binary = %s; want a copy in %s", s.Binary, in.Cache)
	}
	// The binary of go run vanishes; the kernelspec still works.
	os.Remove(in.Binary)
	if got := (Installer{Cache: in.Cache, Binary: s.Binary}).Find(t.Context()); len(got) != 1 || got[0].State != OK {
		t.Errorf("Find after the build vanished = %+v; want one that is ok", got)
	}
	assertFiles(t, s.Dir, "kernel.json logo-32x32.png logo-64x64.png logo-svg.svg")
}

func assertFiles(t *testing.T, dir, want string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("files in %s = %q; want %q", dir, got, want)
	}
}

func TestUninstall(t *testing.T) {
	in := home(t)
	if _, err := in.Uninstall(t.Context(), Target{}); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Uninstall of nothing = %v; want ErrNotInstalled", err)
	}
	s := install(t, in, Target{})
	dir, err := in.Uninstall(t.Context(), Target{})
	if err != nil || dir != s.Dir {
		t.Errorf("Uninstall = %s, %v; want %s", dir, err, s.Dir)
	}
	for _, gone := range []string{s.Dir, s.Binary} {
		if _, err := os.Stat(gone); !os.IsNotExist(err) {
			t.Errorf("%s is still there (%v)", gone, err)
		}
	}
	// Someone else's kernel under our name is not touched.
	os.MkdirAll(s.Dir, 0o755)
	os.WriteFile(filepath.Join(s.Dir, specFile), []byte(`{"argv":["x"],"display_name":"x","language":"go"}`), 0o644)
	if _, err := in.Uninstall(t.Context(), Target{}); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Uninstall of a stranger = %v; want ErrNotInstalled", err)
	}
}

func TestUpgradeKeepsWhatIsNeeded(t *testing.T) {
	in := home(t)
	prefix := filepath.Join(t.TempDir(), "far")
	far := install(t, in, Target{Prefix: prefix}) // found again by nothing but our own notes
	var last Spec
	var spares []string
	for _, word := range []string{"two", "three", "four", "five"} {
		in.Binary = binary(t, os.Getenv("HOME"), word)
		last = install(t, in, Target{})
		spares = append(spares, last.Binary)
	}
	for i, name := range spares {
		_, err := os.Stat(name)
		if there, want := err == nil, i > 0; there != want {
			t.Errorf("copy %d there = %v; want %v: the one in use and the %d before it", i, there, want, spareCopies)
		}
	}
	if _, err := os.Stat(far.Binary); err != nil {
		t.Errorf("the copy that the other prefix uses: %v", err)
	}
	states := map[string]State{}
	for _, s := range in.Find(t.Context()) {
		states[s.Dir] = s.State
	}
	if diff := cmp.Diff(map[string]State{far.Dir: Outdated, last.Dir: OK}, states); diff != "" {
		t.Errorf("Find (-want +got):\n%s", diff)
	}
	if _, err := in.Uninstall(t.Context(), Target{Prefix: prefix}); err != nil {
		t.Fatal(err)
	}
	if got := copies(in.Cache); len(got) != 1 || got[0] != filepath.Dir(last.Binary) {
		t.Errorf("copies after Uninstall = %v; want %s alone", got, filepath.Dir(last.Binary))
	}
}

func TestFindStates(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, s Spec)
		state State
		want  string
	}{
		{"untouched", func(*testing.T, Spec) {}, OK, ""},
		{"binary gone", func(t *testing.T, s Spec) { os.Remove(s.Binary) }, Broken, "the binary is gone"},
		{"not executable", func(t *testing.T, s Spec) { os.Chmod(s.Binary, 0o644) }, Broken, "is not executable"},
		{"not JSON", func(t *testing.T, s Spec) { os.WriteFile(filepath.Join(s.Dir, specFile), []byte("{"), 0o644) }, Broken, "is not JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := home(t)
			tt.spoil(t, install(t, in, Target{}))
			got := in.Find(t.Context())
			if len(got) != 1 || got[0].State != tt.state || !strings.Contains(got[0].Problem, tt.want) {
				t.Fatalf("Find = %+v; want one that is %v, %q", got, tt.state, tt.want)
			}
			// Installing again mends every case.
			install(t, in, Target{})
		})
	}
}

func TestTargets(t *testing.T) {
	in := home(t)
	here := os.Getenv("HOME")
	if _, err := in.Install(t.Context(), Target{SysPrefix: true}); err == nil || !strings.Contains(err.Error(), "jupyter is not on PATH") {
		t.Errorf("Install(sys-prefix) without an environment = %v; want an error about PATH", err)
	}
	if _, err := in.Install(t.Context(), Target{SysPrefix: true, Prefix: "x"}); err == nil {
		t.Error("Install(sys-prefix and prefix) = nil error; want one")
	}
	script(t, "jupyter", `if [ "$1" = --data-dir ]; then echo `+here+`/asked; else echo '{"data":["`+here+`/asked","`+here+`/more"]}'; fi`)
	script(t, "python3", "echo "+here+"/env")
	tests := []struct {
		name string
		set  [2]string
		to   Target
		want string
	}{
		{"user, as jupyter says", [2]string{}, Target{}, "asked"},
		{"user, by variable", [2]string{"JUPYTER_DATA_DIR", here + "/variable"}, Target{}, "variable"},
		{"sys-prefix of jupyter's Python", [2]string{}, Target{SysPrefix: true}, "env/share/jupyter"},
		{"sys-prefix of the active environment", [2]string{"VIRTUAL_ENV", here + "/active"}, Target{SysPrefix: true}, "active/share/jupyter"},
		{"sys-prefix of conda", [2]string{"CONDA_PREFIX", here + "/conda"}, Target{SysPrefix: true}, "conda/share/jupyter"},
		{"prefix", [2]string{}, Target{Prefix: here + "/p"}, "p/share/jupyter"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.set[0] != "" {
				t.Setenv(tt.set[0], tt.set[1])
			}
			s := install(t, in, tt.to)
			if want := filepath.Join(here, tt.want, "kernels", Name); s.Dir != want {
				t.Errorf("Install(%+v).Dir = %s; want %s", tt.to, s.Dir, want)
			}
		})
	}
	if got := len(in.Find(t.Context())); got != len(tests) {
		t.Errorf("Find returned %d kernelspecs; want %d", got, len(tests))
	}
}

func TestDefaultDataDir(t *testing.T) {
	none := func(string) string { return "" }
	tests := []struct {
		goos string
		env  func(string) string
		want string
	}{
		{"linux", none, "/h/.local/share/jupyter"},
		{"linux", func(v string) string { return map[string]string{"XDG_DATA_HOME": "/x"}[v] }, "/x/jupyter"},
		{"darwin", none, "/h/Library/Jupyter"},
		{"windows", func(v string) string { return map[string]string{"APPDATA": "/a"}[v] }, "/a/jupyter"},
		{"windows", none, "/h/.jupyter/data"},
	}
	for _, tt := range tests {
		if got := defaultDataDir(tt.goos, "/h", tt.env); got != tt.want {
			t.Errorf("defaultDataDir(%s) = %s; want %s", tt.goos, got, tt.want)
		}
	}
}

// What Jupyter itself makes of it.
func TestJupyterListsIt(t *testing.T) {
	env := pyenv.ForTest(t) // before the fake home hides the cache
	in := home(t)
	prefix := t.TempDir()
	user, far := install(t, in, Target{}), install(t, in, Target{Prefix: prefix})
	list := func(vars ...string) map[string]string {
		t.Helper()
		cmd := env.Command(t.Context(), "jupyter", "kernelspec", "list", "--json")
		// lab may have put a kernelspec of ours into the environment, which would come first.
		cmd.Env = append(cmd.Env, "JUPYTER_NO_CONFIG=1", "JUPYTER_PREFER_ENV_PATH=0")
		cmd.Env = append(cmd.Env, vars...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Kernelspecs map[string]struct {
				Dir  string `json:"resource_dir"`
				Spec struct{ Argv []string }
			}
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("jupyter printed %q: %v", out, err)
		}
		dirs := map[string]string{}
		for name, k := range got.Kernelspecs {
			if name == Name && (len(k.Spec.Argv) != 3 || k.Spec.Argv[0] != user.Binary) {
				t.Errorf("argv = %q; want %s first", k.Spec.Argv, user.Binary)
			}
			dirs[name] = k.Dir
		}
		return dirs
	}
	if got := list("JUPYTER_DATA_DIR=" + filepath.Dir(filepath.Dir(user.Dir)))[Name]; got != user.Dir {
		t.Errorf("jupyter lists the user's at %q; want %s", got, user.Dir)
	}
	if got := list("JUPYTER_DATA_DIR="+t.TempDir(), "JUPYTER_PATH="+shareJupyter(prefix))[Name]; got != far.Dir {
		t.Errorf("jupyter lists the prefix's at %q; want %s", got, far.Dir)
	}
	// And asked by us: the environment's own jupyter on PATH.
	t.Setenv("PATH", filepath.Dir(env.Python())+":/usr/bin:/bin")
	t.Setenv("JUPYTER_DATA_DIR", filepath.Join(os.Getenv("HOME"), "by-variable"))
	if s := install(t, in, Target{}); s.Dir != filepath.Join(os.Getenv("HOME"), "by-variable", "kernels", Name) {
		t.Errorf("Install(user).Dir = %s; want JUPYTER_DATA_DIR's", s.Dir)
	}
	t.Setenv("JUPYTER_DATA_DIR", "")
	if got, err := userDataDir(t.Context()); err != nil || !strings.HasPrefix(got, os.Getenv("HOME")) {
		t.Errorf("userDataDir = %s, %v; want what jupyter --data-dir says, below %s", got, err, os.Getenv("HOME"))
	}
	if got, err := sysPrefix(t.Context()); err != nil || got != env.Dir() {
		t.Errorf("sysPrefix = %s, %v; want %s", got, err, env.Dir())
	}
}
