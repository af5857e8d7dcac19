package data

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func picture(w, h int, at func(x, y int) color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, at(x, y))
		}
	}
	return img
}

func plain(c color.Color) func(x, y int) color.Color { return func(int, int) color.Color { return c } }

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestResize(t *testing.T) {
	half := func(x, y int) color.Color {
		if x < 50 {
			return color.NRGBA{200, 0, 0, 255}
		}
		return color.NRGBA{0, 100, 0, 255}
	}
	wide := func(x, y int) color.Color { // the middle of 100 columns of 300 is green
		if x >= 100 && x < 200 {
			return color.NRGBA{0, 100, 0, 255}
		}
		return color.NRGBA{255, 0, 0, 255}
	}
	for _, c := range []struct {
		name          string
		img           image.Image
		height, width int
		grey          bool
		want          []byte
	}{
		{"same size", picture(2, 1, func(x, _ int) color.Color { return color.NRGBA{byte(x), 20, 30, 255} }), 1, 2, false, []byte{0, 20, 30, 1, 20, 30}},
		{"smaller", picture(100, 100, half), 1, 1, false, []byte{100, 50, 0}},
		{"halves", picture(100, 50, half), 1, 2, false, []byte{171, 14, 0, 29, 86, 0}}, // a seventh comes from the other side
		{"cropped left and right", picture(300, 100, wide), 1, 1, false, []byte{0, 100, 0}},
		{"cropped above and below", picture(100, 300, func(x, y int) color.Color { return wide(y, x) }), 1, 1, false, []byte{0, 100, 0}},
		{"larger", picture(1, 1, plain(color.NRGBA{9, 8, 7, 255})), 2, 2, false, []byte{9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7}},
		{"grey", picture(10, 10, plain(color.NRGBA{100, 200, 50, 255})), 1, 1, true, []byte{153}},
		{"transparent is white", picture(4, 4, plain(color.NRGBA{0, 0, 0, 0})), 1, 1, false, []byte{255, 255, 255}},
		{"a part of a picture", picture(100, 100, half).(*image.NRGBA).SubImage(image.Rect(60, 10, 80, 30)), 1, 1, false, []byte{0, 100, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := make([]byte, len(c.want))
			resize(got, c.height, c.width, c.grey, c.img)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("resize differs (-want +got):\n%s", diff)
			}
		})
	}
}

// folder makes a folder of two classes with good and broken files, and returns it with their contents.
func folder(t *testing.T) (string, map[string][]byte) {
	t.Helper()
	red, blue := picture(40, 30, plain(color.NRGBA{250, 0, 0, 255})), picture(30, 40, plain(color.NRGBA{0, 0, 250, 255}))
	huge := pngOf(t, picture(1, 1, plain(color.White)))
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // says that it is 65536 by 65536
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	all := map[string][]byte{
		"set/tulips/b.jpg":       jpegOf(t, red),
		"set/tulips/a.PNG":       pngOf(t, blue),
		"set/tulips/notes.txt":   []byte("no picture"),
		"set/tulips/.hidden.jpg": []byte("no picture"),
		"set/roses/x.jpeg":       jpegOf(t, blue),
		"set/roses/cut.jpg":      jpegOf(t, red)[:200],
		"set/roses/text.png":     []byte("no picture"),
		"set/roses/huge.png":     huge,
		"set/roses/empty.jpg":    {},
		"LICENSE.txt":            []byte("at the top"),
	}
	dir := t.TempDir()
	for name, content := range all {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "set"), all
}

// checkFolder looks whether d is what folder made.
func checkFolder(t *testing.T, d *Dataset, prefix string) {
	t.Helper()
	if diff := cmp.Diff([]string{"roses", "tulips"}, d.Classes); diff != "" {
		t.Errorf("classes differ (-want +got):\n%s", diff)
	}
	got := map[string]int{}
	for i, l := range d.Labels() {
		p := d.Example(i)
		colour := "blue"
		if p.At(1, 1, 0) > 200 {
			colour = "red"
		}
		if sum := p.At(1, 1, 0) + p.At(1, 1, 2); sum < 245 || sum > 256 {
			t.Errorf("picture %d has colours %v; want red or blue", i, p.Data[:3])
		}
		got[d.Classes[l]+" "+colour]++
	}
	if diff := cmp.Diff(map[string]int{"roses blue": 1, "tulips blue": 1, "tulips red": 1}, got); diff != "" {
		t.Errorf("pictures differ (-want +got):\n%s", diff)
	}
	skipped := strings.Join(d.Pictures.Skipped, "\n")
	for _, want := range []string{
		prefix + "roses/cut.jpg: the picture is damaged: unexpected EOF",
		prefix + "roses/text.png: this is neither JPEG nor PNG",
		prefix + "roses/huge.png: picture of 65536 by 65536 pixels, 1 to 104857600 are expected in all",
		prefix + "roses/empty.jpg: this is neither JPEG nor PNG",
	} {
		if !strings.Contains(skipped, want) {
			t.Errorf("Skipped = %q; want %q in it", d.Pictures.Skipped, want)
		}
	}
	if len(d.Pictures.Skipped) != 4 || !strings.Contains(d.String(), "; 4 files skipped, ") {
		t.Errorf("data set is %q with %q; want 4 skipped files", d, d.Pictures.Skipped)
	}
}

func TestImageFolder(t *testing.T) {
	dir, _ := folder(t)
	before := runtime.NumGoroutine()
	d, err := ImageFolder(dir, ImageOptions{Height: 4})
	if err != nil {
		t.Fatal(err)
	}
	checkFolder(t, d, "")
	if diff := cmp.Diff([]int{4, 4, 3}, d.ExampleShape()); diff != "" {
		t.Errorf("shape differs (-want +got):\n%s", diff)
	}
	if d.Labels()[0] != 0 || d.Labels()[1] != 1 {
		t.Errorf("labels = %v; want them in the order of the names", d.Labels())
	}
	few, err := ImageFolder(dir, ImageOptions{Height: 2, Width: 3, Grey: true, PerClass: 1})
	if err != nil || few.Len() != 1 || fmt.Sprint(few.ExampleShape()) != "[2 3]" {
		t.Errorf("with one file of each class = %v, %v; want one picture of 2 by 3 (the other is cut)", few, err)
	}
	for deadline := time.Now().Add(2 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines are left; want %d", n, before)
	}
}

func TestImageFolderErrors(t *testing.T) {
	dir, _ := folder(t)
	empty := t.TempDir()
	broken := t.TempDir()
	os.MkdirAll(filepath.Join(broken, "a"), 0o755)
	os.WriteFile(filepath.Join(broken, "a", "b.png"), []byte("no picture"), 0o644)
	for _, c := range []struct{ name, dir, want string }{
		{"no folder", filepath.Join(empty, "none"), "no such file or directory; a folder with one folder for each class is expected"},
		{"empty", empty, "has no folder with JPEG or PNG files; one folder for each class is expected"},
		{"one level too low", filepath.Join(dir, "tulips"), "has no folder with JPEG or PNG files"},
		{"nothing can be read", broken, "data: none of 1 image files can be read; the first is a/b.png: this is neither JPEG nor PNG"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d, err := ImageFolder(c.dir, ImageOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ImageFolder = %v, %v; want an error with %q", d, err, c.want)
			}
		})
	}
	t.Run("options", func(t *testing.T) {
		defer func() {
			if got, want := fmt.Sprint(recover()), "nnlib: ImageFolder: Height -1, Width -1, PerClass 0, numbers of at least 1"; !strings.HasPrefix(got, want) {
				t.Errorf("panic = %q; want %q", got, want)
			}
		}()
		ImageFolder(dir, ImageOptions{Height: -1})
	})
	t.Run("stopped", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		l := listing{}
		l.add("a/b.png", 0)
		_, err := l.load(&quiet{ctx: ctx}, ImageOptions{}.withDefaults(""), func(ctx context.Context, give func(int, []byte, error) bool) error {
			give(0, nil, nil)
			return nil
		})
		if err == nil || !strings.HasPrefix(err.Error(), "data: stopped after ") {
			t.Errorf("load = %v; want that it was stopped", err)
		}
	})
}

func tgz(t testing.TB, all map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	w.WriteHeader(&tar.Header{Name: "set/", Typeflag: tar.TypeDir, Mode: 0o755})
	for name, content := range all {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFlowerPhotos loads a small archive from a server, as FlowerPhotos loads the large one.
func TestFlowerPhotos(t *testing.T) {
	_, all := folder(t)
	archive := packed(t, tgz(t, all))
	sum := fmt.Sprintf("%x", sha256.Sum256(archive))
	url, asked := serve(t, archive, true, func(n int) int { return []int{500, -1, -1, -1}[n] })
	f := testFetcher(t)
	r := remote{name: "flowers.tgz", size: int64(len(archive)), urls: []string{url}}
	for range 2 { // the second time from the cache
		d, err := f.archive(r, sum, ImageOptions{Height: 4}.withDefaults(""))
		if err != nil {
			t.Fatal(err)
		}
		checkFolder(t, d, "set/")
	}
	if len(*asked) != 2 || (*asked)[1] != "bytes=500-" {
		t.Errorf("server was asked for %q; want the rest after 500 bytes", *asked)
	}
	f = testFetcher(t)
	if _, err := f.archive(r, strings.Repeat("0", 64), ImageOptions{Height: 4}); err == nil || !strings.Contains(err.Error(), "SHA-256 is "+sum+", 000") {
		t.Errorf("with a wrong sum = %v; want both sums", err)
	}
	if got := files(t, f.dir); len(got) > 0 {
		t.Errorf("cache has %q; want nothing", got)
	}
	for name, content := range map[string][]byte{"is no gzip file": []byte("hello"), "is damaged": packed(t, []byte(strings.Repeat("x", 1024))), "unexpected EOF": archive[:len(archive)-20], "has no JPEG": packed(t, tgz(t, nil))} {
		path := filepath.Join(t.TempDir(), "a.tgz")
		os.WriteFile(path, content, 0o644)
		if _, err := loadArchive(f, path, ImageOptions{Height: 4}.withDefaults("")); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("loadArchive = %v; want an error with %q", err, name)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	img := jpegOf(b, picture(320, 240, func(x, y int) color.Color { return color.NRGBA{byte(x), byte(y), byte(x * y), 255} }))
	dst := make([]byte, 192*192*3)
	for b.Loop() {
		if err := decode(img, dst, ImageOptions{Height: 192, Width: 192}); err != nil {
			b.Fatal(err)
		}
	}
}
