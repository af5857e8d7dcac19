package session

import (
	"os"
	"strings"
	"testing"
)

func TestSpill(t *testing.T) {
	defer func(n int) { spillLimit = n }(spillLimit)
	for _, test := range []struct {
		name   string
		limit  int
		writes []string
		kept   string
		notice string
	}{
		{"lines", 100, []string{"a\nb\n", "c\n"}, "a\nb\nc\n", "(3 lines, 6 bytes) is in FILE\n"},
		{"half a line", 100, []string{"a\nb"}, "a\nb", "(2 lines, 3 bytes) is in FILE\n"},
		{"full", 5, []string{"abc", "def", "ghi\n"}, "abcde", "(1 lines, 10 bytes) is in FILE, which ends after 0 MB\n"},
		{"after the end of the cell", 100, []string{"a\n", "CLOSE", "b\n", "c\n"}, "a\nb\nc\n", "(3 lines, 6 bytes) is in FILE\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spillLimit = test.limit
			sp := newSpill(t.TempDir(), 1)
			for _, text := range test.writes {
				if text == "CLOSE" {
					sp.close()
				} else {
					sp.write([]byte(text))
				}
			}
			got := strings.ReplaceAll(sp.notice(true), sp.path, "FILE")
			if want := "output over 2 MB: the rest " + test.notice; got != want {
				t.Errorf("notice() = %q; want %q", got, want)
			}
			sp.close()
			kept, err := os.ReadFile(sp.path)
			if err != nil || string(kept) != test.kept {
				t.Errorf("file = %q, %v; want %q", kept, err, test.kept)
			}
		})
	}
}
