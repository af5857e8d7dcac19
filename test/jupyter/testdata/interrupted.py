"""Interrupts cells of a kernel by SIGINT: interrupted.py KERNEL; exits with 1 where it does not go on as it should."""
import sys
import threading
import time

from jupyter_client.manager import start_new_kernel

NNLIB = 'import "github.com/gopherceptron/gopherceptron/nnlib"'
CELLS = [  # code, whether it is interrupted, what it must print
    ('import "fmt"\n' + NNLIB + "\nx := 41", False, ""),
    ("for { x = 41 }", True, ""),
    ("fmt.Println(x + 1)", False, "42\n"),
    ("train := nnlib.Digits().Normalize(0, 16)\n"
     "model := nnlib.NewSequential(nnlib.Flatten(8, 8), nnlib.Dense(10, nnlib.Softmax))\n"
     "model.Compile(nnlib.Adam(), nnlib.SparseCategoricalCrossentropy, nnlib.Accuracy)", False, ""),
    # Fit stops, and the model keeps what it has learned.
    ("model.Fit(train, nnlib.FitOptions{Epochs: 1000000, Quiet: true})", True, ""),
    ("fmt.Println(model.Evaluate(train).Accuracy > 0.5)", False, "true\n"),
]

km, kc = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=60)
try:
    km.interrupt_kernel()  # between cells nothing happens, or on a busy machine to this cell
    time.sleep(1)
    kc.execute_interactive("0", output_hook=lambda msg: None, timeout=60, allow_stdin=False)
    for code, stopped, want in CELLS:
        printed, sent = [], []

        def output(msg):
            if msg["msg_type"] == "stream" and msg["content"]["name"] == "stdout":
                printed.append(msg["content"]["text"])

        def interrupt():
            sent.append(time.time())
            km.interrupt_kernel()

        timer = threading.Timer(2, interrupt)
        if stopped:
            timer.start()
        reply = kc.execute_interactive(code, output_hook=output, timeout=60, allow_stdin=False)
        status = reply["content"]["status"]
        if (status, "".join(printed)) != ("error" if stopped else "ok", want):
            sys.exit(f"{code!r}: {status}, printed {printed}; want {'error' if stopped else 'ok'}, {want!r}\n{reply['content']}")
        if stopped:
            print(f"{code!r} ended {1000 * (time.time() - sent[0]):.0f} ms after the interrupt: {reply['content'].get('evalue')}")
        if not km.is_alive():
            sys.exit(f"{code!r} ended the kernel")
finally:
    kc.stop_channels()
    km.shutdown_kernel(now=True)
