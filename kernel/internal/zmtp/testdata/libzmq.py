"""Talks to our sockets through libzmq. Usage: libzmq.py CASE ROUTER_ENDPOINT XPUB_ENDPOINT; exits 0 when all is well.

The ROUTER echoes. A message ["publish", n, size, topic...] makes the XPUB publish n messages [topic, number, body] for
each topic in turn, and is echoed when that is done.
"""
import os
import signal
import subprocess
import sys
import time

import zmq
from zmq.utils.monitor import recv_monitor_message

case, router, xpub = sys.argv[1:4]
ctx = zmq.Context()
ctx.linger = 0


def socket(kind, endpoint, identity=None, **options):
    s = ctx.socket(kind)
    s.rcvtimeo = s.sndtimeo = 30000
    if identity:
        s.identity = identity
    for name, value in options.items():
        setattr(s, name, value)
    if "[::1]" in endpoint:
        s.ipv6 = 1
    s.connect(endpoint)
    return s


def echo(s, frames):
    s.send_multipart(frames)
    got = s.recv_multipart()
    assert got == frames, "got %d frames %.200r" % (len(got), got)


def publish(n, size, *topics):
    s = socket(zmq.DEALER, router)
    echo(s, [b"publish", b"%d" % n, b"%d" % size, *topics])
    s.close()


def subscribe(*topics, kind=zmq.SUB):
    """Returns a socket whose subscriptions have arrived."""
    s = socket(kind, xpub, rcvhwm=0)
    for t in topics:
        if kind == zmq.XSUB:
            s.send(b"\x01" + t)
        else:
            s.subscribe(t)
    s.rcvtimeo = 50
    for _ in range(600):
        publish(1, 0, *topics)
        try:
            s.recv_multipart()
            break
        except zmq.Again:
            pass
    else:
        raise AssertionError("no message in 30 s")
    drain(s)
    return s


def drain(s):
    """Throws away what waits."""
    s.rcvtimeo = 100
    try:
        while True:
            s.recv_multipart()
    except zmq.Again:
        pass
    s.rcvtimeo = 30000


def dealer():
    s = socket(zmq.DEALER, router)
    for frames in [[b""], [b"x"], [b"", b""], [b"a", b"", b"b" * 255, b"c" * 256, b"d" * 70000, b"e"], [b"x"] * 5000]:
        echo(s, frames)
    for size in [1 << 20, 10 << 20, (64 << 20) - 1, (64 << 20) + 1, 200 << 20]:
        echo(s, [b"size", os.urandom(1 << 10) * (size >> 10) + b"x" * (size & 1023), b"end"])


def req():
    s = socket(zmq.REQ, router, b"identity \xff\x00")
    for i in range(1000):
        echo(s, [b"%d" % i, b"ping"])


def many():
    a, b = socket(zmq.DEALER, router, b"a", rcvhwm=0, sndhwm=0), socket(zmq.DEALER, router, b"b", rcvhwm=0, sndhwm=0)
    for i in range(10000):
        a.send_multipart([b"a", b"%d" % i, b"x" * (i % 3000)])
        b.send_multipart([b"b", b"%d" % i, b"x" * (i % 3000)])
    for s, name in (a, b"a"), (b, b"b"):
        for i in range(10000):
            got = s.recv_multipart()
            assert got == [name, b"%d" % i, b"x" * (i % 3000)], "%d: %.100r" % (i, got)


def handover():
    old = socket(zmq.DEALER, router, b"me")
    echo(old, [b"old"])
    old.close()  # or it would connect again and take the identity back
    for i in range(50):
        s = socket(zmq.DEALER, router, b"me")
        echo(s, [b"%d" % i])
        s.close()


def sub():
    everything, some = subscribe(b""), subscribe(b"stream.", b"status")
    x = subscribe(b"st", kind=zmq.XSUB)
    drain(everything)
    drain(some)
    publish(3, 10, b"stream.out", b"status", b"st", b"other")
    want = [[t, b"%d" % i, b"x" * 10] for t in (b"stream.out", b"status", b"st", b"other") for i in range(3)]
    for s, n in (everything, 12), (some, 6), (x, 9):
        for w in want[:n]:
            got = s.recv_multipart()
            assert got == w, "got %r, want %r" % (got, w)
    some.unsubscribe(b"status")
    time.sleep(0.3)  # nothing tells when it has arrived
    publish(1, 0, b"status", b"stream.x")
    assert some.recv_multipart()[0] == b"stream.x"
    publish(20000, 1000, b"stream.")
    for i in range(20000):
        got = some.recv_multipart()
        assert got[1] == b"%d" % i, "got %r, want %d" % (got[:2], i)


def heartbeat():
    """libzmq pings, and would disconnect without an answer."""
    for kind, endpoint in (zmq.DEALER, router), (zmq.SUB, xpub):
        s = ctx.socket(kind)
        s.heartbeat_ivl, s.heartbeat_timeout, s.heartbeat_ttl = 50, 300, 1000
        m = s.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
        m.rcvtimeo = 30000
        s.ipv6 = "[::1]" in endpoint
        s.connect(endpoint)
        assert recv_monitor_message(m)["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED
        assert not m.poll(1500), "disconnected: %r" % recv_monitor_message(m)
        s.disable_monitor()
        s.close()


def curve():
    """A client that wants encryption is refused and does no harm."""
    public, secret = zmq.curve_keypair()
    s = socket(zmq.DEALER, router, curve_serverkey=public, curve_publickey=public, curve_secretkey=secret)
    s.send(b"x")
    assert not s.poll(300)
    dealer_ = socket(zmq.DEALER, router)
    echo(dealer_, [b"x"])


def stopped():
    """A process that is stopped beside a healthy subscriber."""
    child = subprocess.Popen([sys.executable, __file__, "child", router, xpub], stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"subscribed\n"
        s = subscribe(b"")
        child.send_signal(signal.SIGSTOP)
        n = 50000
        d = socket(zmq.DEALER, router)
        start = time.time()
        d.send_multipart([b"publish", b"%d" % n, b"1000", b"topic"])
        gap, last = 0, time.time()
        for i in range(n):
            got = s.recv_multipart()
            assert got[1] == b"%d" % i, "got %r, want %d" % (got[:2], i)
            gap, last = max(gap, time.time() - last), time.time()
        d.recv_multipart()
        print("%d messages beside a stopped subscriber in %.2f s, longest wait %.2f s" % (n, time.time() - start, gap))
        assert gap < 2.5, "waited %.2f s for a message" % gap
        late = subscribe(b"")
        publish(1, 0, b"topic")
        assert late.recv_multipart()[0] == b"topic"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def child():
    s = subscribe(b"")
    print("subscribed", flush=True)
    while True:
        s.recv_multipart()


globals()[case]()
ctx.destroy(0)
