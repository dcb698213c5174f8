"""What tools compute in the place of the kit's equations: the sentences of explanations.json as equations, compared with the tools' maps.

    python reference/deviations.py TOOL OUT

OUT is what runners/run.py wrote. Prints, as JSON, how far each map that deviates is from the tool's own equation, in float64 and relative to
the larger magnitude of both equations' maps.
"""

import dataclasses
import json
import os
import sys

kit = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, kit)

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import first
import load
import networks

BAR = 1e-4


class Hooked(first.Subject):
    """The layer as a hook sees it that keeps the layer's own tensor: what follows may overwrite it."""

    #: Which run of the layer is kept.
    run = -1
    #: The gradient is asked for when the hook is called, and so of the value before anything is written over it.
    early = False
    #: The target is the network's output, whatever it ends in.
    of_output = True

    def scores(self, image):
        return self.network(image) if self.of_output else super().scores(image)

    def places(self):
        kept, gradients = [], []

        def hook(_module, _input, output):
            kept.append(output)
            gradients.append(None)
            if self.early:
                at = len(kept) - 1
                output.register_hook(lambda gradient: gradients.__setitem__(at, gradient))

        handle = self.layer.register_forward_hook(hook)
        score = self.score(self.image).sum()
        handle.remove()
        if self.early:
            score.backward()
            gradient = gradients[self.run]
        else:
            gradient = torch.autograd.grad(score, kept[self.run])[0]
        return self.planes(kept[self.run].detach())[0], self.planes(gradient)[0]


def scaled(masks):
    low, high = masks.amin((1, 2), keepdim=True), masks.amax((1, 2), keepdim=True)
    return (masks - low) / torch.where(high > low, high - low, 1)


def enlarged(s, masks, aligned):
    return F.interpolate(masks[None], s.image.shape[2:], mode="bilinear", align_corners=aligned)[0]


def summed(weights, activation):
    return torch.einsum("k,kij->ij", weights, activation)


def score_cam(masks_of, weights_of=lambda s, masked: torch.softmax(s.score(masked), 0)):
    def compute(s):
        activation, _ = s.places()
        masked = s.image * masks_of(s, activation)[:, None]
        return summed(weights_of(s, masked), activation)

    return compute


def plus_plus(alpha_of):
    def compute(s):
        activation, gradient = s.places()
        alpha = alpha_of(gradient, 2 * gradient**2 + gradient**3 * activation.sum((1, 2), keepdim=True))
        return summed((alpha * gradient.relu()).sum((1, 2)), activation)

    return compute


def alpha_over_sum(gradient, below):
    alpha = torch.where(gradient == 0, 0, gradient**2 / torch.where(below == 0, 1, below))
    total = alpha.sum((1, 2), keepdim=True)
    return alpha / torch.where(total == 0, 1, total)


def guided_modules(s):
    """As `first.guided_backprop`, of nn.ReLU modules alone."""
    rectifiers = [module for module in s.network.modules() if isinstance(module, nn.ReLU)]
    for module in rectifiers:
        module.forward = lambda x: first.Guided.apply(x, F.relu)
    found = s.gradient(s.image)[0]
    for module in rectifiers:
        del module.forward
    return found


def ablated_by_ten_million(s):
    """Each channel of a batch of 32 becomes the batch's minimum less 1e7; those before it in the batch count, in every run of the layer."""
    activation, _ = s.places()
    value = hooked_value(s)
    score, lost = s.score(s.image), []
    for start in range(0, len(activation), 32):
        channels = range(start, min(start + 32, len(activation)))
        batch = value.repeat(len(channels), *[1] * (value.ndim - 1)).clone()
        for i, channel in enumerate(channels):
            low = batch.min()
            (batch[i, channel] if s.case.layout == "NCHW" else batch[i, :, channel])[...] = 0 if low == 0 else low - 1e7
        handle = s.layer.register_forward_hook(lambda *_: batch.clone())
        lost.append(s.score(s.image.repeat(len(channels), 1, 1, 1)))
        handle.remove()
    return summed((score - torch.cat(lost)) / score, activation)


def hooked_value(s):
    """In its own layout; of a layer that runs twice the last one, as the tool's second hook keeps it."""
    kept = []
    handle = s.layer.register_forward_hook(lambda _m, _i, output: kept.append(output))
    with torch.no_grad():
        s.score(s.image)
    handle.remove()
    return kept[-1]


class OfPytorchGradCam(Hooked):
    run, early = 0, True


class OfTfKerasVis(Hooked):
    of_output = False


TOOLS = {
    "pytorch-grad-cam": (
        OfPytorchGradCam,
        {
            "grad-cam++": plus_plus(lambda gradient, below: torch.where(gradient == 0, 0, gradient**2 / (below + 1e-6))),
            "eigen-cam": first.COMPUTE["eigen-cam-centred"],
            "score-cam": score_cam(lambda s, a: scaled(enlarged(s, a, True))),
            "ablation-cam": ablated_by_ten_million,
            "guided-backprop": guided_modules,
        },
    ),
    "torch-cam": (
        Hooked,
        {
            "grad-cam++": plus_plus(lambda gradient, _below: gradient**2),
            "score-cam": score_cam(lambda s, a: enlarged(s, scaled(a), False)),
        },
    ),
    "captum": (Hooked, {"guided-backprop": guided_modules}),
    "tf-keras-vis": (
        OfTfKerasVis,
        {
            "grad-cam++": plus_plus(alpha_over_sum),
            "score-cam": score_cam(lambda s, a: scaled(enlarged(s, a, True)), lambda s, masked: torch.softmax(s.scores(masked), 1)[:, s.label]),
        },
    ),
}


def own_values(tool, case, method):
    make, equations = TOOLS[tool]
    found = []
    for i, label in enumerate(case.classes):
        network = networks.with_weights(getattr(networks, case.torch["network"])(), case.weights).double()
        spec = Spec(case.torch["layer"], case.layout, case.grid, case.end, case.torch["call"])
        subject = make(spec, network, torch.from_numpy(case.input[i : i + 1]).double(), label)
        subject.noise = torch.from_numpy(case.noise).double()
        found.append(equations.get(method, first.COMPUTE[method])(subject).detach().numpy())
    return np.stack(found)


@dataclasses.dataclass
class Spec:
    layer: str
    layout: str
    grid: list | None
    end: str | None
    call: int


def distance(tool, found, own, exact, method, after_relu):
    own = np.maximum(own, 0) if after_relu else own
    errors = []
    for a, b, c in zip(found, own, exact):
        if tool == "tf-keras-vis" and load.methods[method]["kind"] == "unitless" and np.abs(a).max() > 0:
            a = a * (np.abs(b).max() / np.abs(a).max())
        signs = (1, -1) if load.methods[method]["kind"] == "signless" else (1,)
        errors.append(min(np.abs(sign * a - b).max() for sign in signs) / (max(np.abs(b).max(), np.abs(c).max()) or 1))
    return float(max(errors))


def main(tool, out):
    about = json.load(open(os.path.join(out, "outcomes.json")))
    cases, found = {case.name: case for case in load.cases()}, []
    for each in about["outcomes"]:
        case, method = cases[each["case"]], each["method"]
        if each["status"] != "ran":
            continue
        values, exact = np.load(os.path.join(out, case.name, method + ".npy")), case.values(method)
        after_relu = method in about["afterRelu"]
        shown = np.maximum(exact, 0) if after_relu else exact
        if values.shape == exact.shape and load.difference(values, shown, method) <= BAR:
            continue
        error = distance(tool, values, own_values(tool, case, method), exact, method, after_relu)
        found.append({"case": case.name, "method": method, "reproduced": error})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
