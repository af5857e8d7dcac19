//go:build cells

package viz

import "gonum.org/v1/plot/font"

// The kernel checks cells against the source of this package. It reads this file instead of fonts.go, whose import no
// cell can have; what runs is the compiled package.

func fallback() *font.Face
