package jupyter

import "testing"

// suite is how many tests jupyter_kernel_test 0.7.0 has: 12 of a kernel, 1 of its welcome on IOPub.
const suite = 13

// Every test of Jupyter's own suite passes; none is skipped.
func TestConformance(t *testing.T) {
	k := kernelUnderTest(t)
	if got := outcomes(t, k.python(t, "conformance.py", k.name, k.samples)); got != suite {
		t.Errorf("jupyter_kernel_test passed %d tests; want %d", got, suite)
	}
}
