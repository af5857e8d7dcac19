package pyenv

import "testing"

func TestForTest(t *testing.T) {
	e := ForTest(t)
	out, err := output(e.Command(t.Context(), "jupyter", "kernelspec", "list"))
	t.Log(out)
	if err != nil {
		t.Fatal(err)
	}
}
