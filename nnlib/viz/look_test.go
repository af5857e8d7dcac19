package viz_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var look = flag.String("viz.look", "", "write every figure into this folder, to look at")

// TestLook writes the figures where somebody looks at them.
func TestLook(t *testing.T) {
	if *look == "" {
		t.Skip("no -viz.look")
	}
	for _, c := range figures {
		f := c.make()
		name := filepath.Join(*look, strings.ReplaceAll(c.name, " ", "-"))
		if err := os.WriteFile(name+".png", f.AsPNG().PNG(), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name+".svg", []byte(f.SVG()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
