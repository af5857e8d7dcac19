"""Reads a model that nnlib saved, with Keras 3, and predicts with it.

    KERAS_BACKEND=jax python keras_reads.py MODEL.safetensors INPUT.json

The layers are in the file's metadata, in the form of Keras' own to_json. INPUT is a list of examples. Prints the
predictions as JSON.
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np


def read_safetensors(path):
    """The format in a few lines; the package safetensors does the same."""
    with open(path, "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        data = f.read()
    metadata = header.pop("__metadata__", {})
    tensors = {name: np.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]) for name, t in header.items()}
    return tensors, metadata


def load(path):
    tensors, metadata = read_safetensors(path)
    model = keras.models.model_from_json(metadata["architecture"])
    for layer in model.layers:
        for weight in layer.weights:
            if "seed" not in weight.name:  # Dropout's generator is no weight of ours
                weight.assign(tensors[f"{layer.name}/{weight.name}"])
    return model


if __name__ == "__main__":
    model = load(sys.argv[1])
    with open(sys.argv[2]) as f:
        x = np.array(json.load(f), "float32")
    # What Keras writes of the model is read back by nnlib.
    print(json.dumps({"predictions": model.predict(x, verbose=0).tolist(), "architecture": model.to_json()}))
