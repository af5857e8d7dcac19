"""Keras 3, on JAX or TensorFlow as KERAS_BACKEND says. Variants: fit (model.fit on arrays, its defaults), predict."""
import time
from common import RATE, SIZES, args, batch, serve
import keras
import numpy as np

x, y, _ = batch()
model = keras.Sequential([keras.Input((SIZES[0],))] + [keras.layers.Dense(m, "relu") for m in SIZES[1:-1]] + [keras.layers.Dense(SIZES[-1], "softmax")])
model.compile(keras.optimizers.Adam(RATE), "categorical_crossentropy")
if args.workload == "I":
    serve(lambda: model.predict_on_batch(x))
else:
    class Clock(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 0:
                self.at = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            now = time.perf_counter()
            times.append((now - self.at) * 1e3)
            self.at = now

    def steps():
        while True:
            yield x, y

    def many(n):
        global times
        times = []
        # The first step of a fit sets things up: it is not counted.
        model.fit(steps(), steps_per_epoch=n + 1, epochs=1, verbose=0, callbacks=[Clock()])
        return times[1:]
    serve(many=many)
