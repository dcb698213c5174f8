"""Captum, as its documentation calls it."""

import torch
from captum import attr

from tool import Unsupported

FRAMEWORK, AFTER_RELU = "torch", []
METHODS = {
    "grad-cam": "LayerGradCam",
    "hires-cam": "LayerGradientXActivation, summed over channels",
    "gradient": "Saliency(abs=False)",
    "gradient-x-input": "InputXGradient",
    "guided-backprop": "GuidedBackprop",
    "integrated-gradients": "IntegratedGradients(n_steps=16, method='gausslegendre')",
    "smooth-grad": "NoiseTunnel(Saliency), its draws replaced by the kit's",
    "occlusion": "Occlusion of the probability",
}


def values(subject, method):
    x, target = subject.input.clone(), subject.classes
    if method in ("grad-cam", "hires-cam"):
        if subject.case.layout != "NCHW":
            raise Unsupported("it takes the second axis for channels, and has no option that says how tokens lie on the picture")
        kind = attr.LayerGradCam if method == "grad-cam" else attr.LayerGradientXActivation
        return kind(subject.network, subject.layer).attribute(x, target=target).sum(1).detach().numpy()
    return PIXELS[method](subject, x, target).detach().numpy()


def integrated(subject, x, target):
    return attr.IntegratedGradients(subject.network).attribute(x, target=target, n_steps=16, method="gausslegendre")


def smooth(subject, x, target):
    noise = torch.from_numpy(subject.case.noise)
    found = []
    for image, label in subject.images():
        deviation = float(0.15 * (image.max() - image.min()))
        normal, torch.normal = torch.normal, lambda mean, std, **_: noise.reshape(std.shape) * std
        try:
            tunnel = attr.NoiseTunnel(attr.Saliency(subject.network))
            found.append(tunnel.attribute(image.clone(), nt_type="smoothgrad", nt_samples=len(noise), stdevs=deviation, target=label, abs=False))
        finally:
            torch.normal = normal
    return torch.cat(found)


def occlusion(subject, x, target):
    end = subject.case.end

    def probability(image):
        scores = subject.network(image)
        return scores if end else torch.softmax(scores, 1)

    channels, side = x.shape[1], 4
    windows = (channels, side, side)
    drops = attr.Occlusion(probability).attribute(x, sliding_window_shapes=windows, strides=windows, baselines=0, target=target)
    # One number of each window: all its pixels have it.
    return drops[:, 0, ::side, ::side]


PIXELS = {
    "gradient": lambda s, x, target: attr.Saliency(s.network).attribute(x, target=target, abs=False),
    "gradient-x-input": lambda s, x, target: attr.InputXGradient(s.network).attribute(x, target=target),
    "guided-backprop": lambda s, x, target: attr.GuidedBackprop(s.network).attribute(x, target=target),
    "integrated-gradients": integrated,
    "smooth-grad": smooth,
    "occlusion": occlusion,
}
