"""Jupyter's own clients with a kernel: clients.py KERNEL SAMPLES.json SCENARIO; exits with 1 on a failure."""
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat
from jupyter_client.manager import start_new_async_kernel, start_new_kernel
from tornado.websocket import websocket_connect

NAME = sys.argv[1]
CELLS = json.load(open(sys.argv[2]))["clients"]


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def jupyter(*args, code=0):
    """Runs a program of Jupyter's and returns what it prints to stdout; the kernel must say nothing on stderr."""
    p = subprocess.run([os.path.join(os.path.dirname(sys.executable), "jupyter"), *args], capture_output=True, text=True,
                       timeout=120, stdin=subprocess.DEVNULL)
    check(p.returncode == code, f"jupyter {args}: exit code {p.returncode}\n{p.stdout}{p.stderr}")
    quiet(p.stderr)
    return p.stdout


def quiet(stderr):
    said = [line for line in stderr.splitlines() if re.match(r"time=|gopherceptron|panic|goroutine|fatal", line)]
    check(not said, f"the kernel prints on the terminal: {said}")


def execute():
    """jupyter execute, which is nbclient, on a notebook with a picture."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS["notebook"]])
    nbformat.write(nb, "a.ipynb")
    jupyter("execute", "--kernel_name=" + NAME, "a.ipynb", "--output", "out.ipynb")
    nb = nbformat.read("out.ipynb", 4)
    nbformat.validate(nb)
    kinds = [[o.output_type for o in c.outputs] for c in nb.cells]
    check(kinds == [["stream"], ["display_data"], ["execute_result"]], f"outputs {kinds}")
    check(nb.metadata.language_info.name == CELLS["language"], f"metadata {nb.metadata}")


def run():
    """jupyter run on a file, which hands its arguments to the kernel too."""
    open("a", "w").write(CELLS["print"])
    check(jupyter("run", "--kernel", NAME, "a").startswith("hello"), "no output")
    open("b", "w").write(CELLS["fail"])
    p = subprocess.run([sys.executable, "-m", "jupyter_client.runapp", "--kernel", NAME, "b"], capture_output=True, text=True)
    check(p.returncode == 1 and "as wanted" in p.stderr, f"a file that fails: {p.returncode} {p.stderr}")


def asynchronous():
    """The client for asyncio, and the blocking one: execute, restart, heartbeat, and what else they have."""
    async def work():
        km, kc = await start_new_async_kernel(kernel_name=NAME)
        try:
            check((await kc.execute_interactive(CELLS["print"], timeout=10))["content"]["status"] == "ok", "execute")
            await asyncio.sleep(1.5)
            check(kc.hb_channel.is_beating(), "no heartbeat")
            await km.interrupt_kernel()
            await km.restart_kernel()
            await kc.wait_for_ready(timeout=10)
            check((await kc.execute_interactive(CELLS["print"], timeout=10))["content"]["status"] == "ok", "after a restart")
        finally:
            kc.stop_channels()
            await km.shutdown_kernel()
        check(not await km.is_alive(), "the kernel is alive after its shutdown")
    asyncio.run(work())
    km, kc = start_new_kernel(kernel_name=NAME)
    try:
        run = lambda code, **how: kc.execute(code, reply=True, timeout=10, **how)["content"]
        check(run(CELLS["set"])["execution_count"] == 1, "first count")
        got = run(CELLS["get"], user_expressions={"twice": CELLS["get"] + " * 2", "bad": "nope"})["user_expressions"]
        check(got["twice"]["data"]["text/plain"] == "82" and got["bad"]["status"] == "error", f"user_expressions {got}")
        check(run(CELLS["get"], silent=True)["execution_count"] == 2, "a silent cell is counted")
        check(run(CELLS["get"], store_history=False)["execution_count"] == 2, "a cell that is not stored is counted")
        check(run(CELLS["get"])["execution_count"] == 3, "count")
        history = kc.history(hist_access_type="tail", n=10, reply=True, timeout=10)["content"]["history"]
        check([h[2] for h in history[-3:]] == [CELLS["set"], CELLS["get"], CELLS["get"]], f"history {history}")
    finally:
        kc.stop_channels()
        km.shutdown_kernel()


def server():
    """A page's view, over REST and a websocket: it goes away while a cell prints, comes back, interrupts, restarts."""
    asyncio.run(pages())


async def pages():
    log = tempfile.TemporaryFile("w+")
    p = subprocess.Popen([sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1",
                          "--IdentityProvider.token=t", "--ServerApp.log_level=WARN", "--ServerApp.root_dir=" + os.getcwd()],
                         stdout=log, stderr=log)
    try:
        url = await started(p.pid)

        def rest(method, path, body=None):
            q = urllib.request.Request(url + "api/kernels" + path, method=method, headers={"Authorization": "token t"},
                                       data=None if body is None else json.dumps(body).encode())
            text = urllib.request.urlopen(q, timeout=30).read()
            return json.loads(text) if text else None

        call = lambda *args: asyncio.get_running_loop().run_in_executor(None, rest, *args)
        kernel = (await call("POST", "", {"name": NAME}))["id"]
        connect = lambda: websocket_connect(f"{url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=page&token=t")
        page = Page(await connect())
        check((await page.run(CELLS["print"]))[0] == "ok", "the first cell failed")
        mid = page.send("execute_request", code=CELLS["ticks"])
        await page.until(lambda m: m["msg_type"] == "stream")
        page.ws.close()
        await asyncio.sleep(1)
        page = Page(await connect())
        await page.until(lambda m: m["msg_type"] == "execute_reply" and m["parent_header"].get("msg_id") == mid)
        ticks = [int(n) for n in "".join(page.texts).split()]
        check(ticks and ticks[-1] == 29 and ticks == list(range(ticks[0], 30)) and ticks[0] < 15,
              f"the page that came back has {ticks}; want all that was printed while it was away, to 29")
        mid = page.send("execute_request", code=CELLS["sleep"])
        await page.until(lambda m: m["msg_type"] == "execute_input")
        t0 = time.perf_counter()
        await call("POST", f"/{kernel}/interrupt", {})
        m = await page.until(lambda m: m["msg_type"] == "execute_reply" and m["parent_header"].get("msg_id") == mid)
        check(m["content"]["status"] == "error" and time.perf_counter() - t0 < 1, f"interrupted: {m['content']}")
        check((await page.run(CELLS["set"]))[0] == "ok", "after an interrupt")
        other = Page(await websocket_connect(f"{url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id=other&token=t"))
        check((await other.run(CELLS["get"]))[1] == "41", "another page does not see x")
        await call("POST", f"/{kernel}/restart", {})
        # As JupyterLab does: the server's subscription to IOPub is that of the old process for up to 100 ms, but a new
        # websocket is ready only when it sees the new one's messages.
        page.ws.close()
        page = Page(await connect())
        status, _ = await page.run(CELLS["get"])
        check(status == "error", f"x survived the restart: {status}")
        await call("DELETE", f"/{kernel}")
    finally:
        p.terminate()
        p.wait(20)
    log.seek(0)
    quiet(log.read())


async def started(pid):
    """Returns the address of a server once it answers."""
    from jupyter_server.serverapp import list_running_servers
    for _ in range(300):
        for s in list_running_servers():
            if s["pid"] == pid:
                return s["url"]
        await asyncio.sleep(0.1)
    raise AssertionError("the server does not start in 30 s")


class Page:
    """One websocket, as JupyterLab and Notebook 7 use it."""

    def __init__(self, ws):
        self.ws, self.n, self.texts = ws, 0, []

    def send(self, kind, **content):
        self.n += 1
        mid = f"{id(self)}-{self.n}"
        content = dict(dict(silent=False, store_history=True, user_expressions={}, allow_stdin=True, stop_on_error=True), **content)
        self.ws.write_message(json.dumps(dict(channel="shell", parent_header={}, metadata={}, content=content, buffers=[],
                              header=dict(msg_id=mid, msg_type=kind, session="page", username="u", version="5.3", date="2030-01-01T00:00:00Z"))))
        return mid

    async def until(self, want):
        while True:
            raw = await asyncio.wait_for(self.ws.read_message(), 30)
            check(raw is not None, "the server closed the websocket")
            m = json.loads(raw)
            if m["msg_type"] == "stream":
                self.texts.append(m["content"]["text"])
            if want(m):
                return m

    async def run(self, code):
        """Returns the status of a cell and its result."""
        mid, result, status, idle = self.send("execute_request", code=code), None, None, False
        while not idle or status is None:  # they come on two sockets, in any order
            m = await self.until(lambda m: m["parent_header"].get("msg_id") == mid)
            if m["msg_type"] == "execute_result":
                result = m["content"]["data"]["text/plain"]
            elif m["msg_type"] == "execute_reply":
                status = m["content"]["status"]
            elif m["msg_type"] == "status":
                idle = m["content"]["execution_state"] == "idle"
        return status, result


scenarios = [execute, run, asynchronous, server]
if sys.argv[3] == "list":
    json.dump([s.__name__ for s in scenarios], sys.stdout)
else:
    next(s for s in scenarios if s.__name__ == sys.argv[3])()
