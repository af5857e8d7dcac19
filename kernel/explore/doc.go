// Package explore has pictures that are moved by hand: a gate whose weights are sliders, activations, softmax, a network that
// learns while one looks on, and what the units of a trained layer look at.
//
//	explore.Gate(nnlib.AND())
//	explore.Playground(explore.Setup{Data: "spiral", Layers: []int{8, 8}})
//
// Each function returns a widget, with its controls and its picture as fields. The pictures are SVG within the page or one
// small PNG, which replace each other without a flicker.
package explore
