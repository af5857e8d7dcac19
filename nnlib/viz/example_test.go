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

// The connection that does not fit is drawn red. ModelDiagram draws the layers of a model the same way.
func ExampleNetworkDiagram() {
	stages := []viz.Stage{{Name: "flatten", Shape: "(784)"}, {Name: "dense", Shape: "(10)", Units: 10}}
	fmt.Println(viz.NetworkDiagram(stages, viz.NetworkOptions{}))
	fmt.Println(viz.NetworkDiagram(stages, viz.NetworkOptions{Wrong: 2, Message: "input has 784 features, weights expect 500"}))
	// Output:
	// Network. From left to right: flatten (784), dense (10).
	// Network with a wrong connection. From left to right: flatten (784), dense (10). The connection to dense (10) is wrong: input has 784 features, weights expect 500.
}

func ExampleHistogram() {
	fmt.Println(viz.Histogram(nnlib.Digits().X, viz.HistogramOptions{Title: "Grey levels", Label: "grey"}))
	// Output: Grey levels. 115008 numbers from 0 to 16, mean 4.88, standard deviation 6.02.
}
