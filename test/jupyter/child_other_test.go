//go:build !linux

package jupyter

import "os/exec"

// dieWithTests does nothing: only Linux tells a program that its parent was killed.
func dieWithTests(*exec.Cmd) {}
