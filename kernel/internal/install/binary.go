package install

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// spareCopies is how many copies stay though no kernelspec points at them any more: Jupyter restarts the kernel of an open
// notebook from the path that it read when the notebook was opened.
const spareCopies = 2

// specsFile lies beside a copy and lists the kernelspecs that were made for it, a line each: those below a prefix cannot be
// found otherwise.
const specsFile = "kernelspecs"

// hashed is the name of a copy's folder.
var hashed = regexp.MustCompile(`^[0-9a-f]{16}$`)

func executable(st os.FileInfo) bool { return runtime.GOOS == "windows" || st.Mode()&0o111 != 0 }

// source returns the path of the binary to install.
func (in Installer) source() (string, error) {
	if in.Binary != "" {
		return in.Binary, nil
	}
	p, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("install: where is this program? %w", err)
	}
	return p, nil
}

// copyPath says where the copy of the binary is or would be; "" where there is no telling: gophernotes that is not built.
func (in Installer) copyPath() (string, error) {
	if in.kernel() != Name {
		return in.Binary, nil
	}
	src, err := in.source()
	if err != nil {
		return "", err
	}
	f, err := os.Open(src)
	if err != nil {
		return "", fmt.Errorf("install: the binary to install: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("install: reading %s: %w", src, err)
	}
	name := Name
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(in.Cache, hex.EncodeToString(h.Sum(nil))[:16], name), nil
}

// copyBinary copies the binary into the cache unless it is there, and returns the copy's path.
func (in Installer) copyBinary() (string, error) {
	dst, err := in.copyPath()
	if err != nil || in.kernel() != Name {
		return dst, err
	}
	src, err := in.source()
	if err != nil {
		return "", err
	}
	from, err := os.Stat(src)
	if err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	// The folder is named by the content, and the file appeared whole: the size tells a damaged disk only.
	if st, err := os.Stat(dst); err == nil && st.Size() == from.Size() && executable(st) {
		return dst, nil
	}
	data, err := os.ReadFile(src)
	if err != nil {
		return "", fmt.Errorf("install: reading the binary: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return "", fmt.Errorf("install: folder of the copy: %w", err)
	}
	return dst, writeFile(dst, data, 0o755)
}

// noteSpec lists the kernelspec beside the copy that it points at.
func noteSpec(binary, spec string) error {
	dir := filepath.Dir(binary)
	specs := notedSpecs(dir)
	if slices.Contains(specs, spec) {
		return nil
	}
	return writeFile(filepath.Join(dir, specsFile), []byte(strings.Join(append(specs, spec), "\n")+"\n"), 0o644)
}

// notedSpecs returns the kernelspecs listed in a copy's folder; they may be gone.
func notedSpecs(dir string) []string {
	data, _ := os.ReadFile(filepath.Join(dir, specsFile))
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })
}

// copies returns the folders of all copies.
func copies(cache string) []string {
	entries, _ := os.ReadDir(cache)
	var dirs []string
	for _, e := range entries {
		if e.IsDir() && hashed.MatchString(e.Name()) {
			dirs = append(dirs, filepath.Join(cache, e.Name()))
		}
	}
	return dirs
}

// removeCopies removes the copies that no kernelspec points at, all but the newest spare ones.
func removeCopies(cache string, spare int) {
	var unused []string
	for _, dir := range copies(cache) {
		pointsHere := func(spec string) bool {
			return filepath.Dir(Installer{}.read(spec).Binary) == dir
		}
		if !slices.ContainsFunc(notedSpecs(dir), pointsHere) {
			unused = append(unused, dir)
		}
	}
	slices.SortFunc(unused, func(a, b string) int { return cmp.Compare(age(b), age(a)) })
	for _, dir := range unused[min(spare, len(unused)):] {
		os.RemoveAll(dir) // a binary that runs cannot be removed on Windows: next time
	}
}

// age is a folder's time of change, in nanoseconds.
func age(dir string) int64 {
	st, err := os.Stat(dir)
	if err != nil {
		return 0
	}
	return st.ModTime().UnixNano()
}
