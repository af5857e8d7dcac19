package data

import "testing"

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
