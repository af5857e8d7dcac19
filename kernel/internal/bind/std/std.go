// Package std registers the tables of the standard library with package bind.
//
// They are made for Go 1.26 and 1.27: the tables are those of Go 1.26, z_later_go127.go has what Go 1.27 has more. Types are
// those of the release that builds the program, because fields and methods of the same types differ.
package std

import "github.com/gopherceptron/gopherceptron/kernel/internal/bind"

//go:generate env GOTOOLCHAIN=go1.26.8 go run ../gen std
//go:generate env GOTOOLCHAIN=go1.27.1 go run ../gen -later 1.27 std

func init() { bind.RegisterData(data) }
