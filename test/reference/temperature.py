"""Temperatures by PyTorch's LBFGS (Guo et al. 2017), for test/evaluate/classifier/temperature.test.ts.

The scores are made by the same formula there. torch 2.13; run: python test/reference/temperature.py
"""

import math

import torch

CASES = {"too sure": (240, 5, 6.0, 3.0), "too modest": (200, 3, 0.3, 0.45), "two classes": (150, 2, 3.0, 1.0)}


def scores(count, classes, spread, right):
    rows = []
    labels = []
    for i in range(count):
        label = (i * i + 3 * i) % classes
        labels.append(label)
        rows.append([spread * math.sin(1.7 * i + 2.3 * k * k) + (right if k == label else 0.0) for k in range(classes)])
    return torch.tensor(rows, dtype=torch.float64), torch.tensor(labels)


for name, case in CASES.items():
    logits, labels = scores(*case)
    logarithm = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([logarithm], lr=0.5, max_iter=500, tolerance_grad=1e-14, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(logits / logarithm.exp(), labels)
        loss.backward()
        return loss

    for _ in range(5):
        optimizer.step(closure)
    print(f"{name}: temperature {logarithm.exp().item():.9f}, loss {closure().item():.9f}")
