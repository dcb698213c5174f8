"""Reads the kit: needs NumPy alone.

    import load
    for case in load.cases():
        for method in case.methods:
            error = load.difference(my_map(case, method), case.values(method), method)
"""

import json
import os
from types import SimpleNamespace

import numpy as np

folder = os.path.dirname(os.path.abspath(__file__))
manifest = json.load(open(os.path.join(folder, "manifest.json"), encoding="utf-8"))
#: By name: title, kind, equation, paper.
methods = manifest["methods"]


class Case(SimpleNamespace):
    """An entry of manifest.json, with its arrays."""

    def path(self, file):
        return os.path.join(folder, "cases", self.name, file)

    @property
    def input(self):
        """float32 [N, C, H, W], as the network takes it."""
        return np.load(self.path("input.npy"))

    @property
    def weights(self):
        """float32: all values of PyTorch's state, in its order; `networks.with_weights` puts them into a network."""
        return np.load(self.path("weights.npy"))

    @property
    def noise(self):
        """float32 [samples, C, H, W], normal: the noise of SmoothGrad."""
        return np.load(os.path.join(folder, "noise", "x".join(map(str, self.input.shape[1:])) + ".npy"))

    def values(self, method):
        """float64: [N, h, w], or [N, C, H, W] of a method of kind `pixels`; before any ReLU."""
        return np.load(self.path(f"maps/{method}.npy"))

    def map(self, method):
        """What is drawn of a method of kind `map` or `unitless`: max(0, values)."""
        return np.maximum(self.values(method), 0)


def cases():
    return [Case(**entry) for entry in manifest["cases"]]


def difference(found, values, method):
    """The largest difference of one image, relative to the largest magnitude of its values; NaN for another shape."""
    found = np.asarray(found, np.float64)
    if found.shape != values.shape:
        return float("nan")
    return max(relative(ours, theirs, methods[method]["kind"]) for ours, theirs in zip(found, values))


def relative(found, values, kind):
    if kind == "unitless" and np.abs(found).max() > 0:
        found = found * (np.abs(values).max() / np.abs(found).max())
    error = np.abs(found - values).max()
    if kind == "signless":
        error = min(error, np.abs(found + values).max())
    return float(error / (np.abs(values).max() or 1))
