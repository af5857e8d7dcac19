package zmtp

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
)

// listen binds an endpoint: tcp://host:port (host * is every address, port 0 a free one) or ipc://path (@name in
// the abstract namespace of Linux).
func listen(endpoint string) (net.Listener, error) {
	scheme, address, _ := strings.Cut(endpoint, "://")
	if address == "" {
		scheme = "" // net.Listen takes an empty address for any port on every interface
	}
	switch scheme {
	case "tcp":
		if rest, ok := strings.CutPrefix(address, "*:"); ok {
			address = ":" + rest
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("zmtp: bind %s: %w", endpoint, err)
		}
		return l, nil
	case "ipc":
		if err := removeStale(address); err != nil {
			return nil, fmt.Errorf("zmtp: bind %s: %w", endpoint, err)
		}
		l, err := net.Listen("unix", address)
		if err != nil {
			return nil, fmt.Errorf("zmtp: bind %s: %w", endpoint, err)
		}
		return l, nil
	}
	return nil, fmt.Errorf("zmtp: endpoint %q; want tcp://host:port or ipc://path", endpoint)
}

// removeStale removes the socket file of a process that did not end cleanly: nobody listens there. Other files and
// sockets in use stay, and binding fails.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return nil
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		return c.Close()
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return os.Remove(path)
	}
	return nil
}
