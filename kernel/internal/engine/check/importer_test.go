package check

import (
	"testing"
	"testing/fstest"
)

// TestImportLeavesOutOtherSystems gives a package a file for this system, one for another and one by its tag.
func TestImportLeavesOutOtherSystems(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	im := newImporter(fstest.MapFS{
		"p/p.go":        file("package p\n\nvar All = Here\n"),
		"p/p_plan9.go":  file("package p\n\nconst Here = 9\n"),
		"p/other.go":    file("//go:build !plan9\n\npackage p\n\nconst Here = 1\n"),
		"p/p_test.go":   file("package p\n\nconst Here = 2\n"),
		"p/ignored.go":  file("//go:build ignore\n\npackage main\n"),
		"p/not/sub.go":  file("package sub\n"),
		"p/far.go":      file("//go:build !cells\n\npackage p\n\nimport _ \"example.com/far\"\n"),
		"p/readme.text": file("no Go"),
	})
	p, err := im.Import(Module + "/p")
	if err != nil || p.Scope().Lookup("All") == nil {
		t.Errorf("Import = %v, %v; want the package of this system", p, err)
	}
}
