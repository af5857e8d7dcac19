package wire

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodFile = `{"shell_port": 57503, "iopub_port": 40885, "stdin_port": 52597, "control_port": 50160, "hb_port": 42540,
	"ip": "127.0.0.1", "key": "a0436f6c", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "gopherceptron",
	"jupyter_session": "/x.ipynb"}`

func TestParseConnectionFile(t *testing.T) {
	f, err := ParseConnectionFile([]byte(goodFile))
	if err != nil {
		t.Fatal(err)
	}
	want := ConnectionFile{Transport: "tcp", IP: "127.0.0.1", ShellPort: 57503, ControlPort: 50160, StdinPort: 52597,
		IOPubPort: 40885, HeartbeatPort: 42540, Key: "a0436f6c", SignatureScheme: "hmac-sha256", KernelName: "gopherceptron"}
	if *f != want {
		t.Errorf("ParseConnectionFile = %+v; want %+v", *f, want)
	}
	path := filepath.Join(t.TempDir(), "kernel.json")
	if err := os.WriteFile(path, []byte(goodFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := ReadConnectionFile(path); err != nil || *f != want {
		t.Errorf("ReadConnectionFile = %+v, %v; want %+v", f, err, want)
	}
	if _, err := ReadConnectionFile(path + "x"); err == nil || !strings.Contains(err.Error(), path+"x") {
		t.Errorf("ReadConnectionFile of no file = %v; want its path", err)
	}
}

func TestParseConnectionFileErrors(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"no JSON", `{"shell`, `shell`, "invalid character"},
		{"port is text", `57503`, `"57503"`, "shell_port"},
		{"port is missing", `"hb_port": 42540,`, ``, "hb_port is missing"},
		{"port is too large", `42540`, `70000`, "hb_port is 70000; want 1 to 65535"},
		{"port is negative", `42540`, `-1`, "hb_port is -1"},
		{"same port", `42540`, `40885`, "iopub_port and hb_port are both 40885"},
		{"no ip", `127.0.0.1`, ``, "ip is missing"},
		{"transport", `tcp`, `udp`, `transport is "udp"; want tcp or ipc`},
		{"scheme", `hmac-sha256`, `hmac-md5`, `signature scheme is "hmac-md5"; only "hmac-sha256"`},
		{"encryption", `"key"`, `"curve_secretkey": "k", "key"`, "transport_encryption"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseConnectionFile([]byte(strings.Replace(goodFile, c.old, c.new, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "wire: ") {
				t.Errorf("ParseConnectionFile = %v; want an error with %q", err, c.want)
			}
		})
	}
}

func TestEndpoint(t *testing.T) {
	for _, c := range []struct{ transport, ip, want string }{
		{"tcp", "127.0.0.1", "tcp://127.0.0.1:7"},
		{"tcp", "::1", "tcp://[::1]:7"},
		{"tcp", "*", "tcp://*:7"},
		{"ipc", "/run/kernel-ipc", "ipc:///run/kernel-ipc-7"},
	} {
		f := ConnectionFile{Transport: c.transport, IP: c.ip}
		if got := f.Endpoint(7); got != c.want {
			t.Errorf("Endpoint(7) of %s %s = %s; want %s", c.transport, c.ip, got, c.want)
		}
	}
}
