package toolchain

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// A release is a finished plugin, compressed by gzip, that this binary trusts by its hash.
type release struct {
	url    string
	sha256 string // of the compressed file, in hex
}

// releases are known by target and by the hash of their sources; Pack makes the lines. None was made yet: the table is
// filled when one is.
var releases = map[string]release{}

// most is how large a compressed plugin may be.
const most = 64 << 20

// fetch puts a released plugin to path. It reports false and no error where none is known.
func fetch(ctx context.Context, path string) (bool, error) {
	r, known := releases[key(Host)]
	if !known {
		return false, nil
	}
	if err := r.fetch(ctx, path); err != nil {
		return false, err
	}
	return true, nil
}

// Pack compresses a finished plugin to an archive for a release, and returns the line of the table that lets binaries of
// these sources trust it, but for where it will be.
func Pack(t Target, plugin, archive string) (line string, err error) {
	content, err := os.ReadFile(plugin)
	if err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	z.Write(content) // to memory, which does not fail
	z.Close()
	if packed.Len() > most {
		return "", fmt.Errorf("toolchain: %s takes %d bytes when it is compressed, at most %d are expected", plugin, packed.Len(), most)
	}
	if err := os.WriteFile(archive, packed.Bytes(), 0o644); err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	sum := sha256.Sum256(packed.Bytes())
	return fmt.Sprintf("%q: {\"https://.../%s\", %q},", key(t), filepath.Base(archive), hex.EncodeToString(sum[:])), nil
}

func key(t Target) string { return t.String() + " " + Hash(t) }

// patience is how long a server may take to send a plugin of less than a megabyte, before it is compiled instead.
const patience = time.Minute

func (r release) fetch(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("toolchain: %s: %s", r.url, response.Status)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	packed, err := os.CreateTemp(filepath.Dir(path), ".fetch-*")
	if err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	defer os.Remove(packed.Name())
	defer packed.Close()
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(packed, hash), io.LimitReader(response.Body, most)); err != nil {
		return fmt.Errorf("toolchain: %s: %w", r.url, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != r.sha256 {
		return fmt.Errorf("toolchain: %s has SHA-256 %s, %s is expected: it is not used", r.url, got, r.sha256)
	}
	if _, err := packed.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("toolchain: %s: %w", r.url, err)
	}
	out, err := os.CreateTemp(filepath.Dir(path), ".fetch-*")
	if err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	defer os.Remove(out.Name())
	_, err = io.Copy(out, unpacked)
	if closing := out.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("toolchain: %s: %w", r.url, err)
	}
	return install(out.Name(), path)
}
