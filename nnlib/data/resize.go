package data

import (
	"image"
	"image/draw"
	"math"
)

// resize writes the middle of img to dst, (height, width, 3) or (height, width), scaled so that it fills it. Every
// pixel is a weighted mean of those under it, with weights that fall off linearly to both sides: Pillow's BILINEAR.
// What is transparent is white.
func resize(dst []byte, height, width int, grey bool, img image.Image) {
	b := img.Bounds()
	// The largest rectangle of the wanted form, around the middle.
	w, h := float64(b.Dx()), float64(b.Dx())*float64(height)/float64(width)
	if h > float64(b.Dy()) {
		w, h = float64(b.Dy())*float64(width)/float64(height), float64(b.Dy())
	}
	src := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(src, src.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(src, src.Rect, img, b.Min, draw.Over)
	columns := taps(width, (float64(b.Dx())-w)/2, w)
	rows := taps(height, (float64(b.Dy())-h)/2, h)
	// First across, then down. Only the rows that are needed are made: (source rows, width, 3).
	first, last := rows[0].from, rows[0].from
	for _, t := range rows {
		first, last = min(first, t.from), max(last, t.from+len(t.weights))
	}
	across := make([]float32, (last-first)*width*3)
	for y := first; y < last; y++ {
		line := src.Pix[y*src.Stride:]
		for x, t := range columns {
			var sum [3]float32
			for i, weight := range t.weights {
				p := line[(t.from+i)*4:]
				sum[0] += weight * float32(p[0])
				sum[1] += weight * float32(p[1])
				sum[2] += weight * float32(p[2])
			}
			copy(across[((y-first)*width+x)*3:], sum[:])
		}
	}
	for y, t := range rows {
		for x := range width {
			var sum [3]float32
			for i, weight := range t.weights {
				p := across[((t.from+i-first)*width+x)*3:]
				sum[0] += weight * p[0]
				sum[1] += weight * p[1]
				sum[2] += weight * p[2]
			}
			if grey {
				dst[y*width+x] = round(0.299*sum[0] + 0.587*sum[1] + 0.114*sum[2]) // BT.601, as JPEG has it
				continue
			}
			for c, v := range sum {
				dst[(y*width+x)*3+c] = round(v)
			}
		}
	}
}

func round(v float32) byte { return byte(min(max(v+0.5, 0), 255)) }

// A tap is what one pixel is made of: weights of the source pixels from one on. They sum to 1.
type tap struct {
	from    int
	weights []float32
}

// taps returns n taps over the source pixels from start on for length. They take nothing from outside.
func taps(n int, start, length float64) []tap {
	const slack = 1e-6
	low, high := int(start+slack), int(math.Ceil(start+length-slack))
	scale := length / float64(n)
	reach := max(scale, 1)
	out := make([]tap, n)
	for i := range out {
		middle := start + (float64(i)+0.5)*scale
		from, to := max(int(middle-reach), low), min(int(middle+reach)+1, high)
		weights, sum := make([]float32, to-from), float32(0)
		for j := range weights {
			d := (float64(from+j) + 0.5 - middle) / reach
			weights[j] = float32(max(0, 1-max(d, -d)))
			sum += weights[j]
		}
		for j := range weights {
			weights[j] /= sum
		}
		out[i] = tap{from, weights}
	}
	return out
}
