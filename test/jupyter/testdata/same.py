"""Runs the cells of a file in a kernel: same.py KERNEL CELLS.txt; prints what each showed as JSON, in order."""
import json
import re
import sys
import time

from jupyter_client.manager import start_new_kernel

NAME, FILE = sys.argv[1:]
TIMEOUT = 120


def cells(text):
    parts = re.split(r"(?m)^-- (.*) --\n", text)[1:]
    return list(zip(parts[::2], parts[1::2]))


def run(kc, name, code):
    ran = {"name": name, "status": "", "error": "", "stdout": "", "stderr": "", "shown": []}
    start = time.time()

    def output(msg):
        kind, c = msg["msg_type"], msg["content"]
        if kind == "stream":
            ran[c["name"]] += c["text"]
        elif kind == "error":
            ran["error"] = f"{c['ename']}: {c['evalue']}"
        elif "data" in c:
            ran["shown"].append({"kind": kind, "mimes": sorted(c["data"]), "text": c["data"].get("text/plain", ""),
                                 "id": c.get("transient", {}).get("display_id", ""),
                                 "empty": [m for m, v in c["data"].items() if not v]})
    reply = kc.execute_interactive(code, output_hook=output, timeout=TIMEOUT, allow_stdin=False)
    ran["status"], ran["seconds"] = reply["content"]["status"], time.time() - start
    return ran


start = time.time()
km, kc = start_new_kernel(kernel_name=NAME, startup_timeout=60)
try:
    print(f"{NAME}: ready after {time.time() - start:.2f} s", file=sys.stderr)
    info = kc.kernel_info(reply=True, timeout=30)["content"]
    ran = [run(kc, *cell) for cell in cells(open(FILE).read())]
finally:
    kc.stop_channels()
    km.shutdown_kernel(now=True)
print(json.dumps({"implementation": info["implementation"], "cells": ran}))
