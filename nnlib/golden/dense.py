"""Trains small dense networks with Keras 3 and writes what happened to dense.json.

    pip install keras jax
    KERAS_BACKEND=jax python dense.py [FILE [NAME...]]

FILE is what it writes, dense.json; NAMEs are the cases, all where there are none.

golden_test.go builds the same networks, from the same numbers: both sides get weights and data from numbers(), so
that the file holds results only.
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax
import keras
import numpy as np

EXAMPLES, FEATURES, CLASSES, EPOCHS = 30, 7, 4, 50


def numbers(seed, *shape):
    """Numbers from -0.5 to 0.5: the top 24 bits of a linear congruential generator, which float32 holds exactly."""
    out, state = [], seed
    for _ in range(int(np.prod(shape))):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append((state >> 8) / 2**24 - 0.5)
    return np.array(out, "float32").reshape(shape)


class Mask(keras.layers.Layer):
    """Dropout by a given mask: inputs are multiplied by it in training."""

    def __init__(self, rate, seed, units):
        super().__init__()
        self.given = np.where(numbers(seed, EXAMPLES, units) + 0.5 < rate, 0, 1 / (1 - rate)).astype("float32")

    def call(self, x, training=False):
        return x * self.given if training else x


def build(spec):
    """Makes the layers of a list of dictionaries and returns a function that gives each its first weights."""
    layers, fills, units = [], [], FEATURES
    for i, s in enumerate(spec):
        if "dense" in s:
            units = s["dense"]
            regularizer = keras.regularizers.L1L2(*s["penalty"]) if "penalty" in s else None
            layer = keras.layers.Dense(units, activation=s["activation"], kernel_regularizer=regularizer)
            fills.append((layer, lambda l, i=i: [2 * numbers(10 + i, *l.kernel.shape), numbers(20 + i, *l.bias.shape)]))
        elif "normalize" in s:
            layer = keras.layers.BatchNormalization(**s["normalize"])
            fills.append((layer, lambda l, i=i: [1 + numbers(30 + i, *l.gamma.shape), numbers(40 + i, *l.beta.shape), *l.get_weights()[2:]]))
        elif "mask" in s:
            layer = Mask(s["mask"], 50 + i, units)
        else:
            layer = keras.layers.Activation(s["activation"])
        layers.append(layer)
    return layers, fills


def rate(config):
    """Replaces a learning rate that is a list by a schedule: the name, then Keras' arguments."""
    config = dict(config)
    if isinstance(config.get("learning_rate"), list):
        name, *args = config["learning_rate"]
        config["learning_rate"] = getattr(keras.optimizers.schedules, name)(*args)
    return config


def case(*spec):
    """Notes a case: name, layers, loss, optimizer, and where they matter batch and weights."""
    return spec


def train(name, spec, loss, optimizer, batch=None, weights=None):
    batch = batch or EXAMPLES
    x = 4 * numbers(1, EXAMPLES, FEATURES)
    labels = np.argmax(numbers(2, EXAMPLES, CLASSES) + x[:, :CLASSES], axis=1)
    y = {
        "sparse_categorical_crossentropy": labels,
        "categorical_crossentropy": np.eye(CLASSES, dtype="float32")[labels],
        "binary_crossentropy": (x[:, :CLASSES] > x[:, 1 : CLASSES + 1]).astype("float32"),
        "mean_squared_error": x[:, :CLASSES] * x[:, 1 : CLASSES + 1],
    }[loss]
    layers, fills = build(spec)
    model = keras.Sequential([keras.Input((FEATURES,)), *layers])
    for layer, fill in fills:
        layer.set_weights(fill(layer))
    metrics = ["accuracy"]
    if loss == "categorical_crossentropy":
        metrics += [keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.TopKCategoricalAccuracy(2)]
    made = getattr(keras.optimizers, optimizer["class_name"])(**rate(optimizer["config"]))
    model.compile(optimizer=made, loss=loss, metrics=metrics)
    weigh = {}
    if weights == "samples":
        weigh["sample_weight"] = 1.5 + numbers(3, EXAMPLES)
    if weights == "classes":
        weigh["class_weight"] = {0: 2.0, 1: 0.5, 2: 1.0, 3: 1.0}
    # Epochs of one batch are steps; epochs of several show how Keras takes the mean over a smaller last batch.
    h = model.fit(x, y, batch_size=batch, epochs=EPOCHS, shuffle=False, verbose=0, **weigh).history
    final = model.evaluate(x, y, batch_size=batch, verbose=0)
    return {
        "name": name, "layers": spec, "loss": loss, "batch": batch, "weights": weights or "",
        "optimizer": optimizer["class_name"], "config": optimizer["config"],
        "losses": short(h["loss"]), "accuracies": short(h["accuracy"]), "evaluated": short(final),
        "predicted": short(np.asarray(model.predict(x, verbose=0))[0]),
    }


def short(values):
    """Eight digits, which is more than float32 holds."""
    return [float(f"{v:.8g}") for v in values]


def optimizer(name, **config):
    return {"class_name": name, "config": config}


def dense(units, activation="linear", **more):
    return {"dense": units, "activation": activation, **more}


def stack(units, activations):
    return [dense(u, a) for u, a in zip(units, activations)]


SPARSE, ONE_HOT, BINARY, SQUARES = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error"
SGD, MOMENTUM, ADAM = optimizer("SGD", learning_rate=0.1), optimizer("SGD", learning_rate=0.05, momentum=0.9), optimizer("Adam", learning_rate=0.01)
SMALL = [dense(5, "relu"), dense(4, "softmax")]
NORMAL = {"normalize": {}}


def cases():
    yield case("sgd defaults", SMALL, SPARSE, optimizer("SGD"))
    yield case("adam defaults", SMALL, SPARSE, optimizer("Adam"))
    yield case("adamw defaults", SMALL, SPARSE, optimizer("AdamW"))
    yield case("rmsprop defaults", SMALL, SPARSE, optimizer("RMSprop"))
    yield case("sgd sparse", SMALL, SPARSE, SGD)
    yield case("sgd one-hot", stack([6, 4], ["sigmoid", "softmax"]), ONE_HOT, SGD)
    yield case("momentum sparse", stack([8, 4], ["tanh", "softmax"]), SPARSE, MOMENTUM)
    yield case("momentum squares", stack([5, 4], ["tanh", "linear"]), SQUARES, MOMENTUM)
    yield case("adam sparse", stack([9, 4], ["relu", "softmax"]), SPARSE, ADAM)
    yield case("adam one-hot", stack([9, 5, 4], ["tanh", "sigmoid", "softmax"]), ONE_HOT, ADAM)
    yield case("adam squares", stack([9, 4], ["sigmoid", "linear"]), SQUARES, ADAM)
    yield case("adam with a large epsilon", SMALL, SPARSE, optimizer("Adam", learning_rate=0.05, beta_1=0.8, beta_2=0.9, epsilon=0.01))
    yield case("several batches", stack([8, 4], ["relu", "softmax"]), SPARSE, SGD, 8)
    yield case("several batches with adam", stack([8, 4], ["relu", "softmax"]), ONE_HOT, ADAM, 8)
    yield case("softmax inside", stack([6, 4], ["softmax", "softmax"]), SPARSE, MOMENTUM)
    yield case("softmax into squares", stack([6, 4], ["relu", "softmax"]), SQUARES, MOMENTUM)
    yield case("sigmoid into cross-entropy", stack([6, 4], ["relu", "sigmoid"]), ONE_HOT, SGD)
    yield case("sigmoid into sparse cross-entropy", stack([6, 4], ["relu", "sigmoid"]), SPARSE, SGD)
    for activation in ["linear", "relu", "leaky_relu", "gelu", "sigmoid", "tanh", "softmax"]:
        # Adam would make a rounding difference at a kink as large as any other.
        yield case(activation + " stack", stack([8, 6, 4], [activation, activation, "softmax"]), SPARSE, SGD if activation == "leaky_relu" else ADAM)
        yield case(activation + " last", stack([8, 4], ["tanh", activation]), SQUARES, SGD)
    yield case("activation layers", [{"activation": "tanh"}, dense(6), {"activation": "gelu"}, dense(4), {"activation": "softmax"}], SPARSE, ADAM)
    yield case("binary", stack([6, 4], ["tanh", "sigmoid"]), BINARY, ADAM)
    yield case("binary of softmax", stack([6, 4], ["tanh", "softmax"]), BINARY, SGD)
    yield case("nesterov", SMALL, SPARSE, optimizer("SGD", learning_rate=0.05, momentum=0.9, nesterov=True))
    yield case("sgd with weight decay", SMALL, SPARSE, optimizer("SGD", learning_rate=0.1, weight_decay=0.1))
    yield case("adamw", SMALL, SPARSE, optimizer("AdamW", learning_rate=0.02, weight_decay=0.2))
    yield case("rmsprop", SMALL, SPARSE, optimizer("RMSprop", learning_rate=0.01, rho=0.8))
    yield case("rmsprop with momentum", SMALL, SPARSE, optimizer("RMSprop", learning_rate=0.002, momentum=0.8))
    yield case("rmsprop centered", SMALL, SPARSE, optimizer("RMSprop", learning_rate=0.002, momentum=0.5, centered=True, epsilon=1e-3))
    for kind in ["clipvalue", "clipnorm", "global_clipnorm"]:
        yield case(kind, stack([8, 4], ["tanh", "linear"]), SQUARES, optimizer("SGD", learning_rate=0.1, **{kind: 0.3}))
    yield case("exponential decay", SMALL, SPARSE, optimizer("SGD", learning_rate=["ExponentialDecay", 0.2, 10, 0.7]))
    yield case("staircase", SMALL, SPARSE, optimizer("Adam", learning_rate=["ExponentialDecay", 0.05, 10, 0.5, True]))
    yield case("cosine decay", SMALL, SPARSE, optimizer("SGD", learning_rate=["CosineDecay", 0.2, 40, 0.1]))
    yield case("cosine decay with warm-up", SMALL, SPARSE, optimizer("SGD", learning_rate=["CosineDecay", 0.01, 30, 0.1, "warm-up", 0.3, 10]))
    yield case("piecewise constant decay", SMALL, SPARSE, optimizer("SGD", learning_rate=["PiecewiseConstantDecay", [10, 30], [0.2, 0.05, 0.01]]))
    yield case("l1 and l2", [dense(6, "tanh", penalty=[0.01, 0.02]), dense(4, "softmax", penalty=[0, 0.05])], SPARSE, ADAM)
    yield case("sample weights", SMALL, SPARSE, ADAM, 8, "samples")
    yield case("class weights", SMALL, SPARSE, ADAM, 8, "classes")
    # Biases before a normalisation have no gradient but rounding, which Adam would make as large as any other.
    yield case("normalised", [dense(6), NORMAL, {"activation": "relu"}, dense(4, "softmax")], SPARSE, MOMENTUM)
    yield case("normalised first", [NORMAL, dense(6, "tanh"), NORMAL, dense(4)], SQUARES, SGD)
    yield case("normalised in batches", [dense(6, "relu"), {"normalize": {"momentum": 0.8, "epsilon": 0.01}}, dense(4, "softmax")], ONE_HOT, ADAM, 10)
    yield case("dropped by a mask", [dense(8, "relu"), {"mask": 0.25}, dense(6, "tanh"), {"mask": 0.5}, dense(4, "softmax")], SPARSE, ADAM)


if __name__ == "__main__":
    glorot = keras.layers.Dense(3)
    glorot.build((None, 5))
    normal = keras.layers.BatchNormalization()
    assert (normal.momentum, normal.epsilon, normal.axis) == (0.99, 0.001, -1)
    he = np.asarray(keras.initializers.HeNormal(seed=1)((400, 300)))
    assert abs(he.std() - (2 / 400) ** 0.5) < 1e-3 and abs(he).max() <= 2 * (2 / 400) ** 0.5 / 0.87962566103423978 + 1e-6
    assert isinstance(glorot.kernel_initializer, keras.initializers.GlorotUniform), glorot.kernel_initializer
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[1] if len(sys.argv) > 1 else "dense.json"), "w") as f:
        lines = ",\n".join(json.dumps(train(*c)) for c in cases() if c[0] in (sys.argv[2:] or [c[0]]))
        f.write(f'{{"made_by": "Keras {keras.__version__} on JAX {jax.__version__}", "cases": [\n{lines}\n]}}\n')
