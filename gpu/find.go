package gpu

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
)

// Variable is the environment variable that names a plugin, before all others. "off" asks for none.
const Variable = "GOPHERCEPTRON_PLUGIN"

// ErrNone says that there is no plugin: everything works on the reference backend, slower.
var ErrNone = errors.New("no compute plugin was found")

// Find loads the plugin that $GOPHERCEPTRON_PLUGIN names, or the one beside the executable, or that of the user's cache. The
// error is ErrNone where there is none of them, and says what to do; a file that is there and no good is an error of its
// own, never passed over in silence.
func Find() (*Plugin, error) {
	if path := os.Getenv(Variable); path == "off" {
		return nil, fmt.Errorf("gpu: %w: %s is off", ErrNone, Variable)
	} else if path != "" {
		p, err := Open(path)
		if err != nil {
			return nil, fmt.Errorf("%w (named by %s)", err, Variable)
		}
		return p, nil
	}
	for _, path := range places() {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return Open(path)
	}
	return nil, fmt.Errorf("gpu: %w: \"gopherceptron install\", \"gopherceptron lab\" or \"go run ./gpu/build\" makes one", ErrNone)
}

// places are where a plugin may be, in order.
func places() []string {
	var found []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		found = append(found, filepath.Join(filepath.Dir(exe), toolchain.Host.FileName()))
	}
	if path, err := toolchain.CachePath(); err == nil {
		found = append(found, path)
	}
	return found
}
