"""training.py ROUNDS INTERRUPTS BATCH KERNEL...: trains H in each kernel in turn, then interrupts it; prints JSON."""
import json
import random
import sys
import threading
import time

from jupyter_client.manager import start_new_kernel

ROUNDS, INTERRUPTS, BATCH, NAMES = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
TIMEOUT = 300

SETUP = ['''
import "fmt"
import "math"
import "time"
import "github.com/gopherceptron/gopherceptron/nnlib"
''', '''
type Swish struct{ x *nnlib.Tensor }

func (s *Swish) Forward(x *nnlib.Tensor, training bool) *nnlib.Tensor {
	s.x = x
	return x.Apply(func(v float64) float64 { return v / (1 + math.Exp(-v)) })
}

func (s *Swish) Backward(dy *nnlib.Tensor) *nnlib.Tensor {
	return dy.Mul(s.x.Apply(func(v float64) float64 {
		p := 1 / (1 + math.Exp(-v))
		return p + v*p*(1-p)
	}))
}

func (s *Swish) Params() []*nnlib.Param { return nil }
''', '''
func network(layers ...nnlib.Layer) *nnlib.Sequential {
	layers = append(layers, nnlib.Dense(50, nnlib.ReLU), nnlib.Dense(5, nnlib.Softmax))
	m := nnlib.NewSequential(layers...)
	m.Seed = 1
	m.Compile(nnlib.Adam(), nnlib.CategoricalCrossentropy, nnlib.Accuracy)
	return m
}
''', '''
func batches(m *nnlib.Sequential, d *nnlib.Dataset, size int) {
	last := time.Now()
	m.Fit(d, nnlib.FitOptions{BatchSize: size, Quiet: true, Callbacks: []nnlib.Callback{nnlib.CallbackFunc(func(t *nnlib.Training) {
		if t.Event == nnlib.BatchEnd {
			now := time.Now()
			if t.Batch > 1 {
				fmt.Println(now.Sub(last).Seconds())
			}
			last = now
		}
	})}})
}
''', f'''
flowers := nnlib.Flowers({8 * BATCH}, 1).Normalize(127.5, 255).OneHot()
plain := network(nnlib.Flatten(192, 192, 3), nnlib.Dense(500, nnlib.ReLU))
own := network(nnlib.Flatten(192, 192, 3), nnlib.Dense(500, nnlib.Linear), &Swish{{}})
''']


class Kernel:
    def __init__(self, name):
        self.name = name
        self.km, self.kc = start_new_kernel(kernel_name=name, startup_timeout=60)

    def run(self, code, want="ok", after=None):
        """Runs a cell and returns what it printed, and how long it took after an interrupt, which comes after so many seconds."""
        printed, sent = [], []

        def output(msg):
            if msg["msg_type"] == "stream" and msg["content"]["name"] == "stdout":
                printed.append(msg["content"]["text"])

        def interrupt():
            sent.append(time.time())
            self.km.interrupt_kernel()

        timer = threading.Timer(after or 0, interrupt)
        if after:
            timer.start()
        reply = self.kc.execute_interactive(code, output_hook=output, timeout=TIMEOUT, allow_stdin=False)
        ended = time.time()
        timer.cancel()
        if reply["content"]["status"] != want:
            sys.exit(f"{self.name}: {code!r}: {reply['content']}; want {want}")
        return "".join(printed), ended - sent[0] if sent else 0

    def seconds(self, code):
        return [float(line) for line in self.run(code)[0].split()]

    def interrupts(self):
        """Interrupts training at random moments of a batch, of which each takes some hundred milliseconds."""
        self.run("many := nnlib.Flowers(1024, 1).Normalize(127.5, 255).OneHot()")
        self.run("batches(plain, many, 512)")
        took = []
        for _ in range(INTERRUPTS):
            took.append(self.run("plain.Fit(many, nnlib.FitOptions{BatchSize: 512, Epochs: 1000000, Quiet: true})", "error", 1 + random.random())[1])
        out = self.run("score := plain.Evaluate(flowers)\nfmt.Println(score.Loss == score.Loss && score.Examples == flowers.Len())")[0]
        self.run("batches(plain, flowers, 32)")
        return took, out == "true\n"


kernels = [Kernel(name) for name in NAMES]
try:
    all = [{"name": k.name, "plain": [], "own": [], "interrupts": [], "usable": True} for k in kernels]
    for k in kernels:
        for code in SETUP:
            k.run(code)
    for i in range(ROUNDS + 1):  # the first one makes the networks
        for k, m in zip(kernels, all):
            for which in ("plain", "own"):
                seconds = k.seconds(f"batches({which}, flowers, {BATCH})")
                if i > 0:
                    m[which] += seconds
    for k, m in zip(kernels, all):
        if INTERRUPTS > 0:
            k.run("own.Close()")
            m["interrupts"], m["usable"] = k.interrupts()
finally:
    for k in kernels:
        k.kc.stop_channels()
        k.km.shutdown_kernel(now=True)
print(json.dumps(all))
