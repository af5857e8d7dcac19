package main

import (
	"errors"
	"fmt"
)

type text string

var _ = errors.New
var _ = fmt.Sprint

func main() {
	defer func() {
		defer func() { panic("third") }()
		panic("second")
	}()
	panic("first")
}
