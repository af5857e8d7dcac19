package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

// keepSpills is how many files stay.
const keepSpills = 20

// spillLimit is how many bytes a file gets: an endless loop that prints must not fill the disk. Tests make it less.
var spillLimit = 256 << 20

// A spill is the file with what a cell printed beyond what the page takes. It is not safe for concurrent use.
type spill struct {
	path    string
	file    *os.File // nil while nothing is written
	lines   int
	bytes   int
	err     error // the first; nothing is written after it
	partial bool  // the last byte was no newline
}

// outputDir returns the folder of spilled outputs; "" where there is none.
func (s *Session) outputDir() string {
	if s.opt.OutputDir != "" {
		return s.opt.OutputDir
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "gopherceptron", "outputs")
}

// newSpill creates a file for a cell. An error shows in the notice: the cell goes on.
func newSpill(dir string, number int) *spill {
	sp := &spill{}
	if dir == "" {
		sp.err = errors.New("session: there is no cache folder: set HOME or XDG_CACHE_HOME")
		return sp
	}
	if sp.err = os.MkdirAll(dir, 0o700); sp.err != nil {
		return sp
	}
	if sp.file, sp.err = os.CreateTemp(dir, fmt.Sprintf("cell-%d-*.txt", number)); sp.err != nil {
		return sp
	}
	sp.path = sp.file.Name()
	pruneSpills(dir) // what cannot be removed now is tried again with the next file; this output goes on
	return sp
}

func (sp *spill) write(text []byte) {
	if len(text) == 0 {
		return
	}
	sp.lines += bytes.Count(text, []byte("\n"))
	sp.partial = text[len(text)-1] != '\n'
	room := max(0, spillLimit-sp.bytes)
	sp.bytes += len(text)
	if len(text) > room {
		text = text[:room]
	}
	if len(text) == 0 || sp.err != nil {
		return
	}
	if sp.file == nil { // closed when the cell ended, but a goroutine goes on
		if sp.file, sp.err = os.OpenFile(sp.path, os.O_WRONLY|os.O_APPEND, 0); sp.err != nil {
			return
		}
		defer sp.close()
	}
	_, sp.err = sp.file.Write(text)
}

// close closes the file; a later write opens it again.
func (sp *spill) close() {
	if sp.file == nil {
		return
	}
	if err := sp.file.Close(); err != nil && sp.err == nil {
		sp.err = err
	}
	sp.file = nil
}

// notice says where the text is; counts also how much it is.
func (sp *spill) notice(counts bool) string {
	text := "output over 2 MB: the rest"
	if counts {
		lines := sp.lines
		if sp.partial {
			lines++
		}
		text += fmt.Sprintf(" (%d lines, %d bytes)", lines, sp.bytes)
	}
	switch {
	case sp.err != nil:
		return fmt.Sprintf("%s could not be kept in a file: %v\n", text, sp.err)
	case sp.bytes > spillLimit:
		return fmt.Sprintf("%s is in %s, which ends after %d MB\n", text, sp.path, spillLimit>>20)
	}
	return fmt.Sprintf("%s is in %s\n", text, sp.path)
}

// pruneSpills removes all but the newest files of dir.
func pruneSpills(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	var files []fs.FileInfo
	for _, e := range entries {
		if mine, _ := filepath.Match("cell-*.txt", e.Name()); !mine {
			continue
		}
		if info, err := e.Info(); err == nil {
			files = append(files, info)
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].ModTime().After(files[j].ModTime()) })
	var errs []error
	for _, f := range files[min(len(files), keepSpills):] {
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, fmt.Errorf("session: %w", err))
		}
	}
	return errors.Join(errs...)
}
