package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// The contenders' names. native comes first: its checksums are the right ones.
const (
	native  = "native"
	vm      = "VM"
	beside  = "beside"
	yaegi   = "yaegi"
	cpython = "CPython"
)

// A report is what was measured.
type report struct {
	Machine    string
	Versions   []string
	Rounds     int
	Contenders []string          // in the order of the columns
	Missing    map[string]string // why a contender was not measured
	Rows       []row
	Failures   []string // programs that failed or came to another checksum
}

// A row is one program's times.
type row struct {
	Name    string
	Study   bool                 // see workload.Program
	about   string               // the heading
	Seconds map[string][]float64 // by contender, a median for each round; none if it failed
}

// measure runs the programs on all contenders that there are. Without rounds it only compares their checksums.
func measure(ctx context.Context, o options) (*report, error) {
	dir, err := os.MkdirTemp("", "gopherceptron-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r := &report{Machine: machine(), Rounds: o.rounds, Missing: map[string]string{}}
	cs, err := r.assemble(ctx, o, dir)
	if err != nil {
		return nil, err
	}
	defer func() { // adds to what is returned
		for _, c := range cs {
			if ended := c.stop(); ended != nil {
				r.Failures = append(r.Failures, fmt.Sprintf("%s: when its input ended: %v", c.name, ended))
			}
		}
	}()
	for _, p := range workload.All {
		if o.only == nil || o.only.MatchString(p.Name) {
			r.Rows = append(r.Rows, row{Name: p.Name, Study: p.Study, about: p.About, Seconds: map[string][]float64{}})
		}
	}
	if len(r.Rows) == 0 {
		return nil, fmt.Errorf("no program's name matches %q", o.only)
	}
	for round := range o.rounds + 1 {
		for i := range r.Rows {
			if err := r.turn(ctx, &r.Rows[i], cs, round, o.budget); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// assemble finds the contenders and notes who they are and who is missing.
func (r *report) assemble(ctx context.Context, o options, dir string) ([]*contender, error) {
	var cs []*contender
	add := func(c *contender, err error) error {
		if err == nil {
			cs = append(cs, c)
			r.Contenders = append(r.Contenders, c.name)
		}
		return err
	}
	if err := add(self(native)); err != nil {
		return nil, err
	}
	command, reason := o.vm, ""
	if len(command) == 0 {
		var err error
		if command, reason, err = buildVM(ctx, dir); err != nil {
			return nil, err
		}
	}
	if reason != "" {
		r.Missing[vm] = reason
	} else if err := add(vmContender(vm, command, dir)); err != nil {
		return nil, err
	}
	if len(o.beside) > 0 {
		if err := add(vmContender(beside, o.beside, dir)); err != nil {
			return nil, err
		}
	}
	if err := add(self(yaegi)); err != nil {
		return nil, err
	}
	r.Versions = append(r.Versions, runtime.Version(), "yaegi "+yaegiVersion())
	python, version, reason, err := findCPython(ctx)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		r.Missing[cpython] = reason
		return cs, nil
	}
	r.Versions = append(r.Versions, version)
	return cs, add(cpythonContender(python, dir))
}

// turn runs a program on all contenders that have not failed at it, one after the other. Round 0 tells whether they come to
// the same checksum, and is not counted.
func (r *report) turn(ctx context.Context, row *row, cs []*contender, round int, budget time.Duration) error {
	want := ""
	for _, c := range cs {
		if round == 0 {
			row.Seconds[c.name] = []float64{}
			budget = 0
		} else if row.Seconds[c.name] == nil {
			continue
		}
		sum, runs, err := c.ask(ctx, row.Name, budget)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if c.name == native {
			if err != nil {
				return fmt.Errorf("%s: %s: %w", c.name, row.Name, err)
			}
			want = sum
		}
		if err == nil && sum != want {
			err = fmt.Errorf("checksum %s; want %s", sum, want)
			if ended := c.stop(); ended != nil { // the answer may have been to something else
				err = fmt.Errorf("%w; then %w", err, ended)
			}
		}
		if err != nil {
			r.Failures = append(r.Failures, fmt.Sprintf("%s: %s: %v", c.name, row.Name, err))
			row.Seconds[c.name] = nil
			continue
		}
		if round > 0 {
			seconds := make([]float64, len(runs))
			for i, d := range runs {
				seconds[i] = d.Seconds()
			}
			row.Seconds[c.name] = append(row.Seconds[c.name], median(seconds))
		}
	}
	return nil
}
