package gpu

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"os"
	"runtime"
)

// checkFile reports why a file cannot be a library of this machine. The system's loader would say so as well, but for a
// file that is cut off: that one it maps, and then it faults.
func checkFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		var e *os.PathError
		if errors.As(err, &e) {
			return e.Err
		}
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is no file")
	}
	switch runtime.GOOS {
	case "darwin":
		return checkMacho(path, info.Size(), runtime.GOARCH)
	case "windows":
		return checkPE(path, info.Size(), runtime.GOARCH)
	}
	return checkELF(path, info.Size())
}

func checkELF(path string, size int64) error {
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("it is no shared library of Linux, or cut off: %v", err)
	}
	defer f.Close()
	want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]
	if f.Type != elf.ET_DYN || f.Machine != want {
		return fmt.Errorf("it is %v for %v, a shared library for %v is expected", f.Type, f.Machine, want)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && (p.Off > uint64(size) || p.Filesz > uint64(size)-p.Off) {
			return fmt.Errorf("it is cut off: %d bytes, at least %d are expected", size, p.Off+p.Filesz)
		}
	}
	return nil
}

func checkMacho(path string, size int64, arch string) error {
	f, err := macho.Open(path)
	if err != nil {
		return fmt.Errorf("it is no shared library of macOS, or cut off: %v", err)
	}
	defer f.Close()
	want := map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}[arch]
	if f.Type != macho.TypeDylib && f.Type != macho.TypeBundle || f.Cpu != want {
		return fmt.Errorf("it is %v for %v, a shared library for %v is expected", f.Type, f.Cpu, want)
	}
	for _, l := range f.Loads {
		if s, ok := l.(*macho.Segment); ok && (s.Offset > uint64(size) || s.Filesz > uint64(size)-s.Offset) {
			return fmt.Errorf("it is cut off: %d bytes, at least %d are expected", size, s.Offset+s.Filesz)
		}
	}
	return nil
}

func checkPE(path string, size int64, arch string) error {
	f, err := pe.Open(path)
	if err != nil {
		return fmt.Errorf("it is no DLL, or cut off: %v", err)
	}
	defer f.Close()
	want := map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64}[arch]
	if f.Machine != want || f.Characteristics&pe.IMAGE_FILE_DLL == 0 {
		return fmt.Errorf("it is for machine %#x, a DLL for %#x is expected", f.Machine, want)
	}
	for _, s := range f.Sections {
		if end := int64(s.Offset) + int64(s.Size); end > size {
			return fmt.Errorf("it is cut off: %d bytes, at least %d are expected", size, end)
		}
	}
	return nil
}
