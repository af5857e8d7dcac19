package main

func main() {
	var x any = uint8(7)
	defer func() { panic(2i) }()
	defer func() { panic(1.5) }()
	defer func() { panic(true) }()
	defer func() { panic(-3) }()
	panic(x)
}
