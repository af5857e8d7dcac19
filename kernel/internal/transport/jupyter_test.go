package transport

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// TestJupyterClient lets jupyter_client talk to a Conn: its signatures, dates, buffers and heartbeat.
func TestJupyterClient(t *testing.T) {
	python := pyenv.ForTest(t).Python()
	dir, err := os.MkdirTemp("", "kernel") // short, for the path of a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ipc := wire.ConnectionFile{Transport: "ipc", IP: dir + "/k", ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4,
		HeartbeatPort: 5, Key: "k", SignatureScheme: wire.Scheme}
	for _, f := range []wire.ConnectionFile{tcp, ipc} {
		t.Run(f.Transport, func(t *testing.T) {
			c, _, log := listen(t, f)
			for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
				go echo(t, c, ch)
			}
			f := c.ConnectionFile()
			data, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, f.Transport+".json")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			if out, err := exec.CommandContext(ctx, python, "testdata/client.py", path).CombinedOutput(); err != nil {
				t.Errorf("client.py: %v\n%s\nlog: %s", err, out, log)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if n := strings.Count(log.String(), "message dropped"); n != 1 {
				t.Errorf("%d dropped messages; want 1, the forged one:\n%s", n, log)
			}
		})
	}
}

// echo answers every request with its content, on its channel and on IOPub. A shutdown request makes it ask for input.
func echo(t *testing.T, c *Conn, ch wire.Channel) {
	send := func(typ string, parent *wire.Message, content any, send func(*wire.Message) error) {
		m, err := wire.NewMessage("session", typ, parent, content)
		if err != nil {
			t.Error(err)
			return
		}
		if parent != nil {
			m.Buffers = parent.Buffers
		}
		if err := send(m); err != nil {
			t.Error(err)
		}
	}
	to := func(ch wire.Channel) func(*wire.Message) error {
		return func(m *wire.Message) error { return c.Send(ch, m) }
	}
	publish := func(m *wire.Message) error {
		m.Identities = [][]byte{[]byte("topic")}
		return c.Publish(m)
	}
	for {
		e, err := c.Recv(ch)
		if err != nil {
			return
		}
		if e.Subscribed {
			send("iopub_welcome", nil, map[string]any{"subscription": e.Topic}, publish)
			continue
		}
		if ch != wire.Stdin {
			send(strings.TrimSuffix(e.Message.Header.Type, "_request")+"_reply", e.Message, e.Message.Content, to(ch))
		}
		send("stream", e.Message, e.Message.Content, publish)
		if e.Message.Header.Type == "shutdown_request" {
			send("input_request", e.Message, map[string]any{"prompt": "?", "password": false}, to(wire.Stdin))
		}
	}
}
