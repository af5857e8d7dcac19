//go:build noplugin || !(amd64 || arm64) || !(linux || darwin || windows)

package gpu

import "errors"

func loadLibrary(path, name string) (uintptr, error) {
	return 0, errors.New("this program was built without plugins (tag noplugin, or a system they are not for)")
}

func call(uintptr, ...uintptr) uintptr { panic("gpu: no plugin can be loaded") }

func callArgs(uintptr, []uintptr) uintptr { panic("gpu: no plugin can be loaded") }
