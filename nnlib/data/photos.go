package data

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
)

// flowerPhotos is the archive of FlowerPhotos.
var flowerPhotos = remote{
	name: "flower_photos.tgz",
	size: 228813984,
	urls: []string{"https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz"},
}

const flowerPhotosSum = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"

// FlowerPhotos returns 3,670 photographs of daisies, dandelions, roses, sunflowers and tulips, scaled and cropped as
// ImageFolder does it. The archive, 229 MB, is downloaded when it is first needed, checked by its SHA-256 and kept. A
// download that is interrupted goes on from there the next time. At the default size the pictures take 406 MB.
// Source: The TensorFlow Team, "Flowers" (2019); the photographs are under Creative Commons licences.
func FlowerPhotos(options ImageOptions) (*Dataset, error) {
	f, err := newFetcher()
	if err != nil {
		return nil, err
	}
	return f.archive(flowerPhotos, flowerPhotosSum, options.withDefaults("FlowerPhotos"))
}

// archive returns the pictures of a packed tar file with a folder for each class.
func (f *fetcher) archive(r remote, sum string, o ImageOptions) (*Dataset, error) {
	r.verify = func(path string) error {
		got, err := fileSum(path)
		if err != nil {
			return err
		}
		return checkSum(got, sum)
	}
	path, err := f.get(r)
	if err != nil {
		return nil, err
	}
	return loadArchive(f, path, o)
}

// loadArchive reads a packed tar file twice, for the names and for the pictures: nothing is written, so that no name
// in it can do harm.
func loadArchive(f *fetcher, path string, o ImageOptions) (*Dataset, error) {
	var found listing
	places := map[int]int{} // of a member in the archive: its place among the pictures
	n := 0
	err := members(path, func(name string, _ io.Reader) (bool, error) {
		if found.add(name, o.PerClass) {
			places[n] = len(found.names) - 1
		}
		n++
		return f.host.Context().Err() == nil, nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.host.Context().Err(); err != nil {
		return nil, fmt.Errorf("data: stopped: %w", err)
	}
	if len(found.names) == 0 {
		return nil, fmt.Errorf("data: %s has no JPEG or PNG files in folders; one folder for each class is expected", path)
	}
	return found.load(f.host, o, func(ctx context.Context, give func(i int, content []byte, err error) bool) error {
		n := 0
		return members(path, func(_ string, r io.Reader) (bool, error) {
			i, wanted := places[n]
			n++
			if !wanted {
				return true, nil
			}
			content, err := io.ReadAll(io.LimitReader(r, mostPixels))
			if err != nil {
				return false, err
			}
			return give(i, content, nil), nil
		})
	})
}

// members calls f with each file of a packed tar file until it returns false.
func members(path string, f func(name string, content io.Reader) (more bool, err error)) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	defer file.Close()
	return readMembers(path, file, f)
}

func readMembers(name string, r io.Reader, f func(name string, content io.Reader) (more bool, err error)) error {
	z, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return fmt.Errorf("data: %s is no gzip file: %w", name, noEOF(err))
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("data: %s is damaged: %w", name, err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		more, err := f(h.Name, t)
		if err != nil {
			return fmt.Errorf("data: %s is damaged: %s: %w", name, h.Name, noEOF(err))
		}
		if !more {
			return nil
		}
	}
}
