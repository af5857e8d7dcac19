// Package notebook reads, writes and runs Jupyter notebooks of format 4 (.ipynb).
//
// What it does not know it keeps: fields, metadata and outputs of newer minor versions survive a round trip. What
// is written looks as Jupyter writes it: sorted keys, an indent of one space, text as lists of lines.
//
// Format: https://nbformat.readthedocs.io/en/latest/format_description.html.
package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The cell types of format 4.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// idsSince is the minor version since which cells have ids.
const idsSince = 5

// A Notebook is a document of cells. Its fields may be changed freely.
type Notebook struct {
	Path     string // for messages; may be empty
	Metadata map[string]any
	Minor    int // of format 4
	Cells    []*Cell

	extra map[string]any // fields that this package does not know
}

// A Cell is one cell of a notebook.
type Cell struct {
	ID             string // never empty after reading; written from format 4.5 on
	Type           string // Code, Markdown or Raw
	Source         string
	Metadata       map[string]any
	ExecutionCount int      // of code cells; 0 is null
	Outputs        []Output // of code cells

	extra map[string]any // attachments, and what this package does not know
}

// An Output is an output as the format has it, with the field output_type; texts are joined to one string.
type Output map[string]any

// A ParseError says where a notebook is not one.
type ParseError struct {
	Path  string // of the file
	Place string // as "line 3, column 7" or "cells[2].source"
	Err   error
}

func (e *ParseError) Error() string {
	path := e.Path
	if path == "" {
		path = "notebook"
	}
	return fmt.Sprintf("notebook: %s: %s: %v", path, e.Place, e.Err)
}

func (e *ParseError) Unwrap() error { return e.Err }

// HasTag reports whether the cell's metadata has a tag.
func (c *Cell) HasTag(tag string) bool {
	tags, _ := c.Metadata["tags"].([]any)
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}

// ReadFile reads a notebook. Errors name the file and the place.
func ReadFile(path string) (*Notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("notebook: %w", err)
	}
	return Parse(path, data)
}

// Parse reads a notebook from the bytes of a file; path is for messages.
func Parse(path string, data []byte) (*Notebook, error) {
	p := reader{path: path}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // Windows editors begin UTF-8 files with it
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // numbers are written as they were
	var root any
	if err := d.Decode(&root); err != nil {
		return nil, p.syntaxError(data, d, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, p.errorf(position(data, d.InputOffset()), "there is more after the end of the notebook")
	}
	return p.notebook(root)
}

func (p *reader) syntaxError(data []byte, d *json.Decoder, err error) error {
	offset := d.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset - 1 // it counts the byte that is wrong
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset = int64(len(data))
		err = errors.New("the file ends within the notebook")
	}
	return p.errorf(position(data, offset), "%w", err)
}

// position returns an offset as people count.
func position(data []byte, offset int64) string {
	before := data[:min(max(0, int(offset)), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf("line %d, column %d", line, column)
}

// A reader makes a notebook of JSON values.
type reader struct {
	path  string
	minor int // of the format
}

func (p *reader) errorf(place, format string, args ...any) error {
	return &ParseError{Path: p.path, Place: place, Err: fmt.Errorf(format, args...)}
}

func (p *reader) notebook(root any) (*Notebook, error) {
	m, ok := root.(map[string]any)
	if !ok {
		return nil, p.errorf("the file", "is a JSON %s, want a notebook, which is an object", kind(root))
	}
	major, err := p.integer(m, "", "nbformat")
	if err != nil {
		return nil, err
	}
	if major != 4 {
		return nil, p.errorf("nbformat", "is %d, want 4: convert the file with jupyter nbconvert --to notebook", major)
	}
	minor, err := p.integer(m, "", "nbformat_minor")
	if err != nil {
		return nil, err
	}
	p.minor = minor
	nb := &Notebook{Path: p.path, Minor: minor, extra: m}
	if nb.Metadata, err = p.object(m, "", "metadata"); err != nil {
		return nil, err
	}
	cells, ok := m["cells"].([]any)
	if !ok {
		return nil, p.errorf("cells", "is a JSON %s, want an array", kind(m["cells"]))
	}
	for i, c := range cells {
		cell, err := p.cell(fmt.Sprintf("cells[%d]", i), c)
		if err != nil {
			return nil, err
		}
		nb.Cells = append(nb.Cells, cell)
	}
	for _, known := range []string{"nbformat", "nbformat_minor", "metadata", "cells"} {
		delete(m, known)
	}
	nb.nameCells()
	return nb, nil
}

func (p *reader) cell(place string, v any) (*Cell, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, p.errorf(place, "is a JSON %s, want an object", kind(v))
	}
	c := &Cell{extra: m}
	c.Type, ok = m["cell_type"].(string)
	if !ok {
		return nil, p.errorf(place+".cell_type", "is a JSON %s, want a string", kind(m["cell_type"]))
	}
	if id, present := m["id"]; present {
		if c.ID, ok = id.(string); !ok {
			return nil, p.errorf(place+".id", "is a JSON %s, want a string", kind(id))
		}
	}
	if c.Source, ok = joined(m["source"]); !ok {
		return nil, p.errorf(place+".source", "is a JSON %s, want a string or an array of strings", kind(m["source"]))
	}
	var err error
	if c.Metadata, err = p.object(m, place, "metadata"); err != nil {
		return nil, err
	}
	if c.Type == Code {
		if err := p.code(place, m, c); err != nil {
			return nil, err
		}
	}
	if attachments, ok := m["attachments"].(map[string]any); ok {
		for _, a := range attachments {
			joinMIME(a)
		}
	}
	for _, known := range []string{"cell_type", "source", "metadata"} {
		delete(m, known)
	}
	if p.minor >= idsSince {
		delete(m, "id") // in an older file it is a field that the format does not know, and kept as such
	}
	return c, nil
}

// code reads what only code cells have.
func (p *reader) code(place string, m map[string]any, c *Cell) error {
	if m["execution_count"] != nil {
		n, err := p.integer(m, place, "execution_count")
		if err != nil {
			return err
		}
		c.ExecutionCount = n
	}
	outputs, ok := m["outputs"].([]any)
	if !ok && m["outputs"] != nil {
		return p.errorf(place+".outputs", "is a JSON %s, want an array", kind(m["outputs"]))
	}
	for i, v := range outputs {
		o, ok := v.(map[string]any)
		if !ok {
			return p.errorf(fmt.Sprintf("%s.outputs[%d]", place, i), "is a JSON %s, want an object", kind(v))
		}
		joinMIME(o["data"])
		if text, ok := joined(o["text"]); ok && o["output_type"] == "stream" {
			o["text"] = text
		}
		c.Outputs = append(c.Outputs, o)
	}
	delete(m, "execution_count")
	delete(m, "outputs")
	return nil
}

func (p *reader) integer(m map[string]any, place, field string) (int, error) {
	n, ok := m[field].(json.Number)
	i, err := n.Int64()
	if !ok || err != nil {
		return 0, p.errorf(join(place, field), "is %s, want an integer", describe(m[field]))
	}
	return int(i), nil
}

// object returns a field that is an object; one that is missing is empty.
func (p *reader) object(m map[string]any, place, field string) (map[string]any, error) {
	if m[field] == nil {
		return map[string]any{}, nil
	}
	o, ok := m[field].(map[string]any)
	if !ok {
		return nil, p.errorf(join(place, field), "is a JSON %s, want an object", kind(m[field]))
	}
	return o, nil
}

func join(place, field string) string {
	if place == "" {
		return field
	}
	return place + "." + field
}

func describe(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return "a JSON " + kind(v)
}

// kind names a JSON value's type.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null, or missing"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// joined returns a text that is a string or a list of lines.
func joined(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, ok := line.(string)
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	}
	return "", false
}

// joinMIME joins the texts of a MIME bundle, but not JSON types, in which a list of strings is a value.
func joinMIME(bundle any) {
	m, _ := bundle.(map[string]any)
	for mime, v := range m {
		if isJSON(mime) {
			continue
		}
		if text, ok := joined(v); ok {
			m[mime] = text
		}
	}
}

func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

// nameCells gives ids to cells without one. They depend on place and content only, so that reading a file twice
// gives the same.
func (nb *Notebook) nameCells() {
	taken := map[string]bool{}
	for _, c := range nb.Cells {
		taken[c.ID] = true
	}
	for i, c := range nb.Cells {
		for n := i; c.ID == ""; n += len(nb.Cells) {
			sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", n, c.Type, c.Source))
			if id := hex.EncodeToString(sum[:4]); !taken[id] {
				c.ID = id
				taken[id] = true
			}
		}
	}
}

// WriteFile writes the notebook to a file, all of it or nothing: a file that exists keeps its mode and is replaced
// only when the new content is on disk.
func (nb *Notebook) WriteFile(path string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // replace what the link names, not the link
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("notebook: write %s: %w", path, err)
	}
	_, err = f.Write(nb.Bytes())
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("notebook: write %s: %w", path, err)
	}
	return nil
}

// CheckWritable tells whether WriteFile could write path now. It changes nothing.
func CheckWritable(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("notebook: write %s: it is a folder; want the name of a file", path)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("notebook: write %s: there is no folder %s: make it first", path, dir)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		var p *fs.PathError // whose path is the temporary file's
		if errors.As(err, &p) {
			err = p.Err
		}
		return fmt.Errorf("notebook: write %s: the folder %s takes no files: %w", path, dir, err)
	}
	f.Close()
	return os.Remove(f.Name())
}
