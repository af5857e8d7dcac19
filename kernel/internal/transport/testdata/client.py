"""A session of jupyter_client with a kernel that echoes. Usage: client.py CONNECTION_FILE; exits 0 when all is well."""
import sys

from jupyter_client import BlockingKernelClient

c = BlockingKernelClient(connection_file=sys.argv[1])
c.load_connection_file()
c.start_channels()


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def reply(channel, parent):
    m = channel(timeout=30)
    check(m["parent_header"].get("msg_id") == parent, m)
    return m


welcome = c.get_iopub_msg(timeout=30)
check(welcome["msg_type"] == "iopub_welcome" and welcome["content"] == {"subscription": ""}, welcome)
check(welcome["parent_header"] == {}, welcome)

for i in range(50):
    code = "한글 \U0001f600 <b> %d" % i
    m = reply(c.get_shell_msg, c.execute(code))
    check(m["msg_type"] == "execute_reply" and m["content"]["code"] == code, m)
    check(m["header"]["date"].tzinfo is not None, m["header"])
    published = c.get_iopub_msg(timeout=30)
    check(published["msg_type"] == "stream" and published["content"]["code"] == code, published)
    check(published["parent_header"]["msg_id"] == m["parent_header"]["msg_id"], published)

# Binary buffers, as widgets send them.
request = c.session.msg("comm_msg", {"comm_id": "1", "data": {}})
c.session.send(c.shell_channel.socket, request, buffers=[b"\x00\xff" * 500000, b"", b"x"])
m = reply(c.get_shell_msg, request["header"]["msg_id"])
check([bytes(b) for b in m["buffers"]] == [b"\x00\xff" * 500000, b"", b"x"], [len(b) for b in m["buffers"]])
c.get_iopub_msg(timeout=30)

m = reply(c.get_control_msg, c.shutdown())
check(m["msg_type"] == "shutdown_reply", m)
c.get_iopub_msg(timeout=30)

# The kernel asks on the client's stdin socket.
asked = c.get_stdin_msg(timeout=30)
check(asked["msg_type"] == "input_request", asked)
c.input("answer")
check(c.get_iopub_msg(timeout=30)["content"]["value"] == "answer", "input_reply")

check(c.hb_channel.is_beating(), "the heartbeat has stopped")

# Another key: the kernel keeps silent.
c.session.key = b"other"
c.kernel_info()
try:
    m = c.get_shell_msg(timeout=0.3)
except Exception as e:
    check(type(e).__name__ == "Empty", e)
else:
    raise AssertionError("an answer to a forged message: %r" % m)
c.stop_channels()
