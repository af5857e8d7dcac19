package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

func main() {
	if len(os.Args) == 5 && os.Args[1] != "" {
		batch, _ := strconv.Atoi(os.Args[4])
		if err := serve(context.Background(), os.Args[2], os.Args[3], batch, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
