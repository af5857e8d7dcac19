package data

import (
	"math"
	"math/rand/v2"
)

// A rgb is a colour, each part from 0 to 1.
type rgb [3]float32

func (c rgb) mix(d rgb, share float32) rgb {
	for i := range c {
		c[i] += share * (d[i] - c[i])
	}
	return c
}

// A flower is what is drawn at random for one picture.
type flower struct {
	kind   int
	rng    *rand.Rand
	x, y   float64 // the middle, in pixels
	radius float64 // in pixels
	turn   float64 // in radians
	petals float64 // how many
	wave   float64 // the phase of what is wavy

	petal, heart, ground, second rgb // second is what the ground changes to
	light                        [2]float32
	blobs                        []blob
}

// A blob is something out of focus behind the flower.
type blob struct {
	x, y, r2 float64
	colour   rgb
}

func newFlower(kind int, seed int64, i int) *flower {
	rng := rand.New(rand.NewPCG(uint64(seed), 0xf10e5<<32|uint64(i)))
	between := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	const half = FlowerSide / 2
	f := &flower{kind: kind, rng: rng, x: half + between(-10, 10), y: half + between(-10, 10), radius: between(62, 80), wave: between(0, 2*math.Pi)}
	f.turn = between(-math.Pi, math.Pi)
	switch kind {
	case daisy:
		f.petals = math.Round(between(10, 15))
	case sunflower:
		f.petals = math.Round(between(18, 25))
	case tulip: // seen from the side, so that it has a top
		f.turn = between(-0.2, 0.2)
	}
	light := func() rgb { return hue(rng.Float64(), between(0.1, 0.6), between(0.72, 0.95)) }
	dark := func() rgb { return hue(rng.Float64(), between(0.3, 0.9), between(0.1, 0.3)) }
	f.petal, f.ground, f.second = light(), dark(), dark()
	f.heart = dark()
	if rng.IntN(2) == 0 {
		f.petal, f.ground, f.second = dark(), light(), light()
		f.heart = light()
	}
	angle := between(0, 2*math.Pi)
	f.light = [2]float32{float32(math.Cos(angle) / FlowerSide), float32(math.Sin(angle) / FlowerSide)}
	for range 5 {
		r := between(8, 30)
		f.blobs = append(f.blobs, blob{between(0, FlowerSide), between(0, FlowerSide), r * r, f.ground.mix(f.petal, float32(between(0.1, 0.5)))})
	}
	return f
}

// hue returns a colour of a hue from 0 to 1, with a saturation and a value from 0 to 1.
func hue(h, s, v float64) rgb {
	var c rgb
	for i := range c {
		// The three parts are the same wave, a third apart.
		t := fraction(h+float64(i)/3) * 6
		wave := min(max(math.Abs(t-3)-1, 0), 1)
		c[i] = float32(v * (1 - s*(1-wave)))
	}
	return c
}

// The places of the kinds in flowerNames.
const (
	daisy = iota
	dandelion
	rose
	sunflower
	tulip
)

// draw writes the picture (192, 192, 3).
func (f *flower) draw(pixels []byte) {
	sin, cos := math.Sincos(f.turn)
	const grain = 0.1 / (1 << 16)
	for y := range FlowerSide {
		for x := range FlowerSide {
			dx, dy := float64(x)-f.x, float64(y)-f.y
			u, v := (dx*cos+dy*sin)/f.radius, (dy*cos-dx*sin)/f.radius
			c := f.behind(float64(x), float64(y))
			c = f.over(c, u, v)
			shade := 1 + 0.5*(f.light[0]*float32(dx)+f.light[1]*float32(dy))
			noise := f.rng.Uint64()
			for i, part := range c {
				part = part*shade + grain*(float32(uint16(noise>>(16*i)))-(1<<15))
				pixels[(y*FlowerSide+x)*3+i] = byte(min(max(part, 0), 1)*255 + 0.5)
			}
		}
	}
}

// behind returns the colour of the ground.
func (f *flower) behind(x, y float64) rgb {
	c := f.ground.mix(f.second, float32(0.5+0.5*math.Sin(f.wave+x*0.02+y*0.03)))
	for _, b := range f.blobs {
		if d := ((x-b.x)*(x-b.x) + (y-b.y)*(y-b.y)) / b.r2; d < 1 {
			c = c.mix(b.colour, float32(edge((1-d)*4)))
		}
	}
	return c
}

// over returns the colour at a point of the flower: u to the right and v down, in radii from its middle; c is what is behind.
func (f *flower) over(c rgb, u, v float64) rgb {
	if d := u*u + v*v; d > 1.1 && (f.kind != tulip || d > 2.6) {
		return c
	}
	soft := f.radius / 1.5 // an edge is about two pixels wide
	r, a := math.Sqrt(u*u+v*v), math.Atan2(v, u)
	switch f.kind {
	case daisy: // long petals with gaps between them, and a small heart
		across := math.Abs(fraction(a*f.petals/(2*math.Pi))-0.5) * 2 * math.Pi / f.petals * r // distance from the petal's axis
		if along := (r - 0.65) / 0.36; along*along < 1 {
			width := 0.6 * math.Pi / f.petals * math.Sqrt(1-along*along*along*along)
			c = c.mix(f.petal.mix(f.heart, float32(0.25*max(0, 1-across/width))), cover((width-across)*soft))
		}
		return c.mix(f.heart, cover((0.26-r)*soft))
	case dandelion: // a ball of fine rays without an edge
		ray := 0.5 + 0.5*math.Sin(a*34+3*math.Sin(f.wave+r*9))
		share := max(0, 1-r*r) * (0.55 + 0.45*ray)
		return c.mix(f.petal, float32(min(1, 1.3*share)))
	case rose: // petals in a spiral
		rim := 0.88 + 0.05*math.Sin(5*a+f.wave)
		coil := fraction(r*4.5 + a/(2*math.Pi) + 0.12*math.Sin(3*a+f.wave))
		return c.mix(f.petal.mix(f.heart, float32(0.65*edge(coil*1.8-0.6))), cover((rim-r)*soft))
	case sunflower: // short pointed petals around a wide heart
		across := math.Abs(fraction(a*f.petals/(2*math.Pi))-0.5) * 2
		tip := 1.02 - 0.3*across
		c = c.mix(f.petal, cover((tip-r)*soft))
		dots := 0.5 + 0.5*math.Sin(r*45)*math.Sin(a*21+r*14)
		return c.mix(f.heart.mix(f.petal, float32(0.35*dots)), cover((0.6-r)*soft))
	default: // tulip: a cup with three points on a stalk
		c = c.mix(f.petal.mix(f.heart, 0.3), cover((0.07-math.Abs(u+0.06*math.Sin(2*v)))*soft)*cover((v-0.3)*soft))
		top := -0.75 + 0.28*math.Abs(fraction(u*2.4+0.5)-0.5)*2
		half := 0.62 * math.Sqrt(max(0, 1-(v+0.05)*(v+0.05)/(0.62*0.62)))
		if v < -0.05 {
			half = 0.62 - 0.12*(v+0.05)*(v+0.05)
		}
		inside := min(half-math.Abs(u), v-top, 0.58-v)
		fold := 0.35 * edge(1-math.Abs(math.Abs(u)-0.2-0.1*v)*12)
		return c.mix(f.petal.mix(f.heart, float32(fold)), cover(inside*soft))
	}
}

// edge returns a smooth step: 0 up to 0, 1 from 1.
func edge(t float64) float64 {
	t = min(max(t, 0), 1)
	return t * t * (3 - 2*t)
}

// fraction returns what x has above the next lower whole number.
func fraction(x float64) float64 { return x - math.Floor(x) }

// cover returns how much of a pixel is inside an edge that is d pixels away.
func cover(d float64) float32 { return float32(edge(d/2 + 0.5)) }
