package pyenv

import (
	"os"
	"path/filepath"
	"strings"
)

// Environ returns the environment for processes that run in e: its programs come first on PATH, nothing of the user's own
// Python or Jupyter is seen, and Jupyter's settings and runtime files go to a folder of the project in the cache. To change
// one, append to the result: the last value counts.
func (e *Env) Environ() []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case name == "PYTHONHOME", name == "PYTHONPATH", name == "PYTHONSTARTUP",
			name == "VIRTUAL_ENV", name == "IPYTHONDIR",
			strings.HasPrefix(name, "JUPYTER"):
			continue
		}
		env = append(env, kv)
	}
	set := func(name, value string) { env = append(env, name+"="+value) }
	set("PATH", filepath.Dir(e.Python())+string(os.PathListSeparator)+os.Getenv("PATH"))
	set("VIRTUAL_ENV", e.dir)
	set("PYTHONNOUSERSITE", "1")
	set("IPYTHONDIR", filepath.Join(e.state, "ipython"))
	set("JUPYTER_CONFIG_DIR", filepath.Join(e.state, "config"))
	set("JUPYTER_DATA_DIR", filepath.Join(e.state, "data"))
	set("JUPYTER_RUNTIME_DIR", filepath.Join(e.state, "runtime"))
	set("JUPYTERLAB_SETTINGS_DIR", filepath.Join(e.state, "settings"))
	set("JUPYTERLAB_WORKSPACES_DIR", filepath.Join(e.state, "workspaces"))
	set("JUPYTER_PREFER_ENV_PATH", "1") // the kernels of e before those of the system
	set("JUPYTER_PLATFORM_DIRS", "1")   // silences a warning of jupyter_core
	return env
}
