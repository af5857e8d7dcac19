package data

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// quiet is a host that counts what it is shown.
type quiet struct {
	ctx     context.Context
	updates atomic.Int64
	last    atomic.Value
}

func (q *quiet) Context() context.Context { return q.ctx }
func (q *quiet) Yield()                   {}
func (q *quiet) Update(_ string, v any) {
	q.updates.Add(1)
	q.last.Store(fmt.Sprint(v))
}

func testFetcher(t *testing.T) *fetcher {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return &fetcher{dir: t.TempDir(), client: client, host: &quiet{ctx: t.Context()}, pause: time.Millisecond, open: openPart}
}

// wanted returns a remote whose content is known.
func wanted(content []byte, urls ...string) remote {
	sum := fmt.Sprintf("%x", sha256.Sum256(content))
	return remote{name: "set/file.bin", size: int64(len(content)), urls: urls, verify: func(path string) error {
		got, err := fileSum(path)
		if err != nil {
			return err
		}
		return checkSum(got, sum)
	}}
}

// files returns the names under dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var content = bytes.Repeat([]byte("gopherceptron "), 30000) // 420 kB

// serve offers content; cut says after how many bytes the n-th answer (from 0) breaks off, or a negative number.
func serve(t *testing.T, content []byte, ranges bool, cut func(n int) int) (url string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.Header.Get("Range"))
		if !ranges {
			r.Header.Del("Range")
		}
		if c := cut(n); c >= 0 {
			w = &cutter{w, c}
		}
		n++
		http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(content))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// cutter breaks the connection after so many bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	n := min(len(b), c.left)
	c.left -= n
	c.ResponseWriter.Write(b[:n])
	if c.left == 0 {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

func whole(int) int { return -1 }

func TestFetch(t *testing.T) {
	damaged := bytes.ToUpper(content)
	for _, c := range []struct {
		name    string
		content []byte // that the server has
		ranges  bool
		cut     func(n int) int
		left    []byte // of an earlier transfer
		asked   []string
		problem string   // in the error
		files   []string // in the cache afterwards
	}{
		{name: "whole", content: content, ranges: true, cut: whole, asked: []string{""}, files: []string{"file.bin"}},
		{name: "breaks off twice", content: content, ranges: true, cut: func(n int) int { return []int{100000, 50000, -1}[n] },
			asked: []string{"", "bytes=100000-", "bytes=150000-"}, files: []string{"file.bin"}},
		{name: "breaks off, no ranges", content: content, cut: func(n int) int { return []int{100000, -1}[n] },
			asked: []string{"", "bytes=100000-"}, files: []string{"file.bin"}},
		{name: "keeps breaking off", content: content, ranges: true, cut: func(int) int { return 1000 },
			asked: []string{"", "bytes=1000-", "bytes=2000-", "bytes=3000-"}, problem: "broke off after 4.0 kB: unexpected EOF", files: []string{"file.bin.part"}},
		{name: "goes on from an earlier call", content: content, ranges: true, cut: whole, left: content[:7000], asked: []string{"bytes=7000-"}, files: []string{"file.bin"}},
		{name: "what was left is of another file", content: content, ranges: true, cut: whole, left: damaged[:7000], asked: []string{"bytes=7000-", ""}, files: []string{"file.bin"}},
		{name: "what was left is too long", content: content, ranges: true, cut: whole, left: append(bytes.Clone(content), 'x'), asked: []string{""}, files: []string{"file.bin"}},
		{name: "what was left is all of it", content: content, ranges: true, cut: whole, left: content, files: []string{"file.bin"}},
		{name: "wrong sum", content: damaged, ranges: true, cut: whole, asked: []string{""}, problem: "SHA-256 is", files: nil},
		{name: "too long", content: append(bytes.Clone(content), 'x'), ranges: true, cut: whole, asked: []string{""}, problem: "more than the 420000 bytes that are expected", files: nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := testFetcher(t)
			url, asked := serve(t, c.content, c.ranges, c.cut)
			r := wanted(content, url)
			if c.left != nil {
				os.MkdirAll(filepath.Join(f.dir, "set"), 0o755)
				if err := os.WriteFile(f.path(r)+".part", c.left, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			path, err := f.get(r)
			if (err == nil) != (c.problem == "") || err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Fatalf("get = %v; want an error with %q", err, c.problem)
			}
			if got := fmt.Sprint(*asked); got != fmt.Sprint(c.asked) {
				t.Errorf("server was asked for %q; want %q", *asked, c.asked)
			}
			if got := files(t, f.dir); fmt.Sprint(got) != fmt.Sprint(c.files) {
				t.Errorf("cache has %q; want %q", got, c.files)
			}
			if err != nil {
				return
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
				t.Errorf("file has %d bytes (%v); want the %d that are expected", len(got), err, len(content))
			}
			// Now it is in the cache, and the server is not needed.
			before := len(*asked)
			if again, err := f.get(r); err != nil || again != path || len(*asked) != before {
				t.Errorf("second get = %q, %v after %d requests; want %q from the cache", again, err, len(*asked)-before, path)
			}
			// A file that was damaged in the cache is brought again.
			os.WriteFile(path, []byte("damaged"), 0o644)
			if c.name == "whole" {
				if _, err := f.get(r); err != nil || len(*asked) != before+1 {
					t.Errorf("get of a damaged file = %v after %d requests; want 1", err, len(*asked)-before)
				}
			}
		})
	}
}

func TestFetchElsewhere(t *testing.T) {
	f := testFetcher(t)
	missing := httptest.NewServer(http.NotFoundHandler())
	defer missing.Close()
	url, _ := serve(t, content, true, whole)
	if _, err := f.get(wanted(content, missing.URL, url)); err != nil {
		t.Errorf("get with a second address = %v; want nil", err)
	}
	if last := f.host.(*quiet).last.Load(); last == nil || !strings.Contains(last.(string), "set/file.bin: 420.0 kB of 420.0 kB in") {
		t.Errorf("last progress = %v; want the whole file", last)
	}
	f = testFetcher(t)
	if _, err := f.get(wanted(content, missing.URL)); err == nil || !strings.Contains(err.Error(), "data: set/file.bin could not be downloaded: "+missing.URL+": server answers 404 Not Found") {
		t.Errorf("get = %v; want the server's answer", err)
	}
	if got := files(t, f.dir); len(got) > 0 {
		t.Errorf("cache has %q; want nothing", got)
	}
}

// TestFetchStops ends the context in the middle: the call returns and the next one goes on.
func TestFetchStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(content[:200000])
		w.(http.Flusher).Flush()
		time.Sleep(20 * time.Millisecond)
		stop()
		<-r.Context().Done()
	}))
	defer s.Close()
	f := testFetcher(t)
	f.host = &quiet{ctx: ctx}
	r := wanted(content, s.URL)
	if _, err := f.get(r); !errors.Is(err, context.Canceled) {
		t.Errorf("get = %v; want %v", err, context.Canceled)
	}
	f.host = &quiet{ctx: t.Context()}
	url, asked := serve(t, content, true, whole)
	r.urls = []string{url}
	if _, err := f.get(r); err != nil || (*asked)[0] == "" {
		t.Errorf("second get = %v, asking for %q; want the rest only", err, *asked)
	}
}

// fullDisk has room for some bytes only.
type fullDisk struct {
	*os.File
	room int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, &os.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
	}
	return d.File.Write(b)
}

func TestFetchFullDisk(t *testing.T) {
	f := testFetcher(t)
	f.open = func(path string) (partFile, error) {
		file, err := os.Create(path)
		return &fullDisk{file, 100000}, err
	}
	url, _ := serve(t, content, true, whole)
	_, err := f.get(wanted(content, url))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "nothing was kept. Make room there and call again") {
		t.Errorf("get = %v; want %v and what to do", err, syscall.ENOSPC)
	}
	if got := files(t, f.dir); len(got) > 0 {
		t.Errorf("cache has %q; want nothing", got)
	}
}

func TestFetchNoFolder(t *testing.T) {
	f := testFetcher(t)
	f.dir = filepath.Join(f.dir, "file")
	os.WriteFile(f.dir, nil, 0o644)
	if _, err := f.get(wanted(content)); err == nil || !strings.Contains(err.Error(), "data: no folder for set/file.bin") {
		t.Errorf("get = %v; want that there is no folder", err)
	}
}

func TestTransfer(t *testing.T) {
	tr := Transfer{Name: "a<b", Done: 5e6, Size: 20e6, Elapsed: time.Second, speed: 5e6}
	if got, want := tr.String(), "a<b: 5.0 MB of 20.0 MB, 5.0 MB/s, 3 s left"; got != want {
		t.Errorf("String() = %q; want %q", got, want)
	}
	if h := tr.HTML(); !strings.Contains(h, `aria-valuenow="25"`) || strings.Contains(h, "a<b") {
		t.Errorf("HTML() = %s; want 25 %% and an escaped name", h)
	}
}
