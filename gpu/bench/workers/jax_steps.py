"""JAX: one jitted step with Adam written out, parameters and moments donated. Variant: jit."""
from functools import partial
from common import RATE, SIZES, args, batch, serve
import jax
import jax.numpy as jnp
import numpy as np

x, y, _ = batch()
r = np.random.default_rng(1)
params = [[jnp.asarray((r.random((n, m), dtype=np.float32) - .5) * (6 / (n + m)) ** .5), jnp.zeros(m)] for n, m in zip(SIZES, SIZES[1:])]


def logits(params, z):
    for w, b in params[:-1]:
        z = jax.nn.relu(z @ w + b)
    return z @ params[-1][0] + params[-1][1]


def loss(params, x, y):
    return -(jax.nn.log_softmax(logits(params, x)) * y).sum(1).mean()


@partial(jax.jit, donate_argnums=(0, 1, 2, 3))
def train(params, m, v, t, x, y):
    l, g = jax.value_and_grad(loss)(params, x, y)
    t = t + 1
    rate = RATE * jnp.sqrt(1 - .999 ** t) / (1 - .9 ** t)
    each = jax.tree.map
    m = each(lambda m, g: m + .1 * (g - m), m, g)
    v = each(lambda v, g: v + .001 * (g * g - v), v, g)
    params = each(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, m, v)
    return params, m, v, t, l


if args.workload == "I":
    predict = jax.jit(lambda p, x: jax.nn.softmax(logits(p, x)))

    def step():
        return np.asarray(predict(params, x))
else:
    x, y = jnp.asarray(x), jnp.asarray(y)
    m, v, t = jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.float32(0)

    def step():
        global params, m, v, t
        params, m, v, t, l = train(params, m, v, t, x, y)
        return float(l)
serve(step)
