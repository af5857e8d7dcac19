"""What a kernel must survive: robust.py KERNEL SAMPLES.json SCENARIO; prints figures as JSON, exits with 1 on a failure."""
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
import zmq
from jupyter_client import KernelManager

from client import Client

NAME = sys.argv[1]
CELLS = json.load(open(sys.argv[2]))["robust"]
figures = {}


def check(ok, what):
    if not ok:
        raise AssertionError(what)


@contextlib.contextmanager
def kernel():
    """A kernel with x set, and a client. It is gone afterwards, whatever happened."""
    km = KernelManager(kernel_name=NAME)
    km.start_kernel(stdout=subprocess.DEVNULL, stderr=None)
    pid = km.provisioner.pid
    c = Client(km.get_connection_info())
    try:
        c.subscribed()
        check(c.run(CELLS["set"]).status == "ok", "setting x failed")
        yield km, c
    finally:
        c.close()
        km.shutdown_kernel(now=True)
        check(not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie", "the kernel outlived its manager")


def still_there(c, timeout=30):
    """The value of x has survived."""
    ran = c.run(CELLS["get"], timeout=timeout)
    check(ran.status == "ok" and ran.result() == "41", f"x is not 41 any more: {ran}")


def rss(km):
    return round(psutil.Process(km.provisioner.pid).memory_info().rss / 1e6)


def wait_busy(c, mid, timeout=10):
    """Waits until a cell runs."""
    end = time.perf_counter() + timeout
    while time.perf_counter() < end:
        for name, m in c.recv(0.05):
            if (name == "iopub" and m["parent_header"].get("msg_id") == mid
                    and m["msg_type"] in ("execute_input", "stream")):
                return
    raise AssertionError("the cell did not start")


def restart():
    """Twenty restarts, every second one without asking; state is new, and nothing of the old process stays."""
    with kernel() as (km, c):
        pids, took = [km.provisioner.pid], []
        for i in range(20):
            c.close()
            t0 = time.perf_counter()
            km.restart_kernel(now=i % 2 == 1)
            c = Client(km.get_connection_info())
            c.subscribed()
            took.append(time.perf_counter() - t0)
            pids.append(km.provisioner.pid)
            check(c.run(CELLS["get"]).status == "error", "x survived a restart")
            check(c.run(CELLS["set"]).status == "ok", "setting x failed")
            still_there(c)
        for pid in pids[:-1]:
            check(not psutil.pid_exists(pid) or pid == pids[-1], f"process {pid} survived its restart")
        c.close()
        figures["restart_asked_ms"] = round(sorted(took[0::2])[5] * 1e3)
        figures["restart_killed_ms"] = round(sorted(took[1::2])[5] * 1e3)


def interrupt_with(stop):
    with kernel() as (km, c):
        for round_ in range(2):
            for what, code in CELLS["wait"].items():
                mid = c.submit(code)
                wait_busy(c, mid)
                time.sleep(0.15)  # the cell is in the middle of it
                t0 = time.perf_counter()
                stop(km)
                ran = c.collect(mid, t0=t0, timeout=10)
                check(ran.status == "error", f"{what}: interrupted, and replied {ran}")
                figures[f"{what}_ms"] = round(ran.reply_s * 1e3, 1)
                # The goal is 100 ms; more says that something is polled or waited for.
                check(ran.reply_s < 1, f"{what}: the interrupt took {ran.reply_s:.3f} s")
                still_there(c)
        # Nothing runs: an interrupt does nothing.
        stop(km)
        time.sleep(0.1)
        still_there(c)


def interrupt():
    """Interrupts as the front end makes them."""
    interrupt_with(lambda km: km.interrupt_kernel())


def sigint():
    """SIGINT from a terminal or another program."""
    interrupt_with(lambda km: os.kill(km.provisioner.pid, signal.SIGINT))


def queue():
    """Cells that wait behind one that is interrupted are aborted, the next one is not."""
    with kernel() as (km, c):
        first = c.submit(CELLS["wait"]["sleep"])
        wait_busy(c, first)
        waiting = [c.submit(CELLS["spoil"]) for _ in range(3)]
        replies = {}
        km.interrupt_kernel()
        end = time.perf_counter() + 10
        while len(replies) < 4 and time.perf_counter() < end:
            for name, m in c.recv(0.1):
                if name == "shell":
                    replies[m["parent_header"]["msg_id"]] = m["content"]["status"]
        got = [replies.get(m) for m in [first] + waiting]
        check(got[0] == "error" and set(got[1:]) <= {"aborted", "error"}, f"statuses {got}")
        still_there(c)


def kill9():
    """Killed outright, the kernel leaves no process."""
    with kernel() as (km, c):
        p = psutil.Process(km.provisioner.pid)
        mid = c.submit(CELLS["wait"]["printing"])
        wait_busy(c, mid)
        group = os.getpgid(p.pid)
        family = p.children(recursive=True)
        figures["children"] = len(family)
        p.kill()
        _, alive = psutil.wait_procs(family, timeout=3)
        check(not alive, f"left running: {alive}")
        time.sleep(0.2)
        others = [q for q in psutil.process_iter() if q.pid != p.pid and group_of(q) == group]
        check(not others, f"left in its process group: {others}")


def died():
    """What ends the process is told with the first cell of the next one, once."""
    if "die" not in CELLS:
        return
    with kernel() as (km, c):
        p = psutil.Process(km.provisioner.pid)
        c.submit(CELLS["die"])
        # Nobody waits for it but its manager: it may be a zombie.
        end = time.perf_counter() + 10
        while p.is_running() and p.status() != "zombie" and time.perf_counter() < end:
            time.sleep(0.05)
        c.close()
        km.restart_kernel(now=True)
        c = Client(km.get_connection_info())
        c.subscribed()
        ran = c.run(CELLS["set"])
        told = ran.stream("stderr")
        check(ran.status == "ok" and "The kernel was restarted because a sync.Mutex was unlocked" in told, f"{ran}: {told!r}")
        ran = c.run(CELLS["get"])
        check(ran.result() == "41" and ran.stream("stderr") == "", f"{ran}: {ran.stream('stderr')!r}")
        km.restart_kernel()
        c.close()
        c = Client(km.get_connection_info())
        c.subscribed()
        ran = c.run(CELLS["set"])
        check(ran.stream("stderr") == "", f"a restart that was asked for says {ran.stream('stderr')!r}")
        c.close()


def name_of(p):
    try:
        return p.name()
    except psutil.Error:
        return ""


def leftovers():
    """What cells have left running is gone with the kernel, however that ends: `cmd &`, os/exec, and their children."""
    for how in ("asked", "killed", "terminated", "kill -9", "Jupyter killed"):
        c = parent = None
        if how == "Jupyter killed":
            code = ("import json, subprocess, sys, time\n"
                    "from jupyter_client import KernelManager\n"
                    "km = KernelManager(kernel_name=sys.argv[1])\n"
                    "km.start_kernel(stdout=subprocess.DEVNULL)\n"
                    "info = km.get_connection_info(); info['key'] = info['key'].decode()\n"
                    "print(json.dumps([km.provisioner.pid, info]), flush=True)\n"
                    "time.sleep(600)\n")
            parent = subprocess.Popen([sys.executable, "-c", code, NAME], stdout=subprocess.PIPE, text=True)
            pid, info = json.loads(parent.stdout.readline())
            end = lambda: parent.kill()
        else:
            km = KernelManager(kernel_name=NAME)
            km.start_kernel(stdout=subprocess.DEVNULL)
            pid, info = km.provisioner.pid, km.get_connection_info()
            end = {
                "asked": lambda: c.send("control", "shutdown_request", {"restart": False}),
                "killed": lambda: km.shutdown_kernel(now=True),
                "terminated": lambda: os.kill(pid, signal.SIGTERM),
                "kill -9": lambda: os.kill(pid, signal.SIGKILL),
            }[how]
        kernel = psutil.Process(pid)
        c = Client(dict(info, key=info["key"].encode()) if parent else info)
        try:
            c.subscribed()
            for cell in CELLS["children"]:
                t0 = time.perf_counter()
                ran = c.run(cell, timeout=10)
                check(ran.status == "ok", f"{cell}: {ran}")
                check(time.perf_counter() - t0 < 1, f"{cell} took {time.perf_counter() - t0:.1f} s: it was waited for")
            t0 = time.perf_counter()
            while True:  # a shell that a cell left may not have started its command yet
                family = [p for p in psutil.process_iter() if p.pid != pid and session_of(p) == os.getsid(pid)]
                if sum("sleep" in name_of(p) for p in family) >= len(CELLS["children"]):
                    break
                check(time.perf_counter() < t0 + 10, f"{how}: running are {family}")
                time.sleep(0.02)
            t0 = time.perf_counter()
            end()
            alive = [kernel] + family
            while alive and time.perf_counter() < t0 + 5:
                time.sleep(0.01)
                alive = [p for p in alive if runs(p)]
            figures[how.replace(" ", "_") + "_ms"] = round((time.perf_counter() - t0) * 1e3)
            for p in alive:
                p.kill()
            check(not alive, f"{how}: left running: {alive}")
        finally:
            c.close()
            if parent:
                parent.kill()
                parent.wait()
                parent.stdout.close()
            else:
                km.shutdown_kernel(now=True)


def runs(p):
    try:
        return p.is_running() and p.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def session_of(p):
    try:
        return os.getsid(p.pid)
    except OSError:
        return None


def group_of(p):
    try:
        return os.getpgid(p.pid)
    except OSError:
        return None


def shutdown():
    """A shutdown right after a cell loses none of its output."""
    times = []
    for _ in range(5):
        with kernel() as (km, c):
            lines = 2000
            text = []
            take = lambda m: text.append(m["content"]["text"]) if m["msg_type"] == "stream" else None
            # Up to the reply only: the end of the output is still on its way.
            ran = c.collect(c.submit(CELLS["quick"] % lines), timeout=20, on_message=take, idle=False)
            check(ran.status == "ok", f"{ran}")
            t0 = time.perf_counter()
            c.send("control", "shutdown_request", {"restart": False})
            proc = km.provisioner.process
            while proc.poll() is None and time.perf_counter() < t0 + 5:
                time.sleep(0.002)
            times.append(time.perf_counter() - t0)
            check(proc.poll() is not None, "the kernel did not end in 5 s")
            replied = False
            quiet = time.perf_counter() + 0.5
            while time.perf_counter() < quiet:
                for name, m in c.recv(0.1):
                    if name == "iopub" and m["msg_type"] == "stream":
                        text.append(m["content"]["text"])
                    replied |= m["msg_type"] == "shutdown_reply" and name == "control"
            check(replied, "no shutdown_reply")
            want = "".join(f"{i}\n" for i in range(lines))
            check("".join(text) == want, f"{len(''.join(text))} of {len(want)} characters came, the last are {''.join(text)[-40:]!r}")
            check(proc.returncode == 0, f"exit code {proc.returncode}")
    figures["shutdown_ms"] = round(sorted(times)[2] * 1e3)
    figures["shutdown_max_ms"] = round(max(times) * 1e3)
    if NAME == "gopherceptron":
        check(sorted(times)[2] < 0.2, f"shutdown took {times}; want 200 ms")


def shutdown_busy():
    """A shutdown while a cell prints at full speed, also beside a client that is stopped: what was printed has come, or is
    in the file that the output names."""
    for stopped in (False, True):
        times = []
        for _ in range(3):
            with kernel() as (km, c), (sleeper(km) if stopped else contextlib.nullcontext()):
                text = []
                mid = c.submit(CELLS["quick"] % 1_000_000_000)
                end = time.perf_counter() + 2
                while time.perf_counter() < end:
                    text += [m["content"]["text"] for name, m in c.recv(0.05) if m["msg_type"] == "stream"]
                t0 = time.perf_counter()
                c.send("control", "shutdown_request", {"restart": False})
                proc = km.provisioner.process
                while proc.poll() is None and time.perf_counter() < t0 + 5:
                    text += [m["content"]["text"] for name, m in c.recv(0.002) if m["msg_type"] == "stream"]
                times.append(time.perf_counter() - t0)
                quiet = time.perf_counter() + 0.3
                while time.perf_counter() < quiet:
                    text += [m["content"]["text"] for name, m in c.recv(0.05) if m["msg_type"] == "stream"]
                page = "".join(text)
                if NAME == "gopherceptron":
                    name = re.search(r"is in (\S+)\n", page)
                    check(name, f"the page ends with {page[-100:]!r}; want the name of the file with the rest")
                    page = page[:page.index("output over")] + open(name[1]).read()
                lines = page.split("\n")[:-1]
                check(len(lines) > 10_000 and lines == [str(i) for i in range(len(lines))],
                      f"{len(lines)} lines came, from {lines[:2]} to {lines[-2:]}; want all from 0 on")
                check(proc.returncode == 0, f"exit code {proc.returncode}")
        what = "stopped_client_ms" if stopped else "printing_ms"
        figures[what] = round(sorted(times)[1] * 1e3)
        if NAME == "gopherceptron":
            check(sorted(times)[1] < 0.2, f"{what}: {times}; want 200 ms")


def clients():
    """Two clients at once: each gets its replies and sees everyone's outputs."""
    with kernel() as (km, c):
        errors = []

        def work(base):
            mine = Client(km.get_connection_info())
            try:
                mine.subscribed()
                for i in range(50):
                    ran = mine.run(CELLS["double"] % (base + i))
                    check(ran.status == "ok" and ran.result() == str(2 * (base + i)), f"client {base}: {ran}")
            except Exception as e:
                errors.append(e)
            finally:
                mine.close()

        seen = set()
        threads = [threading.Thread(target=work, args=(b,)) for b in (1000, 2000)]
        for t in threads:
            t.start()
        while any(t.is_alive() for t in threads) or list(c.recv(0)):
            for name, m in c.recv(0.1):
                if name == "iopub" and m["msg_type"] == "execute_result":
                    seen.add(m["content"]["data"]["text/plain"])
        check(not errors, f"{errors}")
        # The condition above may have dropped a message or two of the last ones.
        check(len(seen) >= 95, f"the third client saw {len(seen)} of 100 results")
        still_there(c)


def flood():
    """Of 100 MB printed the page gets 2 MB and the name of the file that has the rest; the kernel does not grow."""
    with kernel() as (km, c):
        lines = 1_000_000
        got = [0, 0]
        texts = []

        def take(m):
            if m["msg_type"] == "stream":
                got[0] += len(m["content"]["text"])
                got[1] += 1
                texts.append(m["content"]["text"])

        before = rss(km)
        ran = c.run(CELLS["flood"] % lines, timeout=120, on_message=take)
        check(ran.status == "ok", f"{ran}")
        check(1_900_000 < got[0] < 2_200_000, f"{got[0]} characters arrived; want about 2 MB")
        name = re.search(r"is in (\S+)", texts[-1])
        check(name, f"the last text names no file: {texts[-1]!r}")
        shown = sum(len(t) for t in texts[:-1] if set(t) <= set("x\n"))
        size = os.path.getsize(name[1])
        check(size + shown == 100 * lines, f"{shown} characters arrived and {size} are in the file; want {100 * lines}")
        still_there(c)
        figures.update(seconds=round(ran.idle_s, 1), messages=got[1], rss_before_mb=before, rss_after_mb=rss(km))
        check(rss(km) < before + 50, f"the kernel grew from {before} to {rss(km)} MB")


@contextlib.contextmanager
def sleeper(km):
    """A client that subscribes, says so, is stopped, and reads nothing more."""
    code = ("import sys, time, json; sys.path[:0] = json.loads(sys.argv[2])\n"
            "from client import Client\n"
            "c = Client({k: v.encode() if k == 'key' else v for k, v in json.loads(sys.argv[1]).items()})\n"
            "c.subscribed(); print('ready', flush=True); n = 0\n"
            "while True:\n"
            "    for name, m in c.recv(1): n += 1\n")
    info = dict(km.get_connection_info())
    info["key"] = info["key"].decode()
    other = subprocess.Popen([sys.executable, "-c", code, json.dumps(info), json.dumps(sys.path)],
                             stdout=subprocess.PIPE, text=True)
    try:
        check(other.stdout.readline() == "ready\n", "the other client did not start")
        os.kill(other.pid, signal.SIGSTOP)
        yield other
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


def stopped():
    """A client that is stopped, not closed, holds up no one, and the kernel's memory stays bounded."""
    with kernel() as (km, c):
        with sleeper(km) as other:
            before = rss(km)
            t0 = time.perf_counter()
            got = [0]

            def take(m):
                if m["msg_type"] == "stream":
                    got[0] += len(m["content"]["text"])

            # 60 MB in cells of 1.5 MB, which no kernel shortens.
            for _ in range(40):
                check(c.run(CELLS["flood"] % 15_000, timeout=30, on_message=take).status == "ok", "a cell failed")
            check(got[0] == 40 * 1_500_000, f"{got[0]} characters arrived; want {40 * 1_500_000}")
            figures.update(seconds=round(time.perf_counter() - t0, 1), rss_before_mb=before, rss_after_mb=rss(km))
            check(rss(km) < before + 250, f"the kernel grew from {before} to {rss(km)} MB")
            still_there(c)
            os.kill(other.pid, signal.SIGCONT)
            time.sleep(0.5)
            still_there(c)


def forged():
    """Bad signatures and junk on every socket change nothing and stop nothing."""
    rnd = random.Random(1)
    with kernel() as (km, c):
        info = km.get_connection_info()
        bad = Client(dict(info, key=b"not the key"))
        unsigned = Client(dict(info, key=b""))
        for forger in (bad, unsigned):
            for channel in ("shell", "control"):
                forger.send(channel, "execute_request", dict(code=CELLS["spoil"], silent=False))
                forger.send(channel, "shutdown_request", dict(restart=False))
        s = c.session
        content = dict(code=CELLS["spoil"], silent=False)
        good = s.serialize(s.msg("execute_request", content))
        delim, sig, rest = good[0], good[1], good[2:]
        signed = lambda *parts: [delim, s.sign(list(parts)), *parts]
        junk = [
            [b""], [b"junk"], [delim], [delim, sig], [delim, sig, rest[0]],
            [delim, b"", *rest], [delim, b"0" * 64, *rest], [delim, sig[:10], *rest],
            [delim, sig, *rest[:3], rest[3] + b" "],
            signed(b"{", b"{}", b"{}", b"{}"), signed(b"null", b"null", b"null", b"null"),
            signed(b"[]", b"[]", b"[]", b"[]"), signed(b"{}", b"{}", b"{}", b"{}"),
            signed(rest[0], rest[1], rest[2], b"[1, 2]"), signed(rest[0], rest[1], rest[2], b"\xff\xfe"),
            signed(b'{"msg_type": 7, "msg_id": [], "session": null}', b"{}", b"{}", b"{}"),
            [delim] * 50, [b"\x00" * 10_000_000], [bytes(rnd.randrange(256) for _ in range(1000)) for _ in range(20)],
        ]
        for channel in ("shell", "control", "stdin"):
            for frames in junk:
                c.sockets[channel].send_multipart(frames)
        # A request of a kind that no one knows, well signed.
        c.send("shell", "no_such_request", {})
        c.send("control", "no_such_request", {})
        # Other kinds of sockets, and programs that do not speak ZeroMQ at all.
        strangers = []
        for channel in ("shell", "control", "stdin", "iopub", "hb"):
            for kind in (zmq.REQ, zmq.PUSH, zmq.SUB, zmq.PUB):
                strangers.append(c.connect(channel, kind))
                with contextlib.suppress(zmq.ZMQError):
                    strangers[-1].send(b"hello", zmq.NOBLOCK)
            for data in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f",
                         b"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x01NULL" + b"\x00" * 48 + b"\x02" + b"\xff" * 8,
                         bytes(rnd.randrange(256) for _ in range(100_000))):
                for keep in (False, True):
                    t = socket.create_connection((info["ip"], info[channel + "_port"]), timeout=5)
                    with contextlib.suppress(OSError):
                        t.sendall(data)
                    strangers.append(t) if keep else t.close()
        time.sleep(0.3)
        # The one that sent junk may have lost its connection; a new one works.
        again = Client(info)
        again.subscribed()
        still_there(again)
        hb = c.connect("hb", zmq.REQ)
        hb.send(b"ping")
        check(hb.poll(2000) and hb.recv() == b"ping", "no heartbeat")
        figures["rss_mb"] = rss(km)
        for x in (bad, unsigned, again):
            x.close()
        for x in strangers + [hb]:
            x.close()
        still_there(c)


def stdin():
    """input_request: answered, refused by the front end, interrupted."""
    with kernel() as (km, c):
        c.answer = "hello"
        ran = c.run(CELLS["input"], allow_stdin=True, timeout=10)
        check(ran.status == "ok" and len(c.asked) == 1, f"{len(c.asked)} input_requests, {ran}")
        check(ran.stream().startswith('got "hello'), f"printed {ran.stream()!r}")
        check(set(c.asked[0]["content"]) >= {"prompt", "password"}, f"input_request {c.asked[0]['content']}")
        still_there(c)
        # Not allowed: the cell may fail or see the end of its input; it must end, and not ask.
        c.run(CELLS["input"], allow_stdin=False, timeout=10)
        check(len(c.asked) == 1, "asked though the front end allows no input")
        still_there(c)
        c.answer = None
        mid = c.submit(CELLS["input"], allow_stdin=True)
        wait_busy(c, mid)
        time.sleep(0.2)
        t0 = time.perf_counter()
        km.interrupt_kernel()
        ran = c.collect(mid, t0=t0, timeout=10)
        check(ran.status == "error", f"interrupted while asking: {ran}")
        figures["interrupt_ms"] = round(ran.reply_s * 1e3, 1)
        still_there(c)


scenarios = [restart, interrupt, sigint, queue, kill9, died, leftovers, shutdown, shutdown_busy, clients, flood, stopped, forged, stdin]
if sys.argv[3] == "list":
    json.dump([s.__name__ for s in scenarios], sys.stdout)
else:
    next(s for s in scenarios if s.__name__ == sys.argv[3])()
    json.dump(figures, sys.stdout)
