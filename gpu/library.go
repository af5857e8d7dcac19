//go:build !noplugin && unix && (amd64 || arm64) && (linux || darwin)

package gpu

import "github.com/ebitengine/purego"

// loadLibrary loads a shared library, for good, and returns the address of a symbol.
func loadLibrary(path, name string) (uintptr, error) {
	library, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return 0, err
	}
	return purego.Dlsym(library, name)
}

// call calls a C function of at most 15 integers and pointers. Arguments that are pointers to Go's
// memory are converted to uintptr in the call itself, which keeps what they point to alive and in its place.
//
//go:uintptrescapes
func call(function uintptr, args ...uintptr) uintptr {
	result, _, _ := purego.SyscallN(function, args...)
	return result
}

// callArgs is call with arguments that the caller keeps: it does not allocate.
func callArgs(function uintptr, args []uintptr) uintptr {
	result, _, _ := purego.SyscallN(function, args...)
	return result
}
