package data

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

func TestPoints(t *testing.T) {
	for _, c := range []struct {
		name    string
		make    func(noise float64, seed int64) *Dataset
		classes int
		class   func(x1, x2 float64) int // of a point without noise
	}{
		{"circle", func(n float64, s int64) *Dataset { return Circle(301, n, s) }, 2, func(x1, x2 float64) int {
			if math.Hypot(x1, x2) < 0.5 {
				return 1
			}
			return 0
		}},
		{"xor", func(n float64, s int64) *Dataset { return XOR(301, n, s) }, 2, func(x1, x2 float64) int {
			if x1*x2 < 0 {
				return 1
			}
			return 0
		}},
		{"spiral", func(n float64, s int64) *Dataset { return Spiral(301, n, s) }, 2, func(x1, x2 float64) int {
			turn := 1.75*2*math.Pi*(math.Hypot(x1, x2)-0.05)/0.95 - math.Atan2(x1, x2)
			return int(math.Round(math.Mod(turn/math.Pi+4, 2))) % 2
		}},
		{"moons", func(n float64, s int64) *Dataset { return Moons(301, n, s) }, 2, func(x1, x2 float64) int {
			if math.Abs(math.Hypot(1.5*x1+0.5, 1.5*x2+0.25)-1) < 1e-3 && 1.5*x2+0.25 > -1e-6 {
				return 0
			}
			return 1
		}},
		{"blobs", func(n float64, s int64) *Dataset { return Blobs(301, 3, n, s) }, 3, func(x1, x2 float64) int {
			return int(math.Round((math.Atan2(x2, x1)-math.Pi/4)/(2*math.Pi/3)+3)) % 3
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.make(0, 1)
			d.Check("test")
			if n := counts(d); len(n) != c.classes || n[0]-n[c.classes-1] > 1 {
				t.Errorf("classes have %v; want %d of equal sizes", n, c.classes)
			}
			for i, l := range d.Labels() {
				x := d.X.Row(i)
				if got := c.class(x[0], x[1]); got != l {
					t.Errorf("point %.3f has class %d; want %d", x, l, got)
				}
				if math.Abs(x[0]) > 1.01 || math.Abs(x[1]) > 1.01 {
					t.Errorf("point %.3f; want it between -1 and 1", x)
				}
			}
			if !cmp.Equal(d, c.make(0, 1)) || cmp.Equal(d, c.make(0, 2)) || cmp.Equal(d, c.make(0.1, 1)) {
				t.Error("want the same points for the same seed and noise, others for others")
			}
		})
	}
	for want, call := range map[string]func(){
		"nnlib: Circle: 1 points, at least one for each of 2 classes is expected": func() { Circle(1, 0, 1) },
		"nnlib: Moons: noise -1, a number of at least 0 is expected":              func() { Moons(9, -1, 1) },
		"nnlib: Blobs: 0 classes, at least 1 is expected":                         func() { Blobs(9, 0, 0, 1) },
		"nnlib: Flowers: 0 pictures, at least 1 is expected":                      func() { Flowers(0, 1) },
	} {
		func() {
			defer func() {
				if err, ok := recover().(*tensor.Error); !ok || fmt.Sprint(err) != want {
					t.Errorf("panic = %v; want %q", err, want)
				}
			}()
			call()
		}()
	}
}
