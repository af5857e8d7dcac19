package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // so that image.Decode reads them
	_ "image/png"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/host"
	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// ImageOptions say how image files become examples. Zero values mean the defaults.
type ImageOptions struct {
	Height, Width int  // of each example, in pixels; 192, or the other one where only one is given
	Grey          bool // makes (height, width) instead of (height, width, 3)
	PerClass      int  // at most so many files of each class, the first by name; all
}

func (o ImageOptions) withDefaults(op string) ImageOptions {
	if o.Height == 0 {
		o.Height = o.Width
	}
	if o.Height == 0 {
		o.Height = 192
	}
	if o.Width == 0 {
		o.Width = o.Height
	}
	if o.Height < 0 || o.Width < 0 || o.PerClass < 0 || o.Height > 1<<14 || o.Width > 1<<14 {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("Height %d, Width %d, PerClass %d", o.Height, o.Width, o.PerClass), Expected: "numbers of at least 1 are expected (pixels: at most 16,384), or 0 for the default"})
	}
	return o
}

func (o ImageOptions) shape() []int {
	if o.Grey {
		return []int{o.Height, o.Width}
	}
	return []int{o.Height, o.Width, 3}
}

// ImageFolder reads a folder that has one folder for each class, with JPEG and PNG files in it. Every picture is scaled
// to fill Height by Width and cropped around its middle; its numbers go from 0 to 255. Files are read ahead and decoded
// on all cores. A file that cannot be read is left out and named in Pictures.Skipped, which also shows with the data
// set; where none can be read, that is the error. Names that begin with a dot and files of other kinds are passed over.
func ImageFolder(dir string, options ImageOptions) (*Dataset, error) {
	o := options.withDefaults("ImageFolder")
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("data: ImageFolder: %w; a folder with one folder for each class is expected", err)
	}
	var found listing
	for _, folder := range folders {
		class := folder.Name()
		// Stat, not the entry: a class may be a link to a folder.
		if s, err := os.Stat(filepath.Join(dir, class)); err != nil || !s.IsDir() || strings.HasPrefix(class, ".") {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, class))
		if err != nil {
			return nil, fmt.Errorf("data: ImageFolder: %w", err)
		}
		for _, f := range files {
			if !f.IsDir() {
				found.add(class+"/"+f.Name(), o.PerClass)
			}
		}
	}
	if len(found.names) == 0 {
		return nil, fmt.Errorf("data: ImageFolder: %s has no folder with JPEG or PNG files; one folder for each class is expected", dir)
	}
	root := os.DirFS(dir)
	return found.load(host.Current(), o, func(ctx context.Context, give func(i int, content []byte, err error) bool) error {
		for i, name := range found.names {
			content, err := fs.ReadFile(root, name)
			if !give(i, content, err) {
				break
			}
		}
		return nil
	})
}

// A listing is the image files that were found, by class and name.
type listing struct {
	names   []string // class/file
	labels  []int
	classes []string
	counts  []int // by class
}

// add takes a file of the form .../class/name where it is an image and its class is not full, and reports whether it was.
func (l *listing) add(name string, perClass int) bool {
	class, file := path.Base(path.Dir(name)), path.Base(name)
	switch strings.ToLower(path.Ext(file)) {
	case ".jpg", ".jpeg", ".png":
	default:
		return false
	}
	if strings.HasPrefix(file, ".") || class == "." || class == "/" {
		return false
	}
	i := slices.Index(l.classes, class)
	if i < 0 {
		i = len(l.classes)
		l.classes, l.counts = append(l.classes, class), append(l.counts, 0)
	}
	if perClass > 0 && l.counts[i] == perClass {
		return false
	}
	l.counts[i]++
	l.names, l.labels = append(l.names, name), append(l.labels, i)
	return true
}

// sort gives classes their places by name.
func (l *listing) sort() {
	order := slices.Clone(l.classes)
	slices.Sort(order)
	for i, label := range l.labels {
		l.labels[i] = slices.Index(order, l.classes[label])
	}
	l.classes = order
}

// A job is a file on its way from the reader to a core.
type job struct {
	i       int
	content []byte
	err     error
}

// load decodes the files that read gives, in any order, by their places in l. read stops when give returns false.
func (l *listing) load(h host.Host, o ImageOptions, read func(ctx context.Context, give func(i int, content []byte, err error) bool) error) (*Dataset, error) {
	l.sort()
	shape := o.shape()
	p := newPictures(nil, len(l.names), shape...)
	p.store = newStore(len(l.names) * p.size)
	ctx, stop := context.WithCancel(h.Context())
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	jobs := make(chan job, 2*workers) // read ahead, but not the whole folder
	done := make(chan job)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			pixels := make([]byte, p.size)
			for j := range jobs {
				if j.err == nil {
					j.err = decode(j.content, pixels, o)
				}
				if j.err == nil {
					j.err = p.store.write(pixels, j.i*p.size)
				}
				j.content = nil
				select {
				case done <- j:
				case <-ctx.Done(): // nobody waits any more
				}
			}
		})
	}
	var problem error
	go func() {
		problem = read(ctx, func(i int, content []byte, err error) bool {
			select {
			case jobs <- job{i, content, err}:
				return true
			case <-ctx.Done():
				return false
			}
		})
		close(jobs)
		wait.Wait()
		close(done)
	}()
	good := make([]bool, len(l.names))
	skipped := make([]string, len(l.names))
	progress := Loading{Files: len(l.names)}
	start, shown := time.Now(), time.Now()
	for j := range done {
		progress.Done++
		if good[j.i] = j.err == nil; j.err != nil {
			progress.Skipped++
			skipped[j.i] = l.names[j.i] + ": " + reason(j.err)
		}
		if time.Since(shown) > 250*time.Millisecond {
			shown, progress.Elapsed = time.Now(), time.Since(start)
			h.Update("nnlib-images", progress)
			h.Yield()
		}
	}
	if err := h.Context().Err(); err != nil {
		return nil, fmt.Errorf("data: stopped after %d of %d files: %w", progress.Done, progress.Files, context.Cause(h.Context()))
	}
	if problem != nil {
		return nil, problem
	}
	if time.Since(start) > 250*time.Millisecond {
		progress.Elapsed, progress.Ended = time.Since(start), true
		h.Update("nnlib-images", progress)
	}
	return l.collect(p, good, skipped)
}

// collect makes a data set of the pictures that could be read.
func (l *listing) collect(p *Pictures, good []bool, skipped []string) (*Dataset, error) {
	p.rows = p.rows[:0]
	var labels []float64
	for i, ok := range good {
		if ok {
			p.rows, labels = append(p.rows, i), append(labels, float64(l.labels[i]))
		} else if skipped[i] != "" {
			p.Skipped = append(p.Skipped, skipped[i])
		}
	}
	if len(labels) == 0 {
		first := ""
		if len(p.Skipped) > 0 {
			first = "; the first is " + p.Skipped[0]
		}
		return nil, fmt.Errorf("data: none of %d image files can be read%s", len(good), first)
	}
	return &Dataset{Pictures: p, Y: tensor.From(labels, len(labels)), Classes: l.classes}, nil
}

// reason leaves out what a reader of a list of files knows already.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return strings.TrimPrefix(err.Error(), "data: ")
}

// mostPixels is how large a picture may be: a small file can claim to be one that fills the memory.
const mostPixels = 100 << 20

// decode reads a JPEG or PNG file, scales it so that it fills o.Height by o.Width, and writes the middle of it to dst.
func decode(content []byte, dst []byte, o ImageOptions) error {
	head, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return unreadable(err)
	}
	if head.Width < 1 || head.Height < 1 || head.Width > mostPixels/head.Height {
		return fmt.Errorf("data: picture of %d by %d pixels, 1 to %d are expected in all", head.Height, head.Width, mostPixels)
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return unreadable(err)
	}
	resize(dst, o.Height, o.Width, o.Grey, img)
	return nil
}

func unreadable(err error) error {
	if errors.Is(err, image.ErrFormat) {
		return errors.New("data: this is neither JPEG nor PNG")
	}
	return fmt.Errorf("data: the picture is damaged: %w", noEOF(err))
}
