package data

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

func TestReadCSV(t *testing.T) {
	for _, c := range []struct {
		name    string
		text    string
		options CSVOptions
		want    *Dataset
		problem string
	}{
		{"names", "height,width,kind\n1,2.5,rose\n3,-4e1, tulip\n5,6,rose\n", CSVOptions{},
			&Dataset{X: tensor.FromRows([][]float64{{1, 2.5}, {3, -40}, {5, 6}}), Y: tensor.From([]float64{0, 1, 0}, 3), Classes: []string{"rose", "tulip"}, Features: []string{"height", "width"}}, ""},
		{"another target, a mark in front", "\ufeffkind,x\r\n10,1\r\n9,2\r\n", CSVOptions{Target: "kind"},
			&Dataset{X: tensor.FromRows([][]float64{{1}, {2}}), Y: tensor.From([]float64{1, 0}, 2), Classes: []string{"9", "10"}, Features: []string{"x"}}, ""},
		{"numbers, no names", "1;2\n3;4.5\n", CSVOptions{Numbers: true, NoHeader: true, Comma: ';'},
			&Dataset{X: tensor.FromRows([][]float64{{1}, {3}}), Y: tensor.From([]float64{2, 4.5}, 2, 1), Features: []string{"x1"}}, ""},
		{"no number", "a,b,c\n1,2,x\n1,?,x\n", CSVOptions{}, nil, `data: CSV: line 3, column "b" has "?", a number is expected`},
		{"empty value", "a,b\n,x\n", CSVOptions{}, nil, `data: CSV: line 2, column "a" has "", a number is expected`},
		{"NaN", "a,b\nNaN,x\n", CSVOptions{}, nil, `data: CSV: line 2, column "a" has "NaN", a number is expected`},
		{"too large", "a,b\n1e99,x\n", CSVOptions{}, nil, `data: CSV: line 2, column "a" has "1e99", a number is expected`},
		{"empty class", "a,b\n1,\n", CSVOptions{}, nil, `data: CSV: line 2, column "b" is empty, the name of a class is expected`},
		{"number as target", "a,b\n1,x\n", CSVOptions{Numbers: true}, nil, `data: CSV: line 2, column "b" has "x", a number is expected`},
		{"short line", "a,b\n1\n", CSVOptions{}, nil, "data: CSV: record on line 2: wrong number of fields"},
		{"one column", "a;b\n1;2\n", CSVOptions{}, nil, "data: CSV: line 1 has one column, at least one for the example and one for the target are expected: is the Comma right?"},
		{"no such target", "a,b\n1,2\n", CSVOptions{Target: "c"}, nil, `data: CSV: there is no column "c", one of ["a" "b"] is expected as Target`},
		{"no lines", "a,b\n", CSVOptions{}, nil, "data: CSV: the table has no examples, a line of names and at least one of values is expected"},
		{"empty", "", CSVOptions{}, nil, "data: CSV: the table has no examples, a line of names and at least one of values is expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadCSV(strings.NewReader(c.text), c.options)
			if c.problem != "" {
				if err == nil || err.Error() != c.problem {
					t.Errorf("ReadCSV = %v; want %q", err, c.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ReadCSV differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.csv")
	d := small()
	if err := d.SaveCSV(path); err != nil {
		t.Fatal(err)
	}
	raw, _ := os.ReadFile(path)
	if got, want := string(raw), "x1,x2,y\n0,10,a\n2,8,b\n4,6,c\n6,4,b\n8,2,a\n"; got != want {
		t.Errorf("SaveCSV wrote %q; want %q", got, want)
	}
	again, err := LoadCSV(path, CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	again.Features = nil
	if diff := cmp.Diff(d, again); diff != "" {
		t.Errorf("LoadCSV differs (-want +got):\n%s", diff)
	}
	var b bytes.Buffer
	if err := d.OneHot().Select(2).WriteCSV(&b); err != nil || b.String() != "x1,x2,y1,y2,y3\n4,6,0,0,1\n" {
		t.Errorf("WriteCSV of one-hot rows = %q, %v; want a column for each class", b.String(), err)
	}
	if err := d.SaveCSV(filepath.Join(path, "below")); err == nil || !strings.HasPrefix(err.Error(), "data: SaveCSV: ") {
		t.Errorf("SaveCSV below a file = %v; want an error", err)
	}
	full := errors.New("no room")
	if err := d.WriteCSV(writer(func([]byte) (int, error) { return 0, full })); !errors.Is(err, full) {
		t.Errorf("WriteCSV to a full disk = %v; want %v", err, full)
	}
	if got := files(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("folder has %q; want the table only", got)
	}
	if _, err := LoadCSV(path+"x", CSVOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("LoadCSV = %v; want %v", err, os.ErrNotExist)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
