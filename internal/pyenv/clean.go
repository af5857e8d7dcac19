package pyenv

import (
	"os"
	"path/filepath"
	"time"
)

// unused is how long an environment of another list of packages or another Python is kept after its last use:
// long enough to go back and forth between two branches.
const unused = 7 * 24 * time.Hour

// removeOld removes the environments beside keep that were never finished or not used for long. The caller holds the lock.
func removeOld(root, keep string, now time.Time) {
	var dirs []string
	for _, l := range []list{jupyter, keras, widgets} {
		found, _ := filepath.Glob(filepath.Join(root, l.prefix+"-*"))
		dirs = append(dirs, found...)
	}
	for _, dir := range dirs {
		if dir == keep {
			continue
		}
		e := Env{dir: dir}
		if st, err := os.Stat(e.marker()); err == nil && now.Sub(st.ModTime()) < unused {
			continue
		}
		// The marker first: one that cannot be removed whole is then not taken for a good one.
		os.Remove(e.marker())
		os.RemoveAll(dir)
	}
}
