"""moves.py BINARY MOVES: moves a slider of a gate explorer in our kernel and in ipykernel in turn, prints JSON.

A move is a comm_msg with a new value on the shell socket; it is over when the new picture is on iopub: for us the state of
an HTML widget with the drawing, for ipywidgets the display_data with matplotlib's picture that interact publishes.
"""
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time

from client import Client

BINARY, MOVES = sys.argv[1], int(sys.argv[2])
EPOCHS, PAIRS = 1000, 6  # of training runs: about a second each

OURS = "explore.Gate(nnlib.AND())"
# The same figure: the region, the boundary, the four points, a title, and the table with the net values.
THEIRS = '''
%matplotlib inline
import ipywidgets, matplotlib, numpy as np, matplotlib.pyplot as plt
from IPython.display import HTML, display
def gate(w1, w2, theta):
    fig, ax = plt.subplots(figsize=(5, 3.75))
    x = np.linspace(-0.5, 1.5, 2)
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xlabel="x1", ylabel="x2", title=f"{w1:.2f} x1 + {w2:.2f} x2 > {theta:.2f}")
    y = (theta - w1 * x) / w2 if w2 else x * np.nan
    ax.fill_between(x, y, 1.5 if w2 > 0 else -0.5, alpha=0.2, color="tab:orange", label="region of 1")
    ax.plot(x, y, color="black", label="boundary")
    rows = ""
    for a in (0, 1):
        for b in (0, 1):
            net = w1 * a + w2 * b
            ax.plot(a, b, "s" if net > theta else "o", color="tab:orange" if net > theta else "tab:blue")
            rows += f"<tr><td>{a}</td><td>{b}</td><td>{net:.2f}</td><td>{int(net > theta)}</td></tr>"
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    plt.show()
    display(HTML(f"<table>{rows}</table>"))
ipywidgets.interact(gate, w1=(-2.0, 2.0, 0.05), w2=(-2.0, 2.0, 0.05), theta=(-2.0, 2.0, 0.05));
'''


# Training runs in turn without and with their live progress: a bar, curves and a button to stop. Prints the seconds of each.
TRAIN = '''
d := nnlib.Digits()
fit := func(quiet bool) float64 {
	m := nnlib.NewSequential(nnlib.Flatten(8, 8), nnlib.Dense(64, nnlib.ReLU), nnlib.Dense(10, nnlib.Softmax))
	m.Compile(nnlib.Adam(), nnlib.SparseCategoricalCrossentropy, nnlib.Accuracy)
	defer m.Close()
	start := time.Now()
	m.Fit(d, nnlib.FitOptions{Epochs: EPOCHS, Seed: 1, Quiet: quiet})
	return time.Since(start).Seconds()
}
fit(true)
for i := range PAIRS {
	for _, quiet := range []bool{i%2 == 0, i%2 != 0} {
		fmt.Println(quiet, fit(quiet))
	}
}
'''


class Kernel:
    def __init__(self, name, argv, code):
        self.name, self.times = name, []
        free = [socket.socket() for _ in range(5)]
        for s in free:
            s.bind(("127.0.0.1", 0))
        info = dict(transport="tcp", ip="127.0.0.1", key=secrets.token_hex(16), signature_scheme="hmac-sha256")
        for channel, s in zip(("shell", "iopub", "stdin", "control", "hb"), free):
            info[channel + "_port"] = s.getsockname()[1]
            s.close()
        fd, self.file = tempfile.mkstemp(suffix=".json", dir=".")
        with os.fdopen(fd, "w") as f:
            json.dump(info, f)
        self.client = Client(info)
        self.process = subprocess.Popen(argv + [self.file], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.client.subscribed(60)
            self.opened = []
            ran = self.client.run(code, timeout=120, allow_stdin=True)
            if ran.status != "ok":
                sys.exit(f"{name}: {ran}")
        except BaseException:
            self.stop()
            raise
        sliders = [m["content"]["comm_id"] for m in ran.messages if m["msg_type"] == "comm_open"
                   and m["content"]["data"]["state"].get("_model_name") == "FloatSliderModel"]
        if len(sliders) != 3:
            sys.exit(f"{name}: {len(sliders)} sliders; want 3")
        self.slider = sliders[0]

    def move(self, value):
        """Seconds until the new picture has come, and its bytes. Waits until the kernel is idle again."""
        t0 = time.perf_counter()
        mid = self.client.send("shell", "comm_msg", dict(comm_id=self.slider, data=dict(method="update", state=dict(value=value), buffer_paths=[])))
        seen = size = None
        idle = False
        while not (idle and seen):
            if time.perf_counter() - t0 > 30:
                sys.exit(f"{self.name}: no picture 30 s after a move to {value}; idle: {idle}")
            for channel, m in self.client.recv(1):
                if channel != "iopub":
                    continue
                now, c = time.perf_counter() - t0, m["content"]
                if m["msg_type"] == "status" and c["execution_state"] == "idle" and m["parent_header"].get("msg_id") == mid:
                    idle = True
                elif m["msg_type"] == "comm_msg" and c["data"].get("method") == "update" and "<svg" in str(c["data"]["state"].get("value", "")):
                    seen, size = now, len(c["data"]["state"]["value"])
                elif m["msg_type"] == "display_data" and "image/png" in c["data"]:
                    seen, size = now, len(c["data"]["image/png"])
        return seen, size

    def play(self, seconds):
        """Pictures a second of a playground while Play takes a step each 200 ms, as a page does that has done with the one before."""
        ran = self.client.run('explore.Playground(explore.Setup{Data: "spiral", Layers: []int{8, 8}})', timeout=60, allow_stdin=True)
        comms = [m["content"] for m in ran.messages if m["msg_type"] == "comm_open"]
        play = next(c["comm_id"] for c in comms if c["data"]["state"].get("_model_name") == "PlayModel")
        image = next(c["comm_id"] for c in comms if c["data"]["state"].get("_model_name") == "ImageModel")
        steps = pictures = 0
        idle, t0 = True, time.perf_counter()
        while (passed := time.perf_counter() - t0) < seconds:
            if idle and passed >= 0.2 * steps:
                steps += 1
                state = dict(value=steps, playing=True)
                mid = self.client.send("shell", "comm_msg", dict(comm_id=play, data=dict(method="update", state=state, buffer_paths=[])))
                idle = False
            for channel, m in self.client.recv(0.01):
                c = m["content"]
                if m["msg_type"] == "status" and c["execution_state"] == "idle" and m["parent_header"].get("msg_id") == mid:
                    idle = True
                pictures += m["msg_type"] == "comm_msg" and c["comm_id"] == image and len(m["buffers"]) == 1
        return pictures / seconds

    def train(self, epochs, pairs):
        """Seconds of training runs without and with live progress."""
        ran = self.client.run(TRAIN.replace("EPOCHS", str(epochs)).replace("PAIRS", str(pairs)), timeout=120, allow_stdin=True)
        if ran.status != "ok":
            sys.exit(f"{self.name}: {ran}")
        shown = sum(m["msg_type"] == "comm_msg" and "training" in str(m["content"]) for m in ran.messages)
        if shown < pairs:
            sys.exit(f"{self.name}: progress was shown {shown} times in {pairs} runs; want it in each")
        out = {"true": [], "false": []}
        for line in ran.stream().split("\n"):
            quiet, _, seconds = line.partition(" ")
            if quiet in out:
                out[quiet].append(float(seconds))
        return out

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.client.close()
        os.unlink(self.file)


kernels = []
try:
    kernels.append(Kernel("gopherceptron", [BINARY, "kernel"], OURS))
    kernels.append(Kernel("ipywidgets", [sys.executable, "-m", "ipykernel_launcher", "-f"], THEIRS))
    out = [dict(name=k.name, moves=[], bytes=0) for k in kernels]
    for i in range(MOVES + 5):
        for k, o in zip(kernels, out):
            seconds, size = k.move(round(-1.9 + 3.8 * (i % 77) / 77, 3))
            if i >= 5:  # the first ones load fonts
                o["moves"].append(seconds)
                o["bytes"] = size
    out[0]["frames"] = kernels[0].play(6)
    trained = kernels[0].train(EPOCHS, PAIRS)
    out[0]["quiet"], out[0]["shown"] = trained["true"], trained["false"]
finally:
    for k in kernels:
        k.stop()
json.dump(out, sys.stdout)
