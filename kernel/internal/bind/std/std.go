// Package std registers the tables of the standard library with package bind.
package std

import (
	_ "embed"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
)

//go:generate go run ../gen std

//go:embed std.zip
var data string

func init() { bind.RegisterData(data) }
