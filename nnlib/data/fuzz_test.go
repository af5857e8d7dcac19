package data

import (
	"bytes"
	"image/color"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzIDX(f *testing.F) {
	f.Add(idx([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3))
	f.Add(idx(nil, 1<<31, 1<<31, 1<<31, 1<<31))
	f.Fuzz(func(t *testing.T, file []byte) {
		shape, values, err := ReadIDX(bytes.NewReader(file))
		if err != nil {
			return
		}
		if again := idx(values, shape...); !bytes.Equal(again, file) {
			t.Errorf("ReadIDX(%x) = %v, %x; want what the file says", file, shape, values)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b,c\n1,2,x\n3,4,y\n"), false)
	f.Add([]byte("a,\"b\n\",c\n1,-2e3,7\n"), true)
	f.Fuzz(func(t *testing.T, file []byte, numbers bool) {
		d, err := ReadCSV(bytes.NewReader(file), CSVOptions{Numbers: numbers})
		if err != nil {
			return
		}
		d.Check("fuzz")
		var b bytes.Buffer
		if err := d.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadCSV(&b, CSVOptions{Numbers: numbers})
		if err != nil {
			t.Fatalf("reading what was written: %v\n%s", err, b.Bytes())
		}
		d.Features, again.Features = nil, nil // the writer calls the target y
		if diff := cmp.Diff(d, again); diff != "" {
			t.Errorf("read, written and read again differs (-first +second):\n%s", diff)
		}
	})
}

func FuzzDecode(f *testing.F) {
	img := picture(5, 4, func(x, y int) color.Color { return color.NRGBA{byte(50 * x), byte(60 * y), 9, 200} })
	f.Add(jpegOf(f, img))
	f.Add(pngOf(f, img))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<12 { // small files can still be large pictures, which take time
			return
		}
		dst := make([]byte, 3*3*3)
		decode(file, dst, ImageOptions{Height: 3, Width: 3})
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(tgz(f, map[string][]byte{"a/b.png": pngOf(f, picture(1, 1, plain(color.White)))}))
	f.Fuzz(func(t *testing.T, file []byte) {
		packed := packed(t, file) // the fuzzer would only ever break the sum of gzip
		var found listing
		readMembers("fuzz", bytes.NewReader(packed), func(name string, r io.Reader) (bool, error) {
			found.add(name, 2)
			_, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
			return len(found.names) < 100, err
		})
		for i, l := range found.labels {
			if l < 0 || l >= len(found.classes) || found.counts[l] > 2 {
				t.Errorf("file %q has label %d of %q, counts %v", found.names[i], l, found.classes, found.counts)
			}
		}
	})
}
