package wire

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
)

// A ConnectionFile is what a client writes for a kernel: where to bind the five sockets, and the key of signatures.
type ConnectionFile struct {
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // tcp: address or host; ipc: the beginning of the sockets' paths
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	StdinPort       int    `json:"stdin_port"`
	IOPubPort       int    `json:"iopub_port"`
	HeartbeatPort   int    `json:"hb_port"`
	Key             string `json:"key"` // a secret; empty means no signatures
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`
	// CurveSecretKey asks for encrypted sockets, which [ConnectionFile.Check] refuses.
	CurveSecretKey string `json:"curve_secretkey,omitempty"`
}

// ReadConnectionFile reads and checks the connection file at path.
func ReadConnectionFile(path string) (*ConnectionFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("wire: connection file: %w", err)
	}
	f, err := ParseConnectionFile(data)
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, path)
	}
	return f, nil
}

// ParseConnectionFile reads a connection file's JSON and checks it. Every port must be given.
func ParseConnectionFile(data []byte) (*ConnectionFile, error) {
	f := &ConnectionFile{Transport: "tcp"}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("wire: connection file: %w", err)
	}
	for _, p := range f.ports() {
		if p.number == 0 {
			return nil, fmt.Errorf("wire: connection file: %s is missing or 0; want the number of a port", p.name)
		}
	}
	if err := f.Check(); err != nil {
		return nil, err
	}
	return f, nil
}

// Check returns an error that names the first field with a value that no kernel can use. Port 0 passes: with tcp it
// lets the system choose.
func (f *ConnectionFile) Check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("wire: connection file: "+format, args...)
	}
	if f.Transport != "tcp" && f.Transport != "ipc" {
		return bad("transport is %q; want tcp or ipc", f.Transport)
	}
	if f.IP == "" {
		return bad("ip is missing; want an address for tcp, the beginning of a path for ipc")
	}
	used := map[int]string{}
	for _, p := range f.ports() {
		if p.number < 0 || p.number > 65535 {
			return bad("%s is %d; want 1 to 65535", p.name, p.number)
		}
		if other, ok := used[p.number]; ok && p.number != 0 {
			return bad("%s and %s are both %d", other, p.name, p.number)
		}
		if p.number == 0 && f.Transport == "ipc" {
			return bad("%s is 0; ipc needs a number of its own for each socket", p.name)
		}
		used[p.number] = p.name
	}
	if f.CurveSecretKey != "" {
		return bad("curve_secretkey asks for encryption, which this kernel has not; start it with transport_encryption disabled")
	}
	_, err := NewSigner(f.SignatureScheme, f.Key)
	return err
}

// Endpoint returns the ZeroMQ address of a port: tcp://127.0.0.1:5555, tcp://[::1]:5555 or ipc://path-5555.
func (f *ConnectionFile) Endpoint(port int) string {
	if f.Transport == "ipc" {
		return "ipc://" + f.IP + "-" + strconv.Itoa(port)
	}
	return "tcp://" + net.JoinHostPort(f.IP, strconv.Itoa(port))
}

type port struct {
	name   string
	number int
}

func (f *ConnectionFile) ports() []port {
	return []port{
		{"shell_port", f.ShellPort},
		{"control_port", f.ControlPort},
		{"stdin_port", f.StdinPort},
		{"iopub_port", f.IOPubPort},
		{"hb_port", f.HeartbeatPort},
	}
}
