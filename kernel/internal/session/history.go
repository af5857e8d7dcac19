package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

const (
	historyLimit  = 10_000   // entries in memory, and lines of a file before it is put aside
	historyOutput = 10 << 10 // bytes of an output that are kept
	historyInput  = 1 << 20  // a longer cell is not kept
)

// A history is the inputs and outputs of all sessions of a user. They are lines of JSON in a file that several
// kernels append to at once: each line is one write to a file opened for appending, which no other write splits.
// When the file has historyLimit lines it becomes FILE.1 and a new one begins, so two files hold the newest entries.
type history struct {
	path string // empty: memory only
	log  *slog.Logger

	loaded chan struct{} // closed when the fields below are set by load

	mu      sync.Mutex
	session int
	entries []historyEntry // oldest first, at most historyLimit
	lines   int            // of the file, as far as this kernel knows
	failed  bool           // a write did; it was logged
}

type historyEntry struct {
	session, line int
	input         string
	output        string
	hasOutput     bool
}

// A historyRecord is one line of the file: the start of a session, an input, or the output that belongs to one.
type historyRecord struct {
	Session int     `json:"session"`
	Start   string  `json:"start,omitempty"` // who starts it
	Line    int     `json:"line,omitempty"`
	Input   *string `json:"input,omitempty"`
	Output  *string `json:"output,omitempty"`
}

func newHistory(path string, log *slog.Logger) *history {
	return &history{path: path, log: log, loaded: make(chan struct{})}
}

// load reads the files and takes a session number.
func (h *history) load() {
	defer close(h.loaded)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.session = 1
	if h.path == "" {
		return
	}
	old, _, err := readHistory(h.path + ".1")
	if err != nil {
		h.log.Warn("session: history", "error", err)
	}
	records, lines, err := readHistory(h.path)
	if err != nil {
		h.log.Warn("session: history", "error", err)
	}
	h.lines = lines
	h.take(append(old, records...))
	h.start()
}

// take makes entries of records.
func (h *history) take(records []historyRecord) {
	type key struct{ session, line int }
	at := map[key]int{}
	for _, r := range records {
		h.session = max(h.session, r.Session+1)
		k := key{r.Session, r.Line}
		switch {
		case r.Input != nil:
			at[k] = len(h.entries)
			h.entries = append(h.entries, historyEntry{session: r.Session, line: r.Line, input: *r.Input})
		case r.Output != nil:
			if i, ok := at[k]; ok {
				h.entries[i].output, h.entries[i].hasOutput = *r.Output, true
			}
		}
	}
	h.trim()
}

func (h *history) trim() {
	if extra := len(h.entries) - historyLimit; extra > 0 {
		h.entries = append([]historyEntry(nil), h.entries[extra:]...)
	}
}

// start writes who takes a session number, and takes the next one as long as another kernel wrote the same first.
func (h *history) start() {
	me := wire.NewID()
	for range 100 {
		if !h.append(historyRecord{Session: h.session, Start: me}) {
			return
		}
		records, _, err := readHistory(h.path)
		if err != nil {
			return
		}
		mine := true
		for _, r := range records {
			if r.Start != "" && r.Session == h.session {
				mine = r.Start == me
				break
			}
		}
		if mine {
			return
		}
		h.session++
	}
}

// readHistory reads the records of a file; lines that are none, as a kernel that was killed leaves, are skipped.
func readHistory(path string) (records []historyRecord, lines int, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("session: history: %w", err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 0 {
			lines++
			var rec historyRecord
			if json.Unmarshal(line, &rec) == nil && rec.Session > 0 {
				records = append(records, rec)
			}
		}
		if err != nil { // io.EOF, or what was read until then
			return records, lines, nil
		}
	}
}

// addInput notes a cell that is about to run.
func (h *history) addInput(line int, input string) {
	<-h.loaded
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries = append(h.entries, historyEntry{session: h.session, line: line, input: input})
	if len(h.entries) > historyLimit+historyLimit/10 { // trimming copies: not for each entry
		h.trim()
	}
	if len(input) <= historyInput {
		h.append(historyRecord{Session: h.session, Line: line, Input: &input})
	}
}

// addOutput notes the result of the last input.
func (h *history) addOutput(line int, output string) {
	<-h.loaded
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(output) > historyOutput {
		output = output[:wholeRunes([]byte(output[:historyOutput]))] + "..."
	}
	if n := len(h.entries); n > 0 && h.entries[n-1].line == line {
		h.entries[n-1].output, h.entries[n-1].hasOutput = output, true
	}
	h.append(historyRecord{Session: h.session, Line: line, Output: &output})
}

// append writes a line. A failure is logged once: cells run without a history too.
func (h *history) append(rec historyRecord) bool {
	if h.path == "" || h.failed {
		return false
	}
	err := h.write(rec)
	if err != nil {
		h.failed = true
		h.log.Warn("session: history is not stored", "error", err)
	}
	return err == nil
}

func (h *history) write(rec historyRecord) error {
	if h.lines >= historyLimit {
		h.rotate()
	}
	line, err := json.Marshal(rec)
	if err != nil {
		return fmt.Errorf("session: history: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return fmt.Errorf("session: history: %w", err)
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600) // cells may hold secrets
	if err != nil {
		return fmt.Errorf("session: history: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("session: history: %w", err)
	}
	h.lines++
	return nil
}

// rotate puts a full file aside. A lock file keeps two kernels from doing it one after the other, which would put
// the new file over the old one; who finds it locked goes on appending.
func (h *history) rotate() {
	lock := h.path + ".lock"
	if info, err := os.Stat(lock); err == nil && time.Since(info.ModTime()) > time.Minute {
		os.Remove(lock) // left by a kernel that was killed
	}
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	f.Close()
	defer os.Remove(lock)
	content, err := os.ReadFile(h.path)
	if err != nil {
		return
	}
	if h.lines = bytes.Count(content, []byte("\n")); h.lines < historyLimit {
		return // another kernel did it
	}
	if err := os.Rename(h.path, h.path+".1"); err == nil {
		h.lines = 0
	}
}
