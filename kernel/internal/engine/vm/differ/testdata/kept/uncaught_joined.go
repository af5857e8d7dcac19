package main

import (
	"errors"
	"fmt"
)

type text string

var _ = errors.New
var _ = fmt.Sprint

func main() {
	panic(errors.Join(errors.New("a"), errors.New("b")))
}
