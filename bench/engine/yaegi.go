package main

import (
	"fmt"
	"math"
	"reflect"
	"sort"
	"strings"

	"github.com/traefik/yaegi/interp"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// yaegiSymbols are what the programs use of the standard library. The whole of it, yaegi/stdlib, would make no program
// faster or slower but the build of this one a minute longer.
var yaegiSymbols = interp.Exports{
	"fmt/fmt":         {"Sprintf": reflect.ValueOf(fmt.Sprintf)},
	"math/math":       {"Round": reflect.ValueOf(math.Round), "Sqrt": reflect.ValueOf(math.Sqrt), "Tanh": reflect.ValueOf(math.Tanh)},
	"sort/sort":       {"Slice": reflect.ValueOf(sort.Slice)},
	"strings/strings": {"Fields": reflect.ValueOf(strings.Fields), "IndexFunc": reflect.ValueOf(strings.IndexFunc), "Repeat": reflect.ValueOf(strings.Repeat), "ToUpper": reflect.ValueOf(strings.ToUpper)},
}

// yaegiFind gives the programs to yaegi and returns what finds one.
func yaegiFind() (func(name string) func() int, error) {
	i := interp.New(interp.Options{})
	if err := i.Use(yaegiSymbols); err != nil {
		return nil, fmt.Errorf("yaegi: %w", err)
	}
	if _, err := i.Eval(workload.Source()); err != nil {
		return nil, fmt.Errorf("yaegi: %w", err)
	}
	return func(name string) func() int {
		v, err := i.Eval("workload." + name)
		if err != nil {
			return nil
		}
		f, _ := v.Interface().(func() int)
		return f
	}, nil
}
