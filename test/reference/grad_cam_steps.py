"""Grad-CAM's steps, and HiResCAM's sum, computed by PyTorch from the papers' equations, for three heads behind a convolution.

    python test/reference/grad_cam_steps.py > test/fixtures/cases/grad-cam-steps/goldens.json

torch 2.13; any version gives the same to rounding.
"""

import json

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(15)


def listed(tensor):
    return {"dims": list(tensor.shape), "values": [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]}


def case(name, parts):
    conv = nn.Conv2d(1, 3, 3, padding=1)
    if len(parts) > 1:
        # Around zero a sigmoid is all but linear.
        with torch.no_grad():
            parts[0].weight *= 20
    x = torch.rand(1, 1, 6, 6)
    a = F.relu(conv(x)).detach().requires_grad_()
    y = a
    if name == "average - linear":
        y = parts[0](y.mean((2, 3)))
    else:
        y = parts[0](y.flatten(1))
        if len(parts) > 1:
            y = parts[1](torch.sigmoid(y))
    target = 1
    (g,) = torch.autograd.grad(y[0, target], a)
    alpha = g.mean((2, 3))
    total = (alpha[:, :, None, None] * a).sum(1)
    small = F.relu(total)
    resized = F.interpolate(small[None], size=(6, 6), mode="bilinear", align_corners=False)[0]
    return {
        "name": name,
        "input": listed(x),
        "weights": [listed(p) for m in [conv, *parts] for p in (m.weight, m.bias)],
        "class": target,
        "score": float(y[0, target].detach()),
        "activation": listed(a[0]),
        "gradient": listed(g[0]),
        "alpha": listed(alpha[0]),
        "sum": listed(total[0]),
        "map": listed(small[0]),
        "resized": listed(resized[0]),
        "exact": listed((g * a).sum(1)[0]),
    }


print(
    json.dumps(
        [
            case("average - linear", [nn.Linear(3, 4)]),
            case("flatten - linear", [nn.Linear(108, 4)]),
            case("flatten - linear - sigmoid - linear", [nn.Linear(108, 5), nn.Linear(5, 4)]),
        ]
    )
)
