"""PyTorch. Variants: eager (the default Adam), fused (Adam(fused=True)), compile (torch.compile, with fused Adam)."""
from common import RATE, SIZES, args, batch, serve
import torch
from torch import nn

torch.set_num_threads(args.threads)
x, _, labels = batch()
x, labels = torch.from_numpy(x), torch.from_numpy(labels)
layers = []
for n, m in zip(SIZES, SIZES[1:]):
    layers += [nn.Linear(n, m), nn.ReLU()]
model = nn.Sequential(*layers[:-1])
if args.workload == "I":
    model.eval()
    f = torch.compile(model) if args.variant == "compile" else model

    def step():
        with torch.inference_mode():
            return torch.softmax(f(x), -1).numpy()
else:
    adam = torch.optim.Adam(model.parameters(), lr=RATE, eps=1e-7, fused=args.variant != "eager" or None)

    def loss(x, labels):
        return nn.functional.cross_entropy(model(x), labels)
    if args.variant == "compile":
        loss = torch.compile(loss)

    def step():
        adam.zero_grad(set_to_none=True)
        l = loss(x, labels)
        l.backward()
        adam.step()
        return l.item()
serve(step)
