package data

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFlowers(t *testing.T) {
	d := Flowers(50, 7)
	if got, want := d.String(), "50 examples of shape [192 192 3], 5 classes: daisy dandelion roses sunflowers tulips"; got != want {
		t.Errorf("String() = %q; want %q", got, want)
	}
	if diff := cmp.Diff([]int{10, 10, 10, 10, 10}, counts(d)); diff != "" {
		t.Errorf("pictures by class differ (-want +got):\n%s", diff)
	}
	if again := Flowers(50, 7); again.Pictures.store != d.Pictures.store {
		t.Error("Flowers of the same seed are drawn again; want the same bytes while they are in use")
	}
	if other := Flowers(50, 8); bytes.Equal(stored(other), stored(d)) {
		t.Error("Flowers of another seed are equal; want others")
	}
	if runtime.GOARCH == "amd64" { // others may fuse a multiplication with an addition, and round otherwise
		if got, want := fmt.Sprintf("%08x", crc32.ChecksumIEEE(stored(d))), "01444531"; got != want {
			t.Errorf("CRC-32 of 50 flowers = %s; want %s: the same seed must draw the same pictures in every release", got, want)
		}
	}
}

// stored returns a copy of a store's bytes, from the first picture to the last.
func stored(d *Dataset) []byte {
	all := make([]byte, d.Len()*d.RowLen())
	d.Pictures.store.each(0, len(all), func(at int, b []byte) { copy(all[at:], b) })
	return all
}

// TestFlowersAreBalanced looks for what a linear model could use: the mean brightness of each kind, and of its middle.
func TestFlowersAreBalanced(t *testing.T) {
	const n = 150
	d := Flowers(n, 3)
	var whole, middle [5]float64
	row := make([]float32, d.RowLen())
	for i, l := range d.Labels() {
		d.Batch(row, []int{i})
		for y := range FlowerSide {
			for x := range FlowerSide {
				v := float64(row[(y*FlowerSide+x)*3]+row[(y*FlowerSide+x)*3+1]+row[(y*FlowerSide+x)*3+2]) / 3
				whole[l] += v / (n / 5 * FlowerSide * FlowerSide)
				if x >= 86 && x < 106 && y >= 86 && y < 106 {
					middle[l] += v / (n / 5 * 20 * 20)
				}
			}
		}
	}
	// A picture's brightness has a standard deviation of about 65, so the mean of 30 of them one of 12.
	for l := range whole {
		if math.Abs(whole[l]-104) > 30 || math.Abs(middle[l]-98) > 36 {
			t.Errorf("%s: mean brightness %.0f, in the middle %.0f; want about 104 and 98, as for all kinds", d.Classes[l], whole[l], middle[l])
		}
	}
}

// TestStoreIsGivenBack drops pictures and waits for the memory to go.
func TestStoreIsGivenBack(t *testing.T) {
	gone := make(chan bool)
	func() {
		d := Flowers(20, 99)
		runtime.AddCleanup(d.Pictures.store, func(c chan bool) { close(c) }, gone)
		if d.Len() != 20 {
			t.Error("no flowers")
		}
	}()
	for range 200 {
		runtime.GC()
		select {
		case <-gone:
			if s := flowers.drawn[flowerKey{20, 99}].Value(); s != nil {
				t.Error("the store is remembered although nothing uses it")
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the bytes of pictures that nothing uses are still there after 200 collections")
}

func BenchmarkFlower(b *testing.B) {
	pixels := make([]byte, FlowerSide*FlowerSide*3)
	for kind, name := range flowerNames {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				newFlower(kind, 1, 1).draw(pixels)
			}
		})
	}
}
