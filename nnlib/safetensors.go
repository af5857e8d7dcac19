package nnlib

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// A safetensors file is the length of a header (8 bytes, little endian), the header (JSON: for each name the type, the
// shape and where its bytes are) and the bytes: https://github.com/huggingface/safetensors. We write F32 only, the
// tensors in the model's order, and in the metadata the SHA-256 of the bytes, which we check where a file has it.

// stored is one tensor of a file's header.
type stored struct {
	name    string
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"` // first byte and the one after the last
}

// sumName is our entry in the metadata for the SHA-256 of the bytes.
const sumName = "sha256"

// maxHeader is the size above which a header is taken for rubbish, as the format's own reader does.
const maxHeader = 100_000_000

// writeTensors writes a file with the parameters' values, atomically: a reader sees the old file or the new one.
func writeTensors(path string, params []*Param, metadata map[string]string) error {
	sum := sha256.New()
	if err := writeValues(sum, params); err != nil {
		return err
	}
	meta := map[string]string{"format": "nnlib", sumName: hex.EncodeToString(sum.Sum(nil))}
	for k, v := range metadata {
		meta[k] = v
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	header := append([]byte(`{"__metadata__":`), text...)
	at := 0
	for _, p := range params {
		end := at + 4*product(p.shape)
		entry, err := json.Marshal(stored{DType: "F32", Shape: p.shape, Offsets: []int{at, end}})
		if err != nil {
			return err
		}
		name, err := json.Marshal(p.Name())
		if err != nil {
			return err
		}
		header = fmt.Appendf(header, ",%s:%s", name, entry)
		at = end
	}
	header = append(header, '}')
	for len(header)%8 != 0 { // so that the bytes are aligned
		header = append(header, ' ')
	}
	return writeAtomically(path, func(w io.Writer) error {
		if err := binary.Write(w, binary.LittleEndian, uint64(len(header))); err != nil {
			return err
		}
		if _, err := w.Write(header); err != nil {
			return err
		}
		return writeValues(w, params)
	})
}

// writeValues writes the parameters' numbers, little endian.
func writeValues(w io.Writer, params []*Param) error {
	const piece = 1 << 14
	room := make([]byte, 4*piece)
	numbers := make([]float32, piece)
	for _, p := range params {
		n := product(p.shape)
		for at := 0; at < n; at += piece {
			some := numbers[:min(piece, n-at)]
			p.read(at, some)
			for i, v := range some {
				binary.LittleEndian.PutUint32(room[4*i:], math.Float32bits(v))
			}
			if _, err := w.Write(room[:4*len(some)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeAtomically writes to a new file beside path and puts it in the place of the old one when all is on the disk.
func writeAtomically(path string, write func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := errors.Join(write(w), w.Flush()); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// readHeader reads and checks what is before the bytes of a file of the given size.
func readHeader(r io.Reader, size int64) (tensors []stored, metadata map[string]string, data int64, err error) {
	var n uint64
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return nil, nil, 0, fmt.Errorf("no safetensors file: %d bytes are too short", size)
	}
	if n > maxHeader || int64(n) > size-8 {
		return nil, nil, 0, fmt.Errorf("no safetensors file, or a broken one: its header would have %d bytes, the file has %d", n, size)
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, nil, 0, err
	}
	data = size - 8 - int64(n)
	if tensors, metadata, err = parseHeader(header); err != nil {
		return nil, nil, 0, fmt.Errorf("broken header: %w", err)
	}
	return tensors, metadata, data, checkOffsets(tensors, data)
}

// parseHeader reads the header entry by entry: a name that comes twice must not hide the first.
func parseHeader(header []byte) (tensors []stored, metadata map[string]string, err error) {
	d := json.NewDecoder(bytes.NewReader(header))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, errors.New("a JSON object is expected")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name, ok := t.(string)
		if !ok || seen[name] {
			return nil, nil, fmt.Errorf("name %v comes twice or is none", t)
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&metadata); err != nil {
				return nil, nil, err
			}
			continue
		}
		s := stored{name: name}
		if err := d.Decode(&s); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		tensors = append(tensors, s)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	return tensors, metadata, nil
}

// checkOffsets checks that the tensors' bytes fill the file, one after the other.
func checkOffsets(tensors []stored, data int64) error {
	sorted := slices.Clone(tensors)
	for _, s := range sorted {
		if len(s.Offsets) != 2 || s.Offsets[0] < 0 || s.Offsets[1] < s.Offsets[0] {
			return fmt.Errorf("%s: data_offsets %v, two rising numbers are expected", s.name, s.Offsets)
		}
	}
	slices.SortFunc(sorted, func(a, b stored) int {
		if a.Offsets[0] != b.Offsets[0] {
			return a.Offsets[0] - b.Offsets[0]
		}
		return a.Offsets[1] - b.Offsets[1]
	})
	at := 0
	for _, s := range sorted {
		size := 1
		for _, d := range s.Shape {
			if d < 0 || d > 0 && size > math.MaxInt32*4/d {
				return fmt.Errorf("%s: shape %v does not fit in memory", s.name, s.Shape)
			}
			size *= d
		}
		if s.DType != "F32" {
			return fmt.Errorf("%s: type %q, F32 is expected", s.name, s.DType)
		}
		if s.Offsets[0] != at || s.Offsets[1]-s.Offsets[0] != 4*size {
			return fmt.Errorf("%s: bytes %v, %d from %d on are expected for shape %v", s.name, s.Offsets, 4*size, at, s.Shape)
		}
		at = s.Offsets[1]
	}
	if int64(at) != data {
		return fmt.Errorf("the file has %d bytes of numbers, its header says %d: it is cut off or too long", data, at)
	}
	return nil
}

// checkSum reads the rest of a file and compares its SHA-256, where the metadata has one.
func checkSum(r io.Reader, sum hash.Hash, metadata map[string]string) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if want, ok := metadata[sumName]; ok && want != hex.EncodeToString(sum.Sum(nil)) {
		return errors.New("the numbers are not those that were written: their SHA-256 differs")
	}
	return nil
}
