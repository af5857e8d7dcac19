"""Trains small dense networks with Keras 3 and writes what happened to dense.json.

    pip install keras jax
    KERAS_BACKEND=jax python dense.py

golden_test.go builds the same networks, from the same numbers: both sides get weights and data from numbers(), so
that the file holds results only.
"""
import copy
import json
import os

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


def case(name, units, activations, loss, optimizer, batch):
    x = 4 * numbers(1, EXAMPLES, FEATURES)
    labels = np.argmax(numbers(2, EXAMPLES, CLASSES) + x[:, :CLASSES], axis=1)
    y = {
        "sparse_categorical_crossentropy": labels,
        "categorical_crossentropy": np.eye(CLASSES, dtype="float32")[labels],
        "mean_squared_error": x[:, :CLASSES] * x[:, 1 : CLASSES + 1],
    }[loss]
    layers = [keras.layers.Dense(u, activation=a) for u, a in zip(units, activations)]
    model = keras.Sequential([keras.Input((FEATURES,)), *layers])
    for i, layer in enumerate(layers):
        kernel, bias = layer.get_weights()
        layer.set_weights([2 * numbers(10 + i, *kernel.shape), numbers(20 + i, *bias.shape)])
    model.compile(optimizer=keras.optimizers.get(copy.deepcopy(optimizer)), loss=loss, metrics=["accuracy"])
    # Epochs of one batch are steps; epochs of several show how Keras takes the mean over a smaller last batch.
    h = model.fit(x, y, batch_size=batch, epochs=EPOCHS, shuffle=False, verbose=0).history
    final = model.evaluate(x, y, batch_size=batch, verbose=0)
    return {
        "name": name, "units": units, "activations": activations, "loss": loss, "batch": batch,
        "optimizer": optimizer["class_name"], "config": optimizer["config"],
        "losses": short(h["loss"]), "accuracies": short(h["accuracy"]), "evaluated": short(final),
        "predicted": short(np.asarray(model.predict(x, verbose=0))[0]),
    }


def short(values):
    """Eight digits, which is more than float32 holds."""
    return [float(f"{v:.8g}") for v in values]


def optimizer(name, **config):
    return {"class_name": name, "config": config}


SPARSE, ONE_HOT, SQUARES = "sparse_categorical_crossentropy", "categorical_crossentropy", "mean_squared_error"
SGD, MOMENTUM, ADAM = optimizer("SGD", learning_rate=0.1), optimizer("SGD", learning_rate=0.05, momentum=0.9), optimizer("Adam", learning_rate=0.01)
CASES = [
    case("sgd defaults", [5, 4], ["relu", "softmax"], SPARSE, optimizer("SGD"), EXAMPLES),
    case("adam defaults", [5, 4], ["relu", "softmax"], SPARSE, optimizer("Adam"), EXAMPLES),
    case("sgd sparse", [5, 4], ["relu", "softmax"], SPARSE, SGD, EXAMPLES),
    case("sgd one-hot", [6, 4], ["sigmoid", "softmax"], ONE_HOT, SGD, EXAMPLES),
    case("momentum sparse", [8, 4], ["tanh", "softmax"], SPARSE, MOMENTUM, EXAMPLES),
    case("momentum squares", [5, 4], ["tanh", "linear"], SQUARES, MOMENTUM, EXAMPLES),
    case("adam sparse", [9, 4], ["relu", "softmax"], SPARSE, ADAM, EXAMPLES),
    case("adam one-hot", [9, 5, 4], ["tanh", "sigmoid", "softmax"], ONE_HOT, ADAM, EXAMPLES),
    case("adam squares", [9, 4], ["sigmoid", "linear"], SQUARES, ADAM, EXAMPLES),
    case("adam with a large epsilon", [5, 4], ["relu", "softmax"], SPARSE, optimizer("Adam", learning_rate=0.05, beta_1=0.8, beta_2=0.9, epsilon=0.01), EXAMPLES),
    case("several batches", [8, 4], ["relu", "softmax"], SPARSE, SGD, 8),
    case("several batches with adam", [8, 4], ["relu", "softmax"], ONE_HOT, ADAM, 8),
    case("softmax inside", [6, 4], ["softmax", "softmax"], SPARSE, MOMENTUM, EXAMPLES),
    case("softmax into squares", [6, 4], ["relu", "softmax"], SQUARES, MOMENTUM, EXAMPLES),
    case("sigmoid into cross-entropy", [6, 4], ["relu", "sigmoid"], ONE_HOT, SGD, EXAMPLES),
    case("sigmoid into sparse cross-entropy", [6, 4], ["relu", "sigmoid"], SPARSE, SGD, EXAMPLES),
]

if __name__ == "__main__":
    glorot = keras.layers.Dense(3)
    glorot.build((None, 5))
    assert isinstance(glorot.kernel_initializer, keras.initializers.GlorotUniform), glorot.kernel_initializer
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "dense.json"), "w") as f:
        lines = ",\n".join(json.dumps(c) for c in CASES)
        f.write(f'{{"made_by": "Keras {keras.__version__} on JAX {jax.__version__}", "cases": [\n{lines}\n]}}\n')
