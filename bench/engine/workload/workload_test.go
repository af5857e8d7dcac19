package workload

import (
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// A program's name is its function's, by which yaegi finds it, and no other's; the thirteen are thirteen.
func TestAll(t *testing.T) {
	seen := map[string]bool{}
	study := 0
	for _, p := range All {
		f := runtime.FuncForPC(reflect.ValueOf(p.Run).Pointer()).Name()
		if got := f[strings.LastIndexByte(f, '.')+1:]; got != p.Name || seen[p.Name] {
			t.Errorf("program %q runs %s; want a function of its own, of this name", p.Name, got)
		}
		if p.Study {
			study++
		}
		seen[p.Name] = true
	}
	if study != 13 {
		t.Errorf("%d programs are of the study; want 13", study)
	}
}

func TestServe(t *testing.T) {
	changing := 0
	find := func(name string) func() int {
		switch name {
		case "Good":
			return func() int { return 5 }
		case "Bad":
			return func() int { panic("as wanted") }
		case "Changing":
			return func() int { changing++; return changing }
		}
		return nil
	}
	tests := []struct{ name, request, want string }{
		{"once", "Good 0", `^5 \d+\n$`},
		{"for a while", "Good 1000", `^5( \d+){50}\n$`},
		{"panic", "Bad 0", `^! panic: as wanted\n$`},
		{"unknown", "Other 0", `^! no program "Other"\n$`},
		{"no time", "Good", `^! request "Good": want NAME MILLISECONDS\n$`},
		{"another checksum", "Changing 1000", `^! checksum 2 after 1\n$`},
		{"goes on after an error", "Bad 0\nGood 0", `^! panic: as wanted\n5 \d+\n$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if err := Serve(strings.NewReader(tt.request), &out, find); err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(tt.want).MatchString(out.String()) {
				t.Errorf("Serve(%q) = %q; want %q", tt.request, out.String(), tt.want)
			}
		})
	}
}

func TestMainFiles(t *testing.T) {
	for name, src := range Main() {
		if got := regexp.MustCompile(`(?m)^package .*$`).FindAllString(src, -1); len(got) != 1 || got[0] != "package main" {
			t.Errorf("Main()[%q] has the clauses %q; want package main", name, got)
		}
	}
}
