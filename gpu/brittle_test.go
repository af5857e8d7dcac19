package gpu_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// brittle is a plugin that ends the process whenever it is called to compile, write, read or run.
const brittle = `#include <nnp.h>
#include <stdlib.h>
static nnp_status compile(const nnp_program *p, nnp_exec **out) {
	static int handle;
	(void)p;
	if (getenv("BRITTLE_COMPILE")) abort();
	*out = (nnp_exec *)&handle;
	return NNP_OK;
}
static nnp_status destroy(nnp_exec *e) { (void)e; return NNP_OK; }
static nnp_status write(nnp_exec *e, int32_t s, const float *n, int64_t c) { (void)e, (void)s, (void)n, (void)c; abort(); }
static nnp_status read(nnp_exec *e, int32_t s, float *n, int64_t c) { (void)e, (void)s, (void)n, (void)c; abort(); }
static nnp_status run(nnp_exec *e, int32_t n, int32_t b, int32_t t) { (void)e, (void)n, (void)b, (void)t; abort(); }
static nnp_status cancel_word(nnp_exec *e, uint32_t **w) { static uint32_t word; (void)e; *w = &word; return NNP_OK; }
static nnp_status write_part(nnp_exec *e, int32_t s, int64_t f, const float *n, int64_t c) { (void)e, (void)s, (void)f, (void)n, (void)c; abort(); }
static nnp_status read_part(nnp_exec *e, int32_t s, int64_t f, float *n, int64_t c) { (void)e, (void)s, (void)f, (void)n, (void)c; abort(); }
static nnp_status info(nnp_info *i) { (void)i; return NNP_OK; }
const nnp_api *nnp_plugin(uint32_t v) {
	static nnp_api a = {NNP_VERSION, sizeof a, compile, destroy, write, read, run, cancel_word, info, 0, 0, write_part, read_part};
	return v == NNP_VERSION ? &a : 0;
}`

// TestNothingWrongIsCalled makes every mistake with shapes, lengths, slots and handles on a plugin that does not survive a
// call: each is an error that Go has found before.
func TestNothingWrongIsCalled(t *testing.T) {
	p, err := gpu.Open(library(t, brittle))
	if err != nil {
		t.Fatal(err)
	}
	const batch, n, m = 4, 3, 2
	good := wide(batch, n, m) // x, w, y, dw, rates, m, v
	e, err := p.Compile(good)
	if err != nil {
		t.Fatal(err)
	}
	room := func(n int) []float32 { return make([]float32, n) }
	mistakes := func(e backend.Exec) map[string]error {
		return map[string]error{
			"write slot -1":             e.Write(-1, room(3)),
			"write slot 7":              e.Write(7, room(3)),
			"write nothing":             e.Write(0, nil),
			"write half a row":          e.Write(0, room(n+1)),
			"write a row too many":      e.Write(0, room((batch+1)*n)),
			"write a short parameter":   e.Write(1, room(n*m-1)),
			"write a long parameter":    e.Write(1, room(n*m+1)),
			"write a temporary":         e.Write(3, room(n*m)),
			"read slot -1":              e.Read(-1, room(3)),
			"read slot 7":               e.Read(7, room(3)),
			"read an input":             e.Read(0, room(n)),
			"read a temporary":          e.Read(3, room(n*m)),
			"read a short parameter":    e.Read(1, room(1)),
			"read a long parameter":     e.Read(1, room(n*m+1)),
			"read half a row":           e.Read(2, room(1)),
			"read a row too many":       e.Read(2, room((batch+1)*m)),
			"write a part of an input":  e.WritePart(0, 0, room(1)),
			"write a part at -1":        e.WritePart(1, -1, room(1)),
			"write a part past the end": e.WritePart(1, n*m, room(1)),
			"write a part that is long": e.WritePart(1, 1, room(n*m)),
			"write a part far away":     e.WritePart(1, 1<<62, room(2)),
			"read a part of an output":  e.ReadPart(2, 0, room(1)),
			"read a part past the end":  e.ReadPart(1, n*m-1, room(2)),
			"read a part of slot 99":    e.ReadPart(99, 0, room(1)),
			"run entry -1":              e.Run(t.Context(), -1),
			"run entry 1":               e.Run(t.Context(), 1),
			"run before x is written":   e.Run(t.Context(), 0),
		}
	}
	for name, err := range mistakes(e) {
		if err == nil {
			t.Errorf("%s = nil; want an error", name)
		}
	}
	e.Close()
	e.Close()
	for name, err := range mistakes(e) {
		if err == nil {
			t.Errorf("closed, %s = nil; want an error", name)
		}
	}
}

// TestNoWrongProgramIsCompiled gives programs with a random mistake to a plugin that does not survive to be asked: where
// Check complains, the plugin is not asked. It runs in a process of its own, as some programs are right by chance.
func TestNoWrongProgramIsCompiled(t *testing.T) {
	if path := os.Getenv("BRITTLE_COMPILE"); path != "" {
		wrongPrograms(t, path)
		return
	}
	path := library(t, brittle)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestNoWrongProgramIsCompiled$")
	cmd.Env = append(os.Environ(), "BRITTLE_COMPILE="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, tail(string(out)))
	}
}

func wrongPrograms(t *testing.T, path string) {
	p, err := gpu.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	odd := func() int { return []int{-1 << 62, -7, -1, 0, 1, 5, 31, 1 << 20, 1 << 31, 1 << 62}[rng.IntN(10)] }
	wrong := 0
	for i := range 4000 {
		program := stack(7, 5, 3, 2, i)
		ops := program.Entries[0].Ops
		op := &ops[rng.IntN(len(ops))]
		slot := &program.Slots[rng.IntN(len(program.Slots))]
		switch rng.IntN(10) {
		case 0:
			op.Kind = backend.Kind(odd())
		case 1:
			op.Func = backend.Func(odd())
		case 2:
			op.In[rng.IntN(len(op.In))] = backend.Slot(odd())
		case 3:
			op.Out[rng.IntN(len(op.Out))] = backend.Slot(odd())
		case 4:
			op.In = op.In[:len(op.In)-1]
		case 5:
			op.Consts = append(op.Consts, 1)
		case 6:
			slot.Shape = []int{odd()}
		case 7:
			slot.Role = backend.Role(odd())
		case 8:
			slot.Batched = !slot.Batched
		case 9:
			program.MaxBatch = odd()
		}
		err := program.Check()
		if err == nil {
			continue // right by chance: it may be asked, and what it holds is true
		}
		wrong++
		if _, got := p.Compile(program); got == nil || got.Error() != err.Error() {
			t.Errorf("Compile of a program with %v = %v; want that", err, got)
		}
	}
	if wrong < 2000 {
		t.Errorf("%d of 4000 programs are wrong; want most of them", wrong)
	}
}
