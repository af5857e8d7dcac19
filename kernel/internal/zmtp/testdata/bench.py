"""Measures two servers side by side from one libzmq client.

    bench.py serve                          a ROUTER that echoes and an XPUB, by libzmq; prints their endpoints
    bench.py compare ROUNDS R1 X1 R2 X2     measures server 1 and server 2 in turns; prints a line of JSON a case:
                                            name, unit, median of 1, median of 2
"""
import json
import os
import statistics
import sys
import time

import zmq

ctx = zmq.Context()
ctx.linger = 0


def serve():
    r, x = ctx.socket(zmq.ROUTER), ctx.socket(zmq.XPUB)
    r.sndhwm = r.rcvhwm = x.sndhwm = 0
    for s in r, x:
        s.bind("tcp://127.0.0.1:*")
    print(r.last_endpoint.decode(), x.last_endpoint.decode(), flush=True)
    while True:
        m = r.recv_multipart(copy=False)
        if len(m) == 4 and m[1].bytes == b"publish":
            body = b"x" * int(m[3].bytes)
            for _ in range(int(m[2].bytes)):
                x.send(body, copy=False)
        r.send_multipart(m, copy=False)


class Server:
    def __init__(self, router, xpub):
        self.dealer, self.sub = ctx.socket(zmq.DEALER), ctx.socket(zmq.SUB)
        self.sub.rcvhwm = 0
        self.dealer.rcvtimeo = self.sub.rcvtimeo = 60000
        self.dealer.connect(router)
        self.sub.connect(xpub)
        self.sub.subscribe(b"")
        time.sleep(0.3)
        self.publish(100, 10)
        for _ in range(100):
            self.sub.recv()
        self.dealer.recv_multipart()

    def publish(self, n, size):
        self.dealer.send_multipart([b"publish", b"%d" % n, b"%d" % size])

    def echo(self, n, frames):
        """Microseconds of the median round trip."""
        times = []
        for _ in range(n):
            start = time.perf_counter_ns()
            self.dealer.send_multipart(frames)
            self.dealer.recv_multipart(copy=False)
            times.append(time.perf_counter_ns() - start)
        return statistics.median(times) / 1000

    def published(self, n, size):
        """Messages a second."""
        self.publish(n, size)
        self.sub.recv()
        start = time.perf_counter()
        for _ in range(n - 1):
            self.sub.recv(copy=False)
        took = time.perf_counter() - start
        self.dealer.recv_multipart()
        return (n - 1) / took


def compare(rounds, *endpoints):
    servers = [Server(*endpoints[:2]), Server(*endpoints[2:])]
    jupyter = [b"<IDS|MSG>", b"0" * 64, b"h" * 250, b"p" * 250, b"{}", b"c" * 400, b""]
    only = os.environ.get("ONLY", "")  # a part of a name
    for name, unit, f in [
        ("echo 1 kB", "us", lambda s: s.echo(1000, [b"x" * 1000])),
        ("echo 7 frames", "us", lambda s: s.echo(1000, jupyter)),
        ("echo 1 MB", "us", lambda s: s.echo(200, [b"x" * (1 << 20)])),
        ("echo 100 MB", "us", lambda s: s.echo(1, [b"x" * (100 << 20)])),
        ("publish 1 kB", "msg/s", lambda s: s.published(50000, 1000)),
        ("publish 100 kB", "msg/s", lambda s: s.published(2000, 100000)),
    ]:
        if only not in name:
            continue
        results = [[], []]
        for i in range(int(rounds)):
            for j in (0, 1) if i % 2 else (1, 0):
                results[j].append(f(servers[j]))
        print(json.dumps([name, unit] + [statistics.median(r) for r in results]), flush=True)


globals()[sys.argv[1]](*sys.argv[2:])
ctx.destroy(0)
