package notebook

import (
	"strings"
	"testing"
)

func book(cells ...*Cell) *Notebook { return &Notebook{Path: "x.ipynb", Minor: 5, Cells: cells} }

func tagged(source, tag string) *Cell {
	return &Cell{Type: Code, Source: source, Metadata: map[string]any{"tags": []any{"other", tag}}}
}

func TestParameters(t *testing.T) {
	const cell = "import \"time\"\n// the rate\nrate := 0.1\nvar (\n\tepochs int = 3\n\tname = `n`\n)\nconst seed = 1\nok, text := true, \"t\"\nvar s string"
	for _, test := range []struct {
		name, cell string
		values     map[string]string
		want       string // "" is none
	}{
		{"number", cell, map[string]string{"rate": "1e-3"}, "rate = 1e-3"},
		{"order of the cell", cell, map[string]string{"text": "x", "epochs": "-5", "rate": "1"}, "rate = 1\nepochs = -5\ntext = \"x\""},
		{"strings stay strings", cell, map[string]string{"name": "42", "s": "true", "text": "1e3"}, "name = \"42\"\ntext = \"1e3\"\ns = \"true\""},
		{"quoted", cell, map[string]string{"name": `"a\n"`, "text": "`b`"}, "name = \"a\\n\"\ntext = `b`"},
		{"text", cell, map[string]string{"name": `say "hi"`}, `name = "say \"hi\""`},
		{"constant", cell, map[string]string{"seed": "7"}, "const seed = 7"},
		{"boolean", cell, map[string]string{"ok": "false"}, "ok = false"},
		{"declarations only", "var a = 1\nfunc f() int { b := 1; return b }", map[string]string{"a": "2"}, "a = 2"},
		{"not Go", "a := 1\n%%time\nb := 2", map[string]string{"a": "2"}, "a = 2"},
		{"no number", "a := 1", map[string]string{"a": "1 + 1"}, `a = "1 + 1"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := book(&Cell{Type: Markdown}, tagged(test.cell, "parameters"), tagged("old = 1", "injected-parameters"), &Cell{Type: Code})
			if err := nb.Parameters(test.values); err != nil {
				t.Fatal(err)
			}
			if len(nb.Cells) != 4 || !nb.Cells[2].HasTag("injected-parameters") || nb.Cells[2].ID == "" {
				t.Fatalf("%d cells; want 4, the third injected", len(nb.Cells))
			}
			if got := strings.TrimPrefix(nb.Cells[2].Source, "// Parameters\n"); got != test.want {
				t.Errorf("Source = %s; want %s", got, test.want)
			}
		})
	}
}

func TestParametersWithoutCell(t *testing.T) {
	nb := book(&Cell{Type: Code, Source: "x"})
	for range 2 { // the second replaces the first
		if err := nb.Parameters(map[string]string{"b": "text", "a": "1"}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := nb.Cells[0].Source, "// Parameters\na := 1\nb := \"text\""; len(nb.Cells) != 2 || got != want {
		t.Errorf("%d cells, the first %q; want 2, %q", len(nb.Cells), got, want)
	}
}

func TestParametersErrors(t *testing.T) {
	nb := book(tagged("rate := 0.1\nvar epochs = 3", "parameters"))
	for _, test := range []struct {
		name, want string
	}{
		{"rates", `the parameters cell does not declare "rates", but: rate, epochs`},
		{"a b", "the name is no Go identifier"},
		{"func", "the name is no Go identifier"},
		{"_", "the name is no Go identifier"},
	} {
		err := nb.Parameters(map[string]string{test.name: "1"})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Parameters(%q) = %v; want %q", test.name, err, test.want)
		}
	}
	if err := nb.Parameters(nil); err != nil || len(nb.Cells) != 1 {
		t.Errorf("Parameters(nil) = %v; want nothing done", err)
	}
}
