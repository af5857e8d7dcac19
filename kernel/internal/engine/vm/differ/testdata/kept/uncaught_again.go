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
		r := recover()
		panic(fmt.Sprint(r, " again"))
	}()
	panic("first")
}
