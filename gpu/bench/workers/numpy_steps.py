"""Matrix products by the OpenBLAS of numpy, at the shapes of H's first layer. Variant: openblas."""
from common import SIZES, args, serve
import numpy as np

r = np.random.default_rng(0)
x = r.random((args.batch, SIZES[0]), dtype=np.float32) - .5
if args.workload == "forward":
    w, y = r.random((SIZES[0], SIZES[1]), dtype=np.float32), np.empty((args.batch, SIZES[1]), np.float32)
    serve(lambda: np.dot(x, w, out=y))
else:
    dy, dw = r.random((args.batch, SIZES[1]), dtype=np.float32), np.empty((SIZES[0], SIZES[1]), np.float32)
    serve(lambda: np.dot(x.T, dy, out=dw))
