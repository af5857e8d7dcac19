package jupyter

import (
	"encoding/json"
	"testing"
)

// What users and networks do to a kernel, one process of the kernel and one of the client a scenario. After each, the
// session's variables are still there.
func TestRobust(t *testing.T) {
	k := kernelUnderTest(t)
	var scenarios []string
	if err := json.Unmarshal(k.python(t, "robust.py", k.name, k.samples, "list"), &scenarios); err != nil {
		t.Fatal(err)
	}
	if len(scenarios) < 13 {
		t.Errorf("robust.py has the scenarios %q; want 13 or more", scenarios)
	}
	for _, s := range scenarios {
		t.Run(s, func(t *testing.T) {
			t.Logf("%s", k.python(t, "robust.py", k.name, k.samples, s))
		})
	}
}
