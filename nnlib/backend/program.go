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

// An Op is one operation. What In, Out, Func and Consts hold is said at its Kind.
type Op struct {
	Kind   Kind      // what is computed
	Func   Func      // which function, for the kinds that name one
	In     []Slot    // operands
	Out    []Slot    // results
	Consts []float32 // numbers that are fixed when the program is compiled
}

// A Kind is a kind of operation.
type Kind int

// The operations. b is the batch of the run, shapes are in parentheses, {} are Consts, | None marks what an operation
// can do without. An operation marked "elementwise" or "in place" may write its first result over its first operand; no
// other may. "adds" means that results are added to what the slot holds.
const (
	// Dense: x (b, n), w (n, m), bias (m) | None -> y (b, m). y[i][j] = Σ_l x[i][l]·w[l][j] + bias[j].
	Dense Kind = iota + 1
	// DenseGradInput: dy (b, m), w (n, m) -> dx (b, n). dx[i][l] = Σ_j dy[i][j]·w[l][j].
	DenseGradInput
	// DenseGradWeight: x (b, n), dy (b, m) -> dw (n, m). dw[l][j] = Σ_i x[i][l]·dy[i][j].
	DenseGradWeight
	// DenseGradBias: dy (b, m) -> db (m). db[j] = Σ_i dy[i][j].
	DenseGradBias

	// Activation, elementwise: x -> y = f(x), f one of the functions Step to GELU.
	Activation
	// ActivationGrad, elementwise: dy, v -> dx = dy·f'. v is y = f(x), from which the slope is told; for GELU it is x.
	ActivationGrad
	// Softmax, by row, in place: x (b, m) -> y (b, m). y[i][j] = e^(x[i][j]-M) / Σ_l e^(x[i][l]-M), M the row's
	// maximum. Equal infinities count as equal numbers, so that no row of numbers gives NaN.
	Softmax
	// SoftmaxGrad, by row, in place: dy, y (b, m) -> dx. dx[i][j] = y[i][j]·(dy[i][j] - Σ_l dy[i][l]·y[i][l]).
	SoftmaxGrad
	// Multiply, elementwise: x, mask -> y = x·mask. It is Dropout, forward and backward: the mask is an input.
	Multiply

	// BatchNorm {momentum, epsilon}: x (b, k·n), gamma (n) | None, beta (n) | None -> y (b, k·n), mean (n), inverse (n),
	// moving mean (n), moving variance (n). Rows are read as (b·k, n); mean and variance of column j are those of its
	// N = b·k numbers (the variance is the mean of squares of differences, divided by N). inverse = 1 / √(variance +
	// epsilon); y = gamma·(x - mean)·inverse + beta, with gamma 1 and beta 0 where they are None. The last two results
	// are parameters: moving = momentum·moving + (1-momentum)·(mean or variance).
	BatchNorm
	// BatchNormGrad, in place: dy (b, k·n), x (b, k·n), gamma (n) | None, mean (n), inverse (n) -> dx (b, k·n),
	// dgamma (n) | None, dbeta (n) | None. With h = (x - mean)·inverse: dbeta = Σ dy, dgamma = Σ dy·h over the N rows,
	// dx = gamma·inverse·(dy - dbeta/N - h·dgamma/N).
	BatchNormGrad
	// BatchNormInference {epsilon}, elementwise: x (b, k·n), gamma (n) | None, beta (n) | None, mean (n), variance (n) ->
	// y = gamma·(x - mean)/√(variance + epsilon) + beta.
	BatchNormInference

	// Loss: x, targets t (b, m), weights w (b, 1) | None -> y (b, m) | None, total (1). total adds Σ_i w[i]·loss(i), with
	// w 1 where it is None; loss(i) is said at the Func. SoftmaxCrossEntropy and SigmoidCrossEntropy take weighted sums,
	// and give y = Softmax(x) or Sigmoid(x), in place. The other functions take what a layer gives, and have no y.
	Loss
	// LossGrad, in place: y, t (b, m), w (b, 1) | None -> d (b, m), the gradient of Σ_i w[i]·loss(i) / b: for
	// SoftmaxCrossEntropy and SigmoidCrossEntropy with respect to the x that gave y, for others to y.
	LossGrad

	// CountCorrect {k}: y, t (b, m) -> total (1). total adds the number of rows in which the column of t's greatest value
	// (the first of several) is among the k greatest of y: fewer than k columns have a greater value, or an equal one
	// further left. With one column: whose values are both above 0.5, or both not.
	CountCorrect
	// CountPositive {threshold}: y, t (b, m) -> totals (3). y > threshold says yes, t > 0.5 means yes. Over all b·m
	// numbers the totals add how often: both (true positives), y alone (false positives), t alone (false negatives).
	CountPositive

	// Penalty {l1, l2}: w -> total (1). total adds l1·Σ|w| + l2·Σw².
	Penalty
	// PenaltyGrad {l1, l2}: w -> dw. dw adds l1·sign(w) + 2·l2·w; the sign of 0 is 0.
	PenaltyGrad
	// ClipValue {c}: any number of gradients -> the same slots. Every number is held within [-c, c].
	ClipValue
	// ClipNorm {c}: any number of gradients -> the same slots. Where the root of the sum of the squares of all their
	// numbers is N > c, all are multiplied by c/N.
	ClipNorm

	// The updates change a parameter w by its gradient g. hyper is an input, so that rates may change from step to step.
	// Its last number is the decay d, applied first: w -= d·w.

	// SGD: g, hyper (2) = rate, d -> w. w -= rate·g.
	SGD
	// Momentum: g, hyper (4) = rate, momentum, nesterov, d -> w, velocity v. v = momentum·v - rate·g; w += v, or where
	// nesterov is not 0, w += momentum·v - rate·g.
	Momentum
	// Adam: g, hyper (5) = rate, 1-beta1, 1-beta2, epsilon, d -> w, m, v. m += (1-beta1)(g-m); v += (1-beta2)(g²-v);
	// w -= rate·m / (√v + epsilon). (1-beta is what float32 holds exactly enough.) The rate holds the correction for the
	// zeros that m and v began with, as in section 2 of Kingma and Ba (2015): rate·√(1-beta2^t)/(1-beta1^t) for step t.
	Adam
	// RMSprop: g, hyper (5) = rate, 1-rho, momentum, epsilon, d -> w, s, velocity v | None, mean a | None.
	// s += (1-rho)(g²-s); a += (1-rho)(g-a); u = rate·g / √(s - a² + epsilon), without a² where a is None;
	// w -= u, or with v: v = momentum·v + u; w -= v.
	RMSprop
)

// A Func names the function of an operation.
type Func int

// The functions of Activation and ActivationGrad.
const (
	// Step is 1 where x > 0, else 0. Its slope is 0 everywhere.
	Step Func = iota + 1
	// Sigmoid is 1 / (1 + e^-x). Its slope is y·(1-y).
	Sigmoid
	// Tanh is the hyperbolic tangent. Its slope is 1-y².
	Tanh
	// ReLU {slope} is x where x > 0, else slope·x, with slope 0 (plain) or above (leaky). Its slope is 1 where y > 0,
	// else slope.
	ReLU
	// GELU is x·Φ(x), Φ(x) = (1 + erf(x/√2))/2 the normal distribution. Its slope is Φ(x) + x·e^(-x²/2)/√(2π), from x.
	GELU
)

// The functions of Loss and LossGrad: loss(i) of row i, with m columns.
const (
	// SoftmaxCrossEntropy is Σ_j t[j]·(log Σ_l e^x[l] - x[j]). Its gradient is (y·Σ_j t[j] - t)·w/b.
	SoftmaxCrossEntropy Func = iota + 101
	// SigmoidCrossEntropy is the mean over j of log(1+e^x[j]) - t[j]·x[j], by a form that does not overflow. Its
	// gradient is (y-t)·w/(b·m).
	SigmoidCrossEntropy
	// CrossEntropy is -Σ_j t[j]·log p[j], p = x / Σ_l x[l], held within [1e-7, 1-1e-7]. Held values of p pass no gradient.
	CrossEntropy
	// BinaryCrossEntropy is the mean over j of -t[j]·log p[j] - (1-t[j])·log(1-p[j]), p = x held within [1e-7, 1-1e-7].
	// Held values pass no gradient.
	BinaryCrossEntropy
	// SquaredError is the mean over j of (x[j]-t[j])². Its gradient is 2(x-t)·w/(b·m).
	SquaredError
)

// kinds describes each kind: its name and how many operands, results and constants it has.
var kinds = map[Kind]struct {
	name            string
	in, out, consts int // -1 for any number of operands and the same results
}{
	Dense:              {"Dense", 3, 1, 0},
	DenseGradInput:     {"DenseGradInput", 2, 1, 0},
	DenseGradWeight:    {"DenseGradWeight", 2, 1, 0},
	DenseGradBias:      {"DenseGradBias", 1, 1, 0},
	Activation:         {"Activation", 1, 1, 0},
	ActivationGrad:     {"ActivationGrad", 2, 1, 0},
	Softmax:            {"Softmax", 1, 1, 0},
	SoftmaxGrad:        {"SoftmaxGrad", 2, 1, 0},
	Multiply:           {"Multiply", 2, 1, 0},
	BatchNorm:          {"BatchNorm", 3, 5, 2},
	BatchNormGrad:      {"BatchNormGrad", 5, 3, 0},
	BatchNormInference: {"BatchNormInference", 5, 1, 1},
	Loss:               {"Loss", 3, 2, 0},
	LossGrad:           {"LossGrad", 3, 1, 0},
	CountCorrect:       {"CountCorrect", 2, 1, 1},
	CountPositive:      {"CountPositive", 2, 1, 1},
	Penalty:            {"Penalty", 1, 1, 2},
	PenaltyGrad:        {"PenaltyGrad", 1, 1, 2},
	ClipValue:          {"ClipValue", -1, -1, 1},
	ClipNorm:           {"ClipNorm", -1, -1, 1},
	SGD:                {"SGD", 2, 1, 0},
	Momentum:           {"Momentum", 2, 2, 0},
	Adam:               {"Adam", 2, 3, 0},
	RMSprop:            {"RMSprop", 2, 4, 0},
}

var funcs = map[Func]string{
	Step: "Step", Sigmoid: "Sigmoid", Tanh: "Tanh", ReLU: "ReLU", GELU: "GELU",
	SoftmaxCrossEntropy: "SoftmaxCrossEntropy", SigmoidCrossEntropy: "SigmoidCrossEntropy", CrossEntropy: "CrossEntropy",
	BinaryCrossEntropy: "BinaryCrossEntropy", SquaredError: "SquaredError",
}

// String returns the kind's name.
func (k Kind) String() string {
	if d, ok := kinds[k]; ok {
		return d.name
	}
	return "unknown operation"
}

// String returns the function's name, or "" for none.
func (f Func) String() string { return funcs[f] }

// updates says whether a kind changes a parameter by its gradient.
func (k Kind) updates() bool { return k >= SGD && k <= RMSprop }

// hypers says how many numbers an update reads.
func (k Kind) hypers() int { return map[Kind]int{SGD: 2, Momentum: 4, Adam: 5, RMSprop: 5}[k] }
