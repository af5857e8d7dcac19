package gpu

import (
	"os"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/backend/backendtest"
)

func TestQuick(t *testing.T) {
	p, err := Open(os.Getenv("GOPHERCEPTRON_PLUGIN"))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p.Name(), p.Maker)
	backendtest.Run(t, p)
}
