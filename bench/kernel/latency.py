"""latency.py BINARY STARTS CELLS PRINTS: measures our kernel and ipykernel in turn, prints JSON."""
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time

import psutil

from client import Client

BINARY, STARTS, CELLS, PRINTS = sys.argv[1], *map(int, sys.argv[2:5])
LINES = 10_000
KERNELS = [
    dict(name="gopherceptron", argv=[BINARY, "kernel"], one="1+1",
         function="func twice%d(x int) int {\n\treturn x * 2\n}\ntwice%d(%d)", prefix="twi",
         packages="plot.New(); mat.NewDense(1, 1, nil);",
         lines='import "fmt"\nfor i := 0; i < %d; i++ { fmt.Println(i) }' % LINES),
    dict(name="ipykernel", argv=[sys.executable, "-m", "ipykernel_launcher", "-f"], one="1+1",
         function="def twice%d(x):\n    return x * 2\ntwice%d(%d)", prefix="twi", packages=None,
         lines="for i in range(%d): print(i)" % LINES),
]


class Kernel:
    """One running kernel, and how long it took to answer."""

    def __init__(self, spec):
        self.spec = spec
        free = [socket.socket() for _ in range(5)]
        for s in free:
            s.bind(("127.0.0.1", 0))
        self.info = dict(transport="tcp", ip="127.0.0.1", key=secrets.token_hex(16), signature_scheme="hmac-sha256")
        for name, s in zip(("shell", "iopub", "stdin", "control", "hb"), free):
            self.info[name + "_port"] = s.getsockname()[1]
            s.close()
        fd, self.file = tempfile.mkstemp(suffix=".json")
        with os.fdopen(fd, "w") as f:
            json.dump(self.info, f)
        # The sockets try every 2 ms from before the process exists.
        self.client = Client(self.info)
        t0 = time.perf_counter()
        self.process = subprocess.Popen(spec["argv"] + [self.file], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.client.request("shell", "kernel_info_request", {}, idle=False)
        except TimeoutError:
            self.stop()
            sys.exit(f"{spec['argv']} did not answer in 30 s; exit code {self.process.poll()}")
        self.start = time.perf_counter() - t0

    def run(self, code):
        ran = self.client.run(code)
        if ran.status != "ok":
            sys.exit(f"{self.spec['name']}: {code!r}: {ran}")
        return ran

    def complete(self, code):
        """Seconds from a question for names to its answer."""
        ran = self.client.request("shell", "complete_request", dict(code=code, cursor_pos=len(code)))
        if not ran.reply["content"]["matches"]:
            sys.exit(f"{self.spec['name']}: nothing completes {code!r}: {ran}")
        return ran.reply_s

    def memory(self):
        """RSS of the kernel and its children, MB."""
        p = psutil.Process(self.process.pid)
        return sum(q.memory_info().rss for q in [p] + p.children(recursive=True)) / 1e6

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.client.close()
        for left in self.file, self.file.removesuffix(".json") + ".crash":
            if os.path.exists(left):
                os.unlink(left)


out = [dict(name=s["name"], start=[], reply=[], idle=[], print=[], rss=[], cells=[],
            function=[], packages=[], complete=[], late=[]) for s in KERNELS]
for spec in KERNELS:  # from the disk to the cache
    Kernel(spec).stop()
for i in range(STARTS):
    for spec, o in zip(KERNELS, out):
        k = Kernel(spec)
        o["start"].append(k.start)
        time.sleep(0.3)  # what it does after it answered
        o["rss"].append(k.memory())
        if spec["packages"]:
            k.client.subscribed()
            o["packages"].append(k.run(spec["packages"]).reply_s)
        k.stop()

running = [Kernel(s) for s in KERNELS]
try:
    for k in running:
        k.client.subscribed()
        for _ in range(5):
            k.run(k.spec["one"])
    for i in range(CELLS):
        for k, o in zip(running, out):
            ran = k.run(k.spec["one"])
            if ran.result() != "2":
                sys.exit(f"{k.spec['name']}: 1+1 is {ran}")
            o["reply"].append(ran.reply_s)
            o["idle"].append(ran.idle_s)
    for i in range(CELLS):
        for k, o in zip(running, out):
            ran = k.run(k.spec["function"] % (i, i, i))
            if ran.result() != str(2 * i):
                sys.exit(f"{k.spec['name']}: twice {i} is {ran}")
            o["function"].append(ran.reply_s)
            o["complete"].append(k.complete(k.spec["prefix"]))
    for i in range(PRINTS):
        for k, o in zip(running, out):
            ran = k.run(k.spec["lines"])
            n = ran.stream().count("\n")
            if n != LINES:
                sys.exit(f"{k.spec['name']}: {n} of {LINES} lines arrived")
            o["print"].append(max(ran.idle_s, ran.reply_s))
    for k, o in zip(running, out):
        o["cells"].append(k.memory())
    for i in range(10_000):
        running[0].run("1+1")
    for i in range(CELLS):
        out[0]["late"].append(running[0].run("1+1").reply_s)
finally:
    for k in running:
        k.stop()
json.dump(out, sys.stdout)
