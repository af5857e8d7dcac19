"""What all workers share. A worker prints "ready", then for each number n on its input runs n steps and prints a JSON
list of milliseconds; "rss" prints the peak and the present resident memory in MiB; the end of the input ends it.

Workloads: H 110592-500-50-5, M 784-128-10, I the predictions of H; all relu, softmax, cross-entropy, Adam, float32."""
import argparse
import json
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("variant")
parser.add_argument("workload", choices=["H", "M", "I", "forward", "gradient"])
parser.add_argument("batch", type=int)
parser.add_argument("threads", type=int)
args = parser.parse_args()
SIZES = [784, 128, 10] if args.workload == "M" else [110592, 500, 50, 5]
# The rate changes no arithmetic; 1e-3 on one batch would saturate the softmax and fill the moments with denormals.
RATE = 1e-6


def batch():
    """One batch: numbers between 0 and 1, one-hot targets, labels."""
    import numpy as np
    r = np.random.default_rng(0)
    x = r.random((args.batch, SIZES[0]), dtype=np.float32)
    labels = r.integers(0, SIZES[-1], args.batch)
    return x, np.eye(SIZES[-1], dtype=np.float32)[labels], labels


def rss():
    d = dict(l.split(":", 1) for l in open("/proc/self/status"))
    return [int(d[k].split()[0]) // 1024 for k in ("VmHWM", "VmRSS")]


def serve(step=None, many=None, warmup=5):
    if many is None:
        def many(n):
            times = []
            for _ in range(n):
                t = time.perf_counter()
                step()
                times.append((time.perf_counter() - t) * 1e3)
            return times
    many(warmup)
    print("ready", flush=True)
    for line in sys.stdin:
        line = line.strip()
        print(json.dumps(rss() if line == "rss" else many(int(line))), flush=True)
