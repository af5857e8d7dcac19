package jupyter

import (
	"encoding/json"
	"testing"
)

// Jupyter's own clients: nbclient, jupyter run, the blocking client and the one for asyncio, and a page over the server's
// REST and websockets. The kernel prints nothing on the terminal meanwhile.
func TestClients(t *testing.T) {
	k := kernelUnderTest(t)
	var scenarios []string
	if err := json.Unmarshal(k.python(t, "clients.py", k.name, k.samples, "list"), &scenarios); err != nil {
		t.Fatal(err)
	}
	if len(scenarios) < 4 {
		t.Errorf("clients.py has the scenarios %q; want 4 or more", scenarios)
	}
	for _, s := range scenarios {
		t.Run(s, func(t *testing.T) { k.python(t, "clients.py", k.name, k.samples, s) })
	}
}
