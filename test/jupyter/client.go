// Package jupyter tests the kernel from outside, as Jupyter's own programs use it: the conformance suite, a client that
// misbehaves, and JupyterLab in a browser.
package jupyter

import _ "embed"

// Client is a Python module, client.py: a Jupyter client on bare ZeroMQ sockets, for the tests and the benchmark. It needs
// pyzmq and jupyter_client.
//
//go:embed client.py
var Client []byte
