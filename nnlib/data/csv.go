package data

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// CSVOptions say how a table becomes a data set. Zero values mean the defaults.
type CSVOptions struct {
	Target   string // the name of the column to predict; the last one
	Numbers  bool   // the target is a number to predict as (n, 1), not a class
	NoHeader bool   // the first line has values; columns are then called x1, x2, ..., y
	Comma    rune   // what parts the values; a comma
}

// LoadCSV reads a file as ReadCSV does.
func LoadCSV(path string, options CSVOptions) (*Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: LoadCSV: %w", err)
	}
	defer f.Close()
	return ReadCSV(f, options)
}

// ReadCSV reads a table with a line for each example and a column for each number, whose first line has the names of the
// columns. The values of the target column are classes: their names become Classes, in the order of the numbers where
// all are numbers, else by name. An empty value, or one that is no number, is an error with its line and column.
func ReadCSV(r io.Reader, options CSVOptions) (*Dataset, error) {
	table := csv.NewReader(r)
	table.TrimLeadingSpace = true
	if options.Comma != 0 {
		table.Comma = options.Comma
	}
	var names []string
	var rows [][]float64
	var targets []string
	target := -1
	for {
		record, err := table.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("data: CSV: %w", err)
		}
		if names == nil {
			if names, target, err = header(record, options); err != nil {
				return nil, err
			}
			if !options.NoHeader {
				continue
			}
		}
		line, _ := table.FieldPos(0)
		row := make([]float64, 0, len(record)-1)
		for i, text := range record {
			if text = strings.TrimSpace(text); i == target && !options.Numbers {
				if text == "" {
					return nil, fmt.Errorf("data: CSV: line %d, column %q is empty, the name of a class is expected", line, names[i])
				}
				targets = append(targets, text)
				continue
			}
			v, err := strconv.ParseFloat(text, 32)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("data: CSV: line %d, column %q has %q, a number is expected", line, names[i], text)
			}
			if i == target {
				targets = append(targets, text)
				continue
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, errors.New("data: CSV: the table has no examples, a line of names and at least one of values is expected")
	}
	d := &Dataset{X: tensor.FromRows(rows), Features: slices.Delete(slices.Clone(names), target, target+1)}
	if options.Numbers {
		d.Y = tensor.New(len(rows), 1)
		for i, text := range targets {
			v, _ := strconv.ParseFloat(text, 32)
			d.Y.Data[i] = float32(v)
		}
		return d, nil
	}
	d.Classes = classNames(targets)
	d.Y = tensor.New(len(rows))
	place := map[string]int{}
	for i, c := range d.Classes {
		place[c] = i
	}
	for i, text := range targets {
		d.Y.Data[i] = float32(place[text])
	}
	return d, nil
}

// header returns the names of the columns and the place of the target.
func header(record []string, options CSVOptions) (names []string, target int, err error) {
	if len(record) < 2 {
		return nil, 0, fmt.Errorf("data: CSV: line 1 has one column, at least one for the example and one for the target are expected: is the Comma right?")
	}
	target = len(record) - 1
	for i, name := range record {
		if options.NoHeader {
			name = "x" + strconv.Itoa(i+1)
			if i == target {
				name = "y"
			}
		}
		names = append(names, strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))) // the mark that some programs put first
	}
	if options.Target != "" {
		if target = slices.Index(names, options.Target); target < 0 {
			return nil, 0, fmt.Errorf("data: CSV: there is no column %q, one of %q is expected as Target", options.Target, names)
		}
	}
	return names, target, nil
}

// classNames returns the different names, in the order of the numbers where all are numbers.
func classNames(targets []string) []string {
	names := slices.Clone(targets)
	slices.Sort(names)
	names = slices.Compact(names)
	numbers := map[string]float64{}
	for _, n := range names {
		v, err := strconv.ParseFloat(n, 64)
		if err != nil {
			return names
		}
		numbers[n] = v
	}
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case numbers[a] < numbers[b]:
			return -1
		case numbers[a] > numbers[b]:
			return 1
		}
		return 0
	})
	return names
}

// WriteCSV writes a line of names and one for each example: its numbers, then its class, or the numbers of its target.
func (d *Dataset) WriteCSV(w io.Writer) error {
	d.Check("WriteCSV")
	table := csv.NewWriter(w)
	n := d.RowLen()
	var record []string
	for i := range n {
		record = append(record, "x"+strconv.Itoa(i+1))
		if i < len(d.Features) {
			record[i] = d.Features[i]
		}
	}
	if m := d.Y.RowLen(); m == 1 {
		record = append(record, "y")
	} else {
		for i := range m {
			record = append(record, "y"+strconv.Itoa(i+1))
		}
	}
	if err := table.Write(record); err != nil {
		return fmt.Errorf("data: WriteCSV: %w", err)
	}
	row := make([]float32, n)
	plain := *d
	plain.Augmentation = nil
	for i := range d.Len() {
		plain.Batch(row, []int{i})
		record = record[:0]
		for _, v := range row {
			record = append(record, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}
		for j := range d.Y.RowLen() {
			v := d.Y.Data[i*d.Y.RowLen()+j]
			if text := strconv.FormatFloat(float64(v), 'g', -1, 32); d.HasLabels() && int(v) < len(d.Classes) {
				record = append(record, d.Classes[int(v)])
			} else {
				record = append(record, text)
			}
		}
		if err := table.Write(record); err != nil {
			return fmt.Errorf("data: WriteCSV: %w", err)
		}
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return fmt.Errorf("data: WriteCSV: %w", err)
	}
	return nil
}

// SaveCSV writes a file as WriteCSV does: the whole file, or none where that fails.
func (d *Dataset) SaveCSV(path string) error {
	d.Check("SaveCSV")
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("data: SaveCSV: %w", err)
	}
	err = d.WriteCSV(f)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("data: SaveCSV: %w", err)
	}
	return nil
}
