package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// A remote is a file of a server that is kept in the cache once it was needed.
type remote struct {
	name   string   // within the cache, with slashes: mnist/train-labels-idx1-ubyte.gz
	size   int64    // in bytes; 0 where it is not known
	urls   []string // tried in this order
	verify func(path string) error
}

// most is how large a file of unknown size may be.
const most = 1 << 30

// attempts is how often a transfer that breaks off is taken up again, by call and address.
const attempts = 4

// A fetcher brings remote files into a folder. A file is there whole and verified, or not at all: bytes go to a file of
// another name that is renamed at the end. What an interrupted transfer has brought is kept, and the next one goes on
// from there.
type fetcher struct {
	dir    string
	client *http.Client
	host   host.Host
	open   func(path string) (partFile, error) // for writing; a test fills the disk here
	pause  time.Duration                       // before a transfer is taken up again
}

// A partFile is what a fetcher needs of an *os.File.
type partFile interface {
	io.Writer
	io.Seeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

func newFetcher() (*fetcher, error) {
	dir, err := cacheDir()
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, ResponseHeaderTimeout: 30 * time.Second, ForceAttemptHTTP2: true}}
	return &fetcher{dir: dir, client: client, host: host.Current(), pause: time.Second, open: openPart}, nil
}

func openPart(path string) (partFile, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
}

// cacheDir returns the folder where data sets are kept.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("data: there is no place for downloads: %w", err)
	}
	return filepath.Join(dir, "gopherceptron", "data"), nil
}

// path returns where the cache has a remote file, or would have it.
func (f *fetcher) path(r remote) string { return filepath.Join(f.dir, filepath.FromSlash(r.name)) }

// get returns the path of a verified copy, which it downloads where there is none.
func (f *fetcher) get(r remote) (string, error) {
	path := f.path(r)
	if _, err := os.Stat(path); err == nil && r.verify(path) == nil {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", fmt.Errorf("data: no folder for %s: %w", r.name, err)
	}
	sweep(path)
	// Each process writes to a file of its own; what an earlier transfer has left is claimed by renaming it.
	part := fmt.Sprintf("%s.%x.tmp", path, rand.Uint64())
	resumed := os.Rename(path+".part", part) == nil
	problem := f.download(r, part)
	if errors.As(problem, new(*wrongFile)) && resumed {
		problem = f.download(r, part) // what was left did not belong to this file
	}
	if problem == nil {
		if err := os.Rename(part, path); err != nil {
			problem = &diskError{err}
		}
	}
	if problem == nil {
		return path, nil
	}
	var disk *diskError
	if errors.As(problem, &disk) {
		os.Remove(part)
		return "", fmt.Errorf("data: writing %s to %s: %w; nothing was kept. Make room there and call again", r.name, f.dir, disk.error)
	}
	if s, err := os.Stat(part); err == nil && s.Size() > 0 {
		os.Rename(part, path+".part")
	} else {
		os.Remove(part)
	}
	return "", fmt.Errorf("data: %s could not be downloaded: %w", r.name, problem)
}

// sweep removes what processes that were killed have left beside path.
func sweep(path string) {
	old, _ := filepath.Glob(path + ".*.tmp")
	for _, name := range old {
		if s, err := os.Stat(name); err == nil && time.Since(s.ModTime()) > 24*time.Hour {
			os.Remove(name)
		}
	}
}

// A wrongFile is a whole file that is not the one that is wanted.
type wrongFile struct{ error }

// A diskError is one of the machine, not of the network.
type diskError struct{ error }

// download writes a verified file to part. Where it fails it leaves what there is, or nothing where that is useless.
func (f *fetcher) download(r remote, part string) error {
	file, err := f.open(part)
	if err != nil {
		return &diskError{err}
	}
	defer file.Close()
	problem := errors.New("there is no address")
	for _, url := range r.urls {
		for attempt := range attempts {
			if attempt > 0 {
				select {
				case <-f.host.Context().Done():
				case <-time.After(f.pause):
				}
			}
			var again bool
			if again, err = f.transfer(r, url, file); err == nil {
				if err = file.Sync(); err != nil {
					return &diskError{err}
				}
				if err = r.verify(part); err == nil {
					return nil
				}
				// The wrong bytes are of no use to anyone.
				file.Truncate(0)
				err, again = &wrongFile{fmt.Errorf("%s: %w", url, err)}, false
			}
			if errors.As(err, new(*diskError)) {
				return err
			}
			if f.host.Context().Err() != nil {
				return fmt.Errorf("%s: stopped; the next call goes on from here: %w", url, context.Cause(f.host.Context()))
			}
			problem = err
			if !again {
				break
			}
		}
	}
	return problem
}

// transfer brings what is missing of a file. again reports whether trying again may help.
func (f *fetcher) transfer(r remote, url string, file partFile) (again bool, err error) {
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return false, &diskError{err}
	}
	if r.size > 0 && have >= r.size {
		if have == r.size {
			return false, nil
		}
		have = 0 // it is no part of the file
	}
	request, err := http.NewRequestWithContext(f.host.Context(), http.MethodGet, url, nil)
	if err != nil {
		return false, err
	}
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	response, err := f.client.Do(request)
	if err != nil {
		return true, err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusOK:
		have = 0 // the server sends it from the start
	case response.StatusCode == http.StatusPartialContent && strings.HasPrefix(response.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
	case response.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		file.Truncate(0)
		return true, fmt.Errorf("%s: server has no byte %d", url, have)
	default:
		return response.StatusCode >= 500, fmt.Errorf("%s: server answers %s", url, response.Status)
	}
	if err := file.Truncate(have); err != nil {
		return false, &diskError{err}
	}
	if _, err := file.Seek(have, io.SeekStart); err != nil {
		return false, &diskError{err}
	}
	size := r.size
	if size == 0 && response.ContentLength > 0 {
		size = have + response.ContentLength
	}
	return f.copy(r, url, file, response.Body, have, size)
}

// copy writes body to file and reports how far it is.
func (f *fetcher) copy(r remote, url string, file partFile, body io.Reader, have, size int64) (again bool, err error) {
	t := Transfer{Name: r.name, URL: url, Done: have, Size: size}
	start, reported, from := time.Now(), time.Time{}, have
	id := "nnlib-transfer-" + r.name
	defer func() {
		t.Ended, t.Failed = true, err != nil
		t.Elapsed = time.Since(start)
		f.host.Update(id, t)
	}()
	limit := int64(most)
	if size > 0 {
		limit = size
	}
	buffer := make([]byte, 64<<10)
	for {
		n, err := body.Read(buffer)
		if t.Done+int64(n) > limit {
			file.Truncate(0)
			return false, &wrongFile{fmt.Errorf("%s: more than the %d bytes that are expected", url, limit)}
		}
		if _, err := file.Write(buffer[:n]); err != nil {
			return false, &diskError{err}
		}
		t.Done += int64(n)
		if time.Since(reported) > 250*time.Millisecond {
			reported, t.Elapsed = time.Now(), time.Since(start)
			t.speed = float64(t.Done-from) / max(t.Elapsed.Seconds(), 1e-3)
			f.host.Update(id, t)
			f.host.Yield()
		}
		switch {
		case err == io.EOF && size > 0 && t.Done < size, err != nil && err != io.EOF:
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return true, fmt.Errorf("%s: broke off after %s: %w", url, amount(t.Done), err)
		case err == io.EOF:
			return false, nil
		}
	}
}

// fileSum returns the SHA-256 of a file in hexadecimal digits.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// checkSum returns an error unless both sums are equal.
func checkSum(got, want string) error {
	if got != want {
		return fmt.Errorf("SHA-256 is %s, %s is expected: the file is damaged or was changed", got, want)
	}
	return nil
}

// amount writes a number of bytes for people: 228.8 MB.
func amount(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
