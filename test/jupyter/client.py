"""A Jupyter client on bare ZeroMQ sockets.

jupyter_client's own client reconnects every 100 ms and reads messages in a
thread; here nothing stands between the test and the socket.
"""
import time
from dataclasses import dataclass, field

import zmq
from jupyter_client.session import Session

CHANNELS = {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER,
            "iopub": zmq.SUB, "hb": zmq.REQ}


@dataclass
class Ran:
    """What came back for one cell."""
    reply: dict = None
    reply_s: float = None   # from sending to the reply
    idle_s: float = None    # from sending to the status idle
    messages: list = field(default_factory=list)  # of iopub, this cell's

    @property
    def status(self):
        return self.reply["content"]["status"]

    def stream(self, name="stdout"):
        return "".join(m["content"]["text"] for m in self.messages
                       if m["msg_type"] == "stream" and m["content"]["name"] == name)

    def result(self):
        """text/plain of the execute_result, or None."""
        for m in self.messages:
            if m["msg_type"] == "execute_result":
                return m["content"]["data"]["text/plain"]

    def __str__(self):
        kinds = [m["msg_type"] for m in self.messages]
        return f"reply {self.reply and self.reply['content']}, iopub {kinds[:20]}"


class Client:
    """Sockets to one kernel. info is what a connection file holds."""

    def __init__(self, info, identity=None):
        key = info["key"]
        self.info = info
        self.session = Session(key=key if isinstance(key, bytes) else key.encode(),
                               signature_scheme=info["signature_scheme"])
        self.ctx = zmq.Context()
        self.sockets = {}
        self.poller = zmq.Poller()
        self.answer = None  # what to say to an input_request
        self.asked = []     # the input_requests that came
        for name, kind in CHANNELS.items():
            if name == "hb":
                continue
            s = self.connect(name, kind, identity or self.session.bsession)
            self.sockets[name] = s
            self.poller.register(s, zmq.POLLIN)

    def connect(self, channel, kind, identity=b""):
        s = self.ctx.socket(kind)
        s.linger = 0
        s.rcvhwm = 0  # count everything that the kernel sends
        s.reconnect_ivl = 2
        if kind == zmq.DEALER:
            s.identity = identity
        s.connect(f"{self.info['transport']}://{self.info['ip']}:{self.info[channel + '_port']}")
        if kind == zmq.SUB:
            s.subscribe(b"")
        return s

    def send(self, channel, kind, content):
        msg = self.session.msg(kind, content)
        self.session.send(self.sockets[channel], msg)
        return msg["header"]["msg_id"]

    def recv(self, timeout):
        """Yields (channel, message) of what is there within timeout seconds."""
        for sock, _ in self.poller.poll(max(0, timeout) * 1000):
            name = next(n for n, s in self.sockets.items() if s is sock)
            _, parts = self.session.feed_identities(sock.recv_multipart())
            yield name, self.session.deserialize(parts)

    def request(self, channel, kind, content, timeout=30, idle=True, on_message=None):
        """Sends a request; returns when the reply and, if idle, the status idle have come."""
        t0 = time.perf_counter()
        return self.collect(self.send(channel, kind, content), channel, t0, timeout, idle, on_message)

    def collect(self, mid, channel="shell", t0=None, timeout=30, idle=True, on_message=None):
        t0 = t0 or time.perf_counter()
        ran = Ran()
        while ran.reply is None or (idle and ran.idle_s is None):
            left = t0 + timeout - time.perf_counter()
            if left <= 0:
                raise TimeoutError(f"after {timeout} s: {ran}")
            for name, m in self.recv(left):
                now = time.perf_counter() - t0
                if m["parent_header"].get("msg_id") != mid:
                    continue
                if name == channel:
                    ran.reply, ran.reply_s = m, now
                elif name == "stdin" and m["msg_type"] == "input_request":
                    self.asked.append(m)
                    if self.answer is not None:
                        self.reply_input(m, self.answer)
                elif name == "iopub":
                    if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
                        ran.idle_s = now
                    if on_message:
                        on_message(m)
                    else:
                        ran.messages.append(m)
        return ran

    def reply_input(self, request, value):
        self.session.send(self.sockets["stdin"], "input_reply", {"value": value}, parent=request)

    def submit(self, code, **options):
        """Sends a cell and does not wait."""
        content = dict(code=code, silent=False, store_history=True, user_expressions={},
                       allow_stdin=False, stop_on_error=True)
        content.update(options)
        return self.send("shell", "execute_request", content)

    def run(self, code, timeout=30, on_message=None, **options):
        t0 = time.perf_counter()
        return self.collect(self.submit(code, **options), "shell", t0, timeout, True, on_message)

    def subscribed(self, timeout=30):
        """Waits until both the shell and iopub answer, so that no output is missed."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            try:
                return self.request("shell", "kernel_info_request", {}, timeout=0.5)
            except TimeoutError:
                pass  # the subscription was not there in time to see the status
        raise TimeoutError(f"no kernel_info_reply with its status in {timeout} s")

    def close(self):
        self.ctx.destroy(linger=0)
