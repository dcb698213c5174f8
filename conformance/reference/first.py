"""The first implementation: PyTorch in float64, each equation written with autograd."""

import numpy as np
import torch
import torch.nn.functional as F

import methods as table


class Guided(torch.autograd.Function):
    """A rectifier whose gradient is passed on where it is positive."""

    @staticmethod
    def forward(ctx, x, rectify):
        with torch.enable_grad():
            ctx.x = x.detach().requires_grad_()
            ctx.y = rectify(ctx.x)
        return ctx.y.detach()

    @staticmethod
    def backward(ctx, gradient):
        return torch.autograd.grad(ctx.y, ctx.x, gradient)[0].clamp(min=0), None


#: What the modules nn.ReLU, nn.ReLU6 and nn.LeakyReLU call, and networks without modules as well.
RECTIFIERS = ("relu", "hardtanh", "leaky_relu")


class Subject:
    """One network, layer, image and class."""

    def __init__(self, case, network, image, label):
        self.case, self.network, self.image, self.label = case, network, image, label
        self.layer = network.get_submodule(case.layer)

    def scores(self, image):
        """Before softmax or sigmoid: the last module is left out."""
        return (self.network[:-1] if self.case.end else self.network)(image)

    def score(self, image):
        return self.scores(image)[:, self.label]

    def at_layer(self, image, change=None):
        """Activation (as it leaves the layer) and scores; `change` replaces the activation."""
        kept, calls = [], [0]

        def hook(_module, _input, output):
            calls[0] += 1
            if calls[0] != self.case.call + 1:
                return None
            value = output if change is None else change(output)
            kept.append(value)
            # What follows may overwrite what it is given.
            return value.clone()

        handle = self.layer.register_forward_hook(hook)
        score = self.score(image)
        handle.remove()
        return kept[0], score

    def planes(self, value):
        """[N, C, H, W], tokens before the grid left out."""
        if self.case.layout == "NTC":
            rows, columns, skip = self.case.grid
            return value[:, skip:].transpose(1, 2).reshape(len(value), -1, rows, columns)
        return value.permute(0, 3, 1, 2) if self.case.layout == "NHWC" else value

    def places(self):
        """Activation and gradient of the image: [C, H, W] each."""
        activation, score = self.at_layer(self.image)
        gradient = torch.autograd.grad(score.sum(), activation)[0]
        return self.planes(activation)[0].detach(), self.planes(gradient)[0]

    def gradient(self, image):
        image = image.detach().requires_grad_()
        return torch.autograd.grad(self.score(image).sum(), image)[0]


def cam(s):
    activation, _ = s.places()
    return torch.einsum("k,kij->ij", s.network.get_submodule(s.case.head).weight[s.label], activation)


def grad_cam(s):
    activation, gradient = s.places()
    return (gradient.mean((1, 2), keepdim=True) * activation).sum(0)


def grad_cam_plus_plus(s):
    activation, gradient = s.places()
    below = 2 * gradient**2 + gradient**3 * activation.sum((1, 2), keepdim=True)
    alpha = torch.where(below == 0, 0, gradient**2 / torch.where(below == 0, 1, below))
    return ((alpha * gradient.relu()).sum((1, 2), keepdim=True) * activation).sum(0)


def xgrad_cam(s):
    activation, gradient = s.places()
    total = activation.sum((1, 2), keepdim=True)
    share = torch.where(total == 0, 0, activation / torch.where(total == 0, 1, total))
    return ((share * gradient).sum((1, 2), keepdim=True) * activation).sum(0)


def hires_cam(s):
    activation, gradient = s.places()
    return (gradient * activation).sum(0)


def elementwise(s):
    activation, gradient = s.places()
    return (gradient * activation).relu().sum(0)


def layer_cam(s):
    activation, gradient = s.places()
    return (gradient.relu() * activation).sum(0)


def eigen_cam(s, centred=False):
    activation, _ = s.places()
    rows = activation.flatten(1).T
    rows = rows - rows.mean(0) if centred else rows
    return (rows @ torch.linalg.svd(rows, full_matrices=False)[2][0]).reshape(activation.shape[1:])


def score_cam(s):
    activation, _ = s.places()
    masks = F.interpolate(activation[None], s.image.shape[2:], mode="bilinear", align_corners=False)[0]
    low, high = masks.amin((1, 2), keepdim=True), masks.amax((1, 2), keepdim=True)
    masks = torch.where(high > low, (masks - low) / torch.where(high > low, high - low, 1), 0)
    scores = torch.cat([s.score(s.image * mask) for mask in masks])
    return torch.einsum("k,kij->ij", torch.softmax(scores, 0), activation)


def ablation_cam(s):
    activation, score = s.at_layer(s.image)

    def without(channel):
        mask = torch.ones_like(activation)
        (mask[:, channel] if s.case.layout == "NCHW" else mask[..., channel]).zero_()
        return s.at_layer(s.image, lambda value: value * mask)[1]

    planes = s.planes(activation)[0]
    weights = torch.cat([(score - without(k)) / score for k in range(len(planes))])
    return torch.einsum("k,kij->ij", weights, planes)


def gradient(s):
    return s.gradient(s.image)[0]


def gradient_x_input(s):
    return s.gradient(s.image)[0] * s.image[0]


def guided_backprop(s):
    plain = {name: getattr(F, name) for name in RECTIFIERS}

    def guided(function):
        def rectify(x, *arguments, inplace=False, **keywords):
            # The last argument says whether to overwrite the input.
            arguments = [value for value in arguments if not isinstance(value, bool)]
            return Guided.apply(x, lambda value: function(value, *arguments, **keywords))

        return rectify

    try:
        for name, function in plain.items():
            setattr(F, name, guided(function))
        return s.gradient(s.image)[0]
    finally:
        for name, function in plain.items():
            setattr(F, name, function)


def integrated_gradients(s):
    nodes, weights = np.polynomial.legendre.leggauss(table.STEPS)
    return sum(w / 2 * s.gradient((t + 1) / 2 * s.image)[0] for t, w in zip(nodes, weights)) * s.image[0]


def smooth_grad(s):
    deviation = 0.15 * (s.image.max() - s.image.min())
    return torch.stack([s.gradient(s.image + deviation * noise)[0] for noise in s.noise]).mean(0)


def occlusion(s):
    def probability(image):
        scores = s.scores(image)
        return (torch.sigmoid(scores) if scores.shape[1] == 1 else torch.softmax(scores, 1))[0, s.label]

    side = table.WINDOW
    rows, columns = (size // side for size in s.image.shape[2:])
    drops = torch.zeros(rows, columns, dtype=s.image.dtype)
    for i in range(rows):
        for j in range(columns):
            hidden = s.image.clone()
            hidden[:, :, side * i : side * (i + 1), side * j : side * (j + 1)] = 0
            drops[i, j] = probability(s.image) - probability(hidden)
    return drops


COMPUTE = {
    "cam": cam,
    "grad-cam": grad_cam,
    "grad-cam++": grad_cam_plus_plus,
    "xgrad-cam": xgrad_cam,
    "hires-cam": hires_cam,
    "grad-cam-elementwise": elementwise,
    "layer-cam": layer_cam,
    "eigen-cam": eigen_cam,
    "eigen-cam-centred": lambda s: eigen_cam(s, centred=True),
    "score-cam": score_cam,
    "ablation-cam": ablation_cam,
    "gradient": gradient,
    "gradient-x-input": gradient_x_input,
    "guided-backprop": guided_backprop,
    "integrated-gradients": integrated_gradients,
    "smooth-grad": smooth_grad,
    "occlusion": occlusion,
}


def maps_of(case, network, images, classes, noise, names, dtype=torch.float64):
    """By the method's name, [N, ...]."""
    network = network.to(dtype)
    subjects = [Subject(case, network, torch.as_tensor(image[None], dtype=dtype), label) for image, label in zip(images, classes)]
    for subject in subjects:
        subject.noise = torch.as_tensor(noise, dtype=dtype)
    return {name: np.stack([COMPUTE[name](subject).detach().numpy() for subject in subjects]) for name in names}
