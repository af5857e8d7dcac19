// Package picture joins mistakes with their pictures: package tensor, where mistakes are made, is far below package viz,
// which draws them.
package picture

// Mistake returns the SVG of the network in a mistake of shapes, a *tensor.Error with a Network. Package viz sets it when
// it is linked; a program without viz leaves it nil.
var Mistake func(mistake error) string
