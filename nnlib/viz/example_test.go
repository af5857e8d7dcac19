package viz_test

import (
	"fmt"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/viz"
)

// A figure that is the last value of a cell is shown. As text it says what it shows.
func Example() {
	f := viz.DecisionBoundary(nnlib.AND())
	fmt.Println(f)
	fmt.Println(strings.HasPrefix(f.SVG(), "<svg "), len(f.AsPNG().PNG()) > 1000)
	// Output:
	// Decision boundary: fires when 0.5·x1 + 0.5·x2 > 0.7. The plane of x1 and x2 from -0.5 to 1.5, shaded where the output is 1, with 4 points, 0 of them on the wrong side.
	// true true
}

// The connection that does not fit is drawn red.
func ExampleModelDiagram() {
	model := nnlib.NewSequential(nnlib.Flatten(28, 28), nnlib.Dense(10, nnlib.Softmax))
	fmt.Println(viz.ModelDiagram(model, viz.NetworkOptions{}))
	fmt.Println(viz.ModelDiagram(model, viz.NetworkOptions{Wrong: 1, Message: "input has shape (8,8), layer expects (28,28)"}))
	// Output:
	// Network. From left to right: flatten_1 (784), dense_1 (Softmax) (10).
	// Network with a wrong connection. From left to right: flatten_1 (784), dense_1 (Softmax) (10). The connection to flatten_1 (784) is wrong: input has shape (8,8), layer expects (28,28).
}

func ExampleHistogram() {
	fmt.Println(viz.Histogram(nnlib.Digits().X, viz.HistogramOptions{Title: "Grey levels", Label: "grey"}))
	// Output: Grey levels. 115008 numbers from 0 to 16, mean 4.88, standard deviation 6.02.
}
