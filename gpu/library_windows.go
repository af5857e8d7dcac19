//go:build !noplugin && (amd64 || arm64)

package gpu

import "syscall"

func loadLibrary(path, name string) (uintptr, error) {
	library, err := syscall.LoadLibrary(path)
	if err != nil {
		return 0, err
	}
	return syscall.GetProcAddress(library, name)
}

//go:uintptrescapes
func call(function uintptr, args ...uintptr) uintptr {
	result, _, _ := syscall.SyscallN(function, args...)
	return result
}

// callArgs is call with arguments that the caller keeps: it does not allocate.
func callArgs(function uintptr, args []uintptr) uintptr {
	result, _, _ := syscall.SyscallN(function, args...)
	return result
}
