// Package own registers the tables of this module's packages with package bind. Their types and doc comments come from
// their source, which the command embeds.
package own

//go:generate go run ../gen -nodata own github.com/gopherceptron/gopherceptron/kernel/display
