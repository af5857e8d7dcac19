"""The programs of bench/engine in Python, without numpy, as a learner would write them.

Answers requests over stdin and stdout as workload.Serve does: "NAME MILLISECONDS" gives the checksum and each run's
nanoseconds, or "! " and what went wrong.
"""

import gc
import math
import sys
import time

MOST_RUNS = 50  # as in workload/serve.go


def millionths(x):
    return round(x * 1e6)


def add_up():
    s = 0.0
    for i in range(10000000):
        s += 1.5
    return int(s)


def matmul_rows():
    n = 128
    a = [[float(i + j) for j in range(n)] for i in range(n)]
    b = [[float(i - 2 * j) for j in range(n)] for i in range(n)]
    c = [[0.0] * n for i in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s += a[i][k] * b[k][j]
            c[i][j] = s
    return int(sum(sum(row) for row in c))


def matmul_flat():
    n = 128
    a = [float(i) for i in range(n * n)]
    b = [float(-i) for i in range(n * n)]
    c = [0.0] * (n * n)
    for i in range(n):
        for k in range(n):
            x = a[i * n + k]
            for j in range(n):
                c[i * n + j] += x * b[k * n + j]
    return int(sum(c))


def perceptron():
    w0 = w1 = b = 0.0
    seed = 12345
    for i in range(100000):
        seed = (seed * 1103515245 + 12345) % 2147483648
        x = seed / 1073741824.0 - 1.0
        seed = (seed * 1103515245 + 12345) % 2147483648
        y = seed / 1073741824.0 - 1.0
        target = 1.0 if x + 2 * y > 0.3 else -1.0
        out = 1.0 if w0 * x + w1 * y + b > 0 else -1.0
        if out != target:
            w0 += 0.1 * target * x
            w1 += 0.1 * target * y
            b += 0.1 * target
    return millionths(w0) + 3 * millionths(w1) + 5 * millionths(b)


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def fib25():
    return fib(25)


def counter():
    c = 0

    def count():
        nonlocal c
        c += 1
        return c

    return count


def closure():
    c = counter()
    s = 0
    for i in range(100000):
        s += c()
    return s


def safe(i):
    try:
        if i % 10 == 0:
            raise ValueError("bad number")
        return i
    except ValueError:
        return -1


def recover():
    s = 0
    for i in range(10000):
        s += safe(i)
    return s


def map_int():
    m = {}
    for i in range(100000):
        m[i % 1000] = m.get(i % 1000, 0) + i
    return sum(k ^ v for k, v in m.items())


def map_string():
    words = "the quick brown fox jumps over the lazy dog and the cat".split()
    count = {}
    for i in range(100000):
        word = words[i % len(words)]
        count[word] = count.get(word, 0) + 1
    return count["the"] + 7 * count["cat"] + len(count)


def map_filter():
    xs = list(range(100000))
    ys = [x * 2 for x in xs if x % 3 == 0]
    return sum(ys)


def sieve():
    n = 1000000
    composite = [False] * (n + 1)
    primes = 0
    for i in range(2, n + 1):
        if composite[i]:
            continue
        primes += 1
        for j in range(i * i, n + 1, i):
            composite[j] = True
    return primes


class Vec:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def add(self, w):
        return Vec(self.x + w.x, self.y + w.y, self.z + w.z)

    def scale(self, f):
        return Vec(self.x * f, self.y * f, self.z * f)

    def bump(self):
        self.x += 1


def structs():
    p = Vec(0.0, 0.0, 0.0)
    v = Vec(1.0, 2.0, 3.0)
    for i in range(100000):
        p = p.add(v.scale(0.01))
        p.bump()
    return millionths(p.x + p.y + p.z)


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return self.radius * self.radius * 3


def interfaces():
    shapes = [Square(1.0), Circle(2.0), Square(3.0)]
    t = 0.0
    for i in range(100000):
        t += shapes[i % 3].area()
    return int(t)


def sqrt():
    s = 0.0
    for i in range(1000000):
        s += math.sqrt(i)
    return millionths(s)


def append():
    xs = []
    for i in range(100000):
        xs.append(i)
    return len(xs) + xs[77777]


def strings():
    n = 0
    for i in range(10000):
        s = f"{i}-x"
        n += len(s.upper())
        for r in s:
            if r == "-":
                n += 1
    return n


class Result:
    def __init__(self, id, score):
        self.id = id
        self.score = score


def sort_slice():
    results = []
    seed = 1
    for i in range(20000):
        seed = (seed * 1103515245 + 12345) % 2147483648
        results.append(Result(i, seed / 2147483648))
    results.sort(key=lambda r: r.score)
    return results[0].id + 3 * results[100].id + 5 * results[-1].id


class Layer:
    def __init__(self, inputs, outputs):
        self.w = [[(i * 7 + j * 13) % 11 / 11 - 0.5 for j in range(inputs)] for i in range(outputs)]
        self.b = [0.0] * outputs

    def forward(self, x):
        return [math.tanh(b + sum(w * v for w, v in zip(row, x))) for row, b in zip(self.w, self.b)]


def mlp():
    layers = [Layer(32, 64), Layer(64, 64), Layer(64, 10)]
    t = 0.0
    for e in range(20):
        h = [(e + i) % 5 / 5 for i in range(32)]
        for layer in layers:
            h = layer.forward(h)
        t += h[0] + h[9]
    return millionths(t)


TEXT = "a" * 999999 + "z"


def callback():
    wanted = "z"
    return list(map(lambda r: r == wanted, TEXT)).index(True)  # map is C and calls the closure


PROGRAMS = {
    "Sum": add_up,
    "MatmulRows": matmul_rows,
    "MatmulFlat": matmul_flat,
    "Perceptron": perceptron,
    "Fib": fib25,
    "Closure": closure,
    "Recover": recover,
    "MapInt": map_int,
    "MapString": map_string,
    "MapFilter": map_filter,
    "Sieve": sieve,
    "Structs": structs,
    "Interfaces": interfaces,
    "Sqrt": sqrt,
    "Append": append,
    "Strings": strings,
    "SortSlice": sort_slice,
    "MLP": mlp,
    "Callback": callback,
}


def answer(request):
    name, ms = request.split()
    run = PROGRAMS[name]
    gc.collect()
    times = []
    checksum = None
    begin = time.perf_counter()
    while not times or len(times) < MOST_RUNS and time.perf_counter() - begin < int(ms) / 1e3:
        start = time.perf_counter_ns()
        got = run()
        took = time.perf_counter_ns() - start
        if times and got != checksum:
            return f"! checksum {got} after {checksum}"
        checksum = got
        times.append(took)
    return " ".join(map(str, [checksum, *times]))


for line in sys.stdin:
    try:
        text = answer(line)
    except Exception as e:
        text = f"! {type(e).__name__}: {e}"
    print(text, flush=True)
