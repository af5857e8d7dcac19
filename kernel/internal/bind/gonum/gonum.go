// Package gonum registers the tables of gonum.org/v1/gonum and gonum.org/v1/plot with package bind.
package gonum

import (
	_ "embed"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
)

//go:generate go run ../gen gonum gonum.org/v1/gonum/... gonum.org/v1/plot/...

//go:embed gonum.zip
var data string

func init() { bind.RegisterData(data) }
