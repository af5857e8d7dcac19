// Package backend says what a network's computation is, as plain data, and what it means, as plain Go.
//
// A [Program] declares slots (memory) and entries (lists of operations over slots). A [Backend] compiles it into an
// [Exec], which is written to, run and read. How it computes is its own business: it may fuse operations, keep
// weights in another layout or on another device. The reference in this package defines the results.
package backend

// A Slot is a place in Program.Slots.
type Slot int

// None stands for an operand that an operation does without.
const None Slot = -1

// A Role says who reads and writes a slot, which is what a backend may not optimise away.
type Role int

// The roles of slots. All slots hold zeros when the program has been compiled.
const (
	Temp   Role = iota // written and read by operations only: it may never exist
	Input              // written before a run, and kept until it is written again
	Param              // kept from run to run, changed by update operations; written and read between runs
	Output             // read after a run. Totals are written too, to clear them
)

// A SlotSpec declares a slot.
type SlotSpec struct {
	Name    string // for messages
	Role    Role   // who reads and writes it
	Shape   []int  // of one example where Batched, else of the whole
	Batched bool   // one row an example: (batch, Shape...), up to Program.MaxBatch rows
}

// Size returns how many numbers Shape holds: those of one example where Batched.
func (s SlotSpec) Size() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// A Program is the computation of a network: plain data, that can be compared, printed and sent elsewhere.
type Program struct {
	MaxBatch int        // the greatest number of examples of one run
	Slots    []SlotSpec // the memory
	Entries  []Entry    // what can be run
}

// An Entry is a list of operations that runs as a whole, in order.
type Entry struct {
	Name string // "step", "evaluate", "predict"
	Ops  []Op   // in order
}

// An Op is one operation. What In and Out hold is said at its Kind.
type Op struct {
	Kind Kind   // what is computed
	In   []Slot // operands
	Out  []Slot // results
}

// A Kind is a kind of operation.
type Kind int

// The operations. b is the batch of the run, shapes are in parentheses. An operation marked
// "elementwise" or "in place" may write its first result over its first operand; no other may. "adds" means that results are added to what the slot holds.
const (
	// Dense: x (b, n), w (n, m), bias (m) or None -> y (b, m). y[i][j] = Σ_l x[i][l]·w[l][j] + bias[j].
	Dense Kind = iota + 1
	// DenseGradInput: dy (b, m), w (n, m) -> dx (b, n). dx[i][l] = Σ_j dy[i][j]·w[l][j].
	DenseGradInput
	// DenseGradWeight: x (b, n), dy (b, m) -> dw (n, m). dw[l][j] = Σ_i x[i][l]·dy[i][j].
	DenseGradWeight
	// DenseGradBias: dy (b, m) -> db (m). db[j] = Σ_i dy[i][j].
	DenseGradBias

	// Step, elementwise: x -> y. y = 1 where x > 0, else 0. Its gradient is 0 everywhere.
	Step
	// StepGrad, elementwise: dy, y -> dx = 0.
	StepGrad
	// Sigmoid, elementwise: x -> y = 1 / (1 + e^-x).
	Sigmoid
	// SigmoidGrad, elementwise: dy, y -> dx = dy·y·(1-y).
	SigmoidGrad
	// Tanh, elementwise: x -> y.
	Tanh
	// TanhGrad, elementwise: dy, y -> dx = dy·(1-y²).
	TanhGrad
	// ReLU, elementwise: x -> y = max(x, 0).
	ReLU
	// ReLUGrad, elementwise: dy, y -> dx = dy where y > 0, else 0.
	ReLUGrad
	// Softmax, by row: x (b, m) -> y (b, m), also in place. y[i][j] = e^(x[i][j]-M) / Σ_l e^(x[i][l]-M), M the row's maximum.
	Softmax
	// SoftmaxGrad, by row: dy, y (b, m) -> dx, also in place. dx[i][j] = y[i][j]·(dy[i][j] - Σ_l dy[i][l]·y[i][l]).
	SoftmaxGrad

	// SoftmaxCrossEntropy: logits x (b, m), targets t (b, m) -> y (b, m), total (1). y = Softmax(x), also in place;
	// total adds Σ_i Σ_j t[i][j]·(log Σ_l e^x[i][l] - x[i][j]).
	SoftmaxCrossEntropy
	// SoftmaxCrossEntropyGrad, elementwise: y, t (b, m) -> dx (b, m) = (y·Σ_j t[i][j] - t) / b, the gradient of the mean.
	SoftmaxCrossEntropyGrad
	// CrossEntropy: y, t (b, m) -> total (1). p = y / Σ_j y[i][j], held within [1e-7, 1-1e-7]; total adds -Σ_i Σ_j t·log p.
	CrossEntropy
	// CrossEntropyGrad, by row: y, t (b, m) -> dy (b, m), also in place, the gradient of CrossEntropy / b. Held values of p pass no gradient.
	CrossEntropyGrad
	// SquaredError: y, t (b, m) -> total (1). total adds Σ_i (1/m) Σ_j (y-t)².
	SquaredError
	// SquaredErrorGrad, elementwise: y, t (b, m) -> dy (b, m) = 2(y-t) / (b·m).
	SquaredErrorGrad
	// CountCorrect: y, t (b, m) -> total (1). total adds the number of rows whose greatest value stands in the same
	// column in y and t, the first of several. With one column: whose values are both above 0.5, or both not.
	CountCorrect

	// SGD: gradient g, hyper (1) = learning rate -> parameter w. w -= rate·g.
	SGD
	// Momentum: g, hyper (2) = rate, momentum -> w, velocity v. v = momentum·v - rate·g; w += v.
	Momentum
	// Adam: g, hyper (4) = rate, 1-beta1, 1-beta2, epsilon -> w, m, v. m += (1-beta1)(g-m); v += (1-beta2)(g²-v);
	// w -= rate·m / (√v + epsilon). (1-beta is what float32 holds exactly enough.) The rate holds the correction for the zeros that m and v began with, as in
	// section 2 of Kingma and Ba (2015): rate·√(1-beta2^t)/(1-beta1^t) for step t.
	Adam
)

// kinds describes each kind: its name and how many operands and results it has.
var kinds = map[Kind]struct {
	name    string
	in, out int
}{
	Dense:                   {"Dense", 3, 1},
	DenseGradInput:          {"DenseGradInput", 2, 1},
	DenseGradWeight:         {"DenseGradWeight", 2, 1},
	DenseGradBias:           {"DenseGradBias", 1, 1},
	Step:                    {"Step", 1, 1},
	StepGrad:                {"StepGrad", 2, 1},
	Sigmoid:                 {"Sigmoid", 1, 1},
	SigmoidGrad:             {"SigmoidGrad", 2, 1},
	Tanh:                    {"Tanh", 1, 1},
	TanhGrad:                {"TanhGrad", 2, 1},
	ReLU:                    {"ReLU", 1, 1},
	ReLUGrad:                {"ReLUGrad", 2, 1},
	Softmax:                 {"Softmax", 1, 1},
	SoftmaxGrad:             {"SoftmaxGrad", 2, 1},
	SoftmaxCrossEntropy:     {"SoftmaxCrossEntropy", 2, 2},
	SoftmaxCrossEntropyGrad: {"SoftmaxCrossEntropyGrad", 2, 1},
	CrossEntropy:            {"CrossEntropy", 2, 1},
	CrossEntropyGrad:        {"CrossEntropyGrad", 2, 1},
	SquaredError:            {"SquaredError", 2, 1},
	SquaredErrorGrad:        {"SquaredErrorGrad", 2, 1},
	CountCorrect:            {"CountCorrect", 2, 1},
	SGD:                     {"SGD", 2, 1},
	Momentum:                {"Momentum", 2, 2},
	Adam:                    {"Adam", 2, 3},
}

// String returns the kind's name.
func (k Kind) String() string {
	if d, ok := kinds[k]; ok {
		return d.name
	}
	return "unknown operation"
}
