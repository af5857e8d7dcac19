package install

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// specFile is the file that makes a folder a kernelspec.
const specFile = "kernel.json"

// keptFile is where a kernelspec of someone else's is kept while ours is in its place.
const keptFile = "kernel.json.before-gopherceptron"

// A Spec is an installed kernelspec.
type Spec struct {
	Dir    string
	Binary string // what Jupyter will start
	State  State
	// Problem says what is wrong unless State is OK.
	Problem string

	ours bool
}

// A State says whether a kernelspec works.
type State int

// The states of a kernelspec.
const (
	OK       State = iota
	Outdated       // it works, but starts another build than the one that asks
	Broken         // Jupyter shows it and cannot start it
)

func (s State) String() string { return [...]string{"ok", "outdated", "broken"}[s] }

// kernelJSON is the content of kernel.json.
type kernelJSON struct {
	Argv            []string       `json:"argv"`
	DisplayName     string         `json:"display_name"`
	Language        string         `json:"language"`
	InterruptMode   string         `json:"interrupt_mode,omitempty"`
	ProtocolVersion string         `json:"kernel_protocol_version,omitempty"`
	Metadata        map[string]any `json:"metadata"`
}

// newSpec is the kernelspec for a binary.
//
// The interrupt is a message: a signal goes to the kernel's whole process group, so to the programs that cells start as
// well, does not exist on Windows, and does not reach a kernel on another machine. The kernel takes SIGINT all the same.
func (in Installer) newSpec(binary string) kernelJSON {
	build := map[string]any{Name: map[string]any{"build": filepath.Base(filepath.Dir(binary))}}
	if in.kernel() == Gophernotes {
		return kernelJSON{
			Argv:        []string{binary, "{connection_file}"},
			DisplayName: GophernotesDisplayName,
			Language:    "go",
			Metadata:    build,
		}
	}
	return kernelJSON{
		Argv:            []string{binary, "kernel", "{connection_file}"},
		DisplayName:     DisplayName,
		Language:        "go",
		InterruptMode:   "message",
		ProtocolVersion: "5.5",
		Metadata:        build,
	}
}

// pictures are the files of ours beside kernel.json; gophernotes keeps those that it may have.
func (in Installer) pictures() []string {
	if in.kernel() != Name {
		return nil
	}
	return logoFiles()
}

// writeSpec writes the files one by one, each whole, kernel.json last. A kernelspec of someone else's is kept.
func (in Installer) writeSpec(dir, binary string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("install: folder of the kernelspec: %w", err)
	}
	for _, name := range in.pictures() {
		data, err := logo(name)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(in.newSpec(binary)); err != nil {
		return fmt.Errorf("install: %s: %w", specFile, err)
	}
	spec := filepath.Join(dir, specFile)
	if _, err := os.Stat(spec); err == nil && in.kernel() != Name && !in.read(dir).ours {
		if err := os.Rename(spec, filepath.Join(dir, keptFile)); err != nil {
			return fmt.Errorf("install: keeping the kernelspec that is there: %w", err)
		}
	}
	return writeFile(spec, b.Bytes(), 0o644)
}

// read looks at the kernelspec in a folder; one that is not there or not ours has ours false.
func (in Installer) read(dir string) Spec {
	s := Spec{Dir: dir}
	data, err := os.ReadFile(filepath.Join(dir, specFile))
	if err != nil {
		return s
	}
	var k kernelJSON
	if err := json.Unmarshal(data, &k); err != nil {
		// A folder of our name that holds no JSON: ours, since Jupyter shows it under our name.
		s.ours, s.State, s.Problem = true, Broken, fmt.Sprintf("%s is not JSON: %v", specFile, err)
		return s
	}
	_, marked := k.Metadata[Name]
	if s.ours = marked; !s.ours {
		return s
	}
	if len(k.Argv) == 0 {
		s.State, s.Problem = Broken, specFile+" has no argv"
		return s
	}
	s.Binary = k.Argv[0]
	st, err := os.Stat(s.Binary)
	switch {
	case err != nil:
		s.State, s.Problem = Broken, "the binary is gone: "+err.Error()
	case !st.Mode().IsRegular() || !executable(st):
		s.State, s.Problem = Broken, s.Binary+" is not executable"
	case !slices.Equal(k.Argv, in.newSpec(s.Binary).Argv):
		s.State, s.Problem = Outdated, fmt.Sprintf("it runs %q", k.Argv)
	default:
		if mine, err := in.copyPath(); err == nil && mine != "" && mine != s.Binary {
			s.State, s.Problem = Outdated, "it starts another build"
		}
	}
	return s
}

// writeFile replaces a file in one step, so that no reader sees half of it.
func writeFile(name string, data []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".tmp-*")
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already if all went well
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Chmod(mode)
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("install: writing %s: %w", name, err)
	}
	return nil
}
