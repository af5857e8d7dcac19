// Package own registers the tables of this module's packages with package bind. Their types and doc comments come from
// their source, which the command embeds.
package own

//go:generate go run ../gen -nodata own github.com/gopherceptron/gopherceptron/kernel/display github.com/gopherceptron/gopherceptron/kernel/explore github.com/gopherceptron/gopherceptron/kernel/widget github.com/gopherceptron/gopherceptron/nnlib github.com/gopherceptron/gopherceptron/nnlib/data github.com/gopherceptron/gopherceptron/nnlib/host github.com/gopherceptron/gopherceptron/nnlib/tensor github.com/gopherceptron/gopherceptron/nnlib/viz
