package data

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// fileStore returns a store in a file below a folder of the test's own.
func fileStore(t *testing.T, n int) *store {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	s, err := newFileStore(n)
	if err != nil {
		if inMemory(dir) != nil {
			t.Skip("needs a folder for temporary files on a disk: ", err)
		}
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "gopherceptron", "data", ".*")); len(left) > 0 {
		t.Errorf("the file has the name %q; want none, so that nothing is left when the process ends", left)
	}
	return s
}

// TestFileStore checks that pictures are the same from a file and from memory, through all that reads them.
func TestFileStore(t *testing.T) {
	const n = 6
	want := Flowers(n, 5)
	s := fileStore(t, n*flowerSize)
	if err := drawInto(s, want.Y, 5); err != nil {
		t.Fatal(err)
	}
	got := *want
	got.Pictures = newPictures(s, n, FlowerSide, FlowerSide, 3)
	if !bytes.Equal(stored(&got), stored(want)) {
		t.Error("pictures drawn into a file differ from those in memory")
	}
	if !bytes.Equal(stored(got.Shrink(8)), stored(want.Shrink(8))) {
		t.Error("Shrink of pictures in a file differs from that of those in memory")
	}
	a, b := got.Normalize(127.5, 255).Select(4, 0, 4).Tensor(), want.Normalize(127.5, 255).Select(4, 0, 4).Tensor()
	if !slices.Equal(a.Data, b.Data) {
		t.Error("numbers of pictures in a file differ from those in memory")
	}
	row := make([]float32, 2*got.RowLen())
	if allocs := testing.AllocsPerRun(20, func() { got.Batch(row, []int{1, 3}) }); allocs > 0 {
		t.Errorf("Batch of pictures in a file allocates %g times; want 0", allocs)
	}
}

// TestFileStoreIsClosed forgets a store and waits for its file to go.
func TestFileStoreIsClosed(t *testing.T) {
	open := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("needs /proc: ", err)
		}
		return len(files)
	}
	before := open()
	s := fileStore(t, large)
	if got := open(); got != before+1 {
		t.Fatalf("%d files are open with a store; want %d", got, before+1)
	}
	runtime.KeepAlive(s)
	s = nil
	for range 200 {
		runtime.GC()
		if open() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d files are open after the store was forgotten; want %d", open(), before)
}

// TestStoreWithoutRoom asks for more than a disk has: the pictures are then in memory.
func TestStoreWithoutRoom(t *testing.T) {
	fileStore(t, 1) // skips where there are no files
	if s, err := newFileStore(1 << 50); err == nil {
		t.Errorf("newFileStore of 1 PiB = %v; want an error", s)
	}
	t.Setenv("XDG_CACHE_HOME", "/proc/no/such/folder")
	if s := newStore(large); s.file != nil || len(s.bytes) != large {
		t.Errorf("newStore without a folder has %d bytes in memory; want all %d", len(s.bytes), large)
	}
}
