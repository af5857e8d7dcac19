package gpu

import (
	"bytes"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// library64 is a library of macOS with one segment of so many bytes, as far as headers go.
func library64(cpu macho.Cpu, segment uint64) []byte {
	var b bytes.Buffer
	const commands = 72
	binary.Write(&b, binary.LittleEndian, macho.FileHeader{Magic: macho.Magic64, Cpu: cpu, Type: macho.TypeDylib, Ncmd: 1, Cmdsz: commands})
	binary.Write(&b, binary.LittleEndian, uint32(0)) // reserved
	binary.Write(&b, binary.LittleEndian, macho.Segment64{Cmd: macho.LoadCmdSegment64, Len: commands, Memsz: segment, Filesz: segment})
	return append(b.Bytes(), make([]byte, int(segment)-b.Len())...)
}

// dll is a library of Windows with one section of so many bytes, as far as headers go.
func dll(machine uint16, section uint32) []byte {
	b := bytes.NewBuffer(make([]byte, 64))
	copy(b.Bytes(), "MZ")
	b.Bytes()[0x3c] = 64
	b.WriteString("PE\x00\x00")
	binary.Write(b, binary.LittleEndian, pe.FileHeader{Machine: machine, NumberOfSections: 1, SizeOfOptionalHeader: uint16(binary.Size(pe.OptionalHeader64{})), Characteristics: pe.IMAGE_FILE_DLL})
	binary.Write(b, binary.LittleEndian, pe.OptionalHeader64{Magic: 0x20b, NumberOfRvaAndSizes: 16})
	binary.Write(b, binary.LittleEndian, pe.SectionHeader32{SizeOfRawData: section, PointerToRawData: 512})
	return append(b.Bytes(), make([]byte, 512+int(section)-b.Len())...)
}

// TestCheckOfOtherSystems checks libraries of macOS and Windows, which this system does not load.
func TestCheckOfOtherSystems(t *testing.T) {
	mac, windows := library64(macho.CpuArm64, 4096), dll(pe.IMAGE_FILE_MACHINE_AMD64, 4096)
	for _, c := range []struct {
		name    string
		check   func(path string, size int64, arch string) error
		content []byte
		arch    string
		want    string // "" for a good one
	}{
		{"macOS", checkMacho, mac, "arm64", ""},
		{"macOS, half", checkMacho, mac[:2048], "arm64", "cut off: 2048 bytes, at least 4096"},
		{"macOS, a byte less", checkMacho, mac[:4095], "arm64", "cut off"},
		{"macOS, a part of the header", checkMacho, mac[:50], "arm64", "cut off"},
		{"macOS, another processor", checkMacho, mac, "amd64", "is expected"},
		{"macOS, a text", checkMacho, []byte("This is not a library.\n"), "arm64", "no shared library"},
		{"Windows", checkPE, windows, "amd64", ""},
		{"Windows, half", checkPE, windows[:2048], "amd64", "cut off: 2048 bytes, at least 4608"},
		{"Windows, a part of the header", checkPE, windows[:100], "amd64", "cut off"},
		{"Windows, another processor", checkPE, windows, "arm64", "is expected"},
		{"Windows, a text", checkPE, []byte("This is not a library.\n"), "amd64", "no DLL"},
		{"macOS for Windows", checkPE, mac, "amd64", "no DLL"},
		{"Windows for macOS", checkMacho, windows, "arm64", "no shared library"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "p")
			if err := os.WriteFile(path, c.content, 0o644); err != nil {
				t.Fatal(err)
			}
			err := c.check(path, int64(len(c.content)), c.arch)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("check = %v; want %q", err, c.want)
			}
		})
	}
}
