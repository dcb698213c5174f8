"""Relevance of small networks by zennit and LXT, in float64.

    python3 -m venv env && env/bin/pip install torch==2.13.0 torchvision==0.28.0 timm==1.0.29 numpy==2.4.6 onnx==1.23.1 onnxscript==0.7.2
    git clone https://github.com/chr5tphr/zennit SOURCES/zennit and check out 6204e31e1d5d2cb7471d249084712a20c787b360 (LGPL-3.0)
    git clone https://github.com/rachtibat/LRP-eXplains-Transformers SOURCES/lxt and check out f043441 (Clear BSD)
    PYTHONPATH=SOURCES/zennit/src:SOURCES/lxt env/bin/python test/reference/lrp.py test/fixtures/relevance

Both are only run, through their documented interfaces. Writes for every network a folder: model.onnx, input.npy [1, C, H, W], and
METHOD.npy, the relevance of the input when that of the highest logit is this logit. A network's additions
are modules of zennit's `Sum`, whose rule the composites know; normalisations are merged by its canonizers.
"""

import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from zennit.canonizers import NamedMergeBatchNorm, SequentialMergeBatchNorm
from zennit.composites import EpsilonAlpha2Beta1Flat, EpsilonGammaBox, EpsilonPlus, EpsilonPlusFlat, LayerMapComposite
from zennit.layer import Sum
from zennit.rules import Epsilon, Norm, Pass
from zennit.types import Activation, AvgPool, BatchNorm, Linear

OUT = sys.argv[1]
LOW, HIGH = -2.0, 2.0


def seeded(network, seed):
    """Weights as they are drawn, biases and statistics of normalisations as of a network that was trained."""
    torch.manual_seed(seed)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.1)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
        if isinstance(module, nn.LayerNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
    return network.eval()


def vgg():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(8 * 9, 12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 4),
    )


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        same = inputs == outputs and stride == 1
        self.down = nn.Identity() if same else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.sum, self.relu2 = Sum(), nn.ReLU()

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(self.sum(torch.stack([self.down(x), y], dim=-1)))


class ResidualForExport(nn.Module):
    """The same, with an addition that exports as one."""

    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x):
        b = self.block
        return b.relu2(b.down(x) + b.bn2(b.conv2(b.relu1(b.bn1(b.conv1(x))))))


def resnet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 5, 2, 2, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        Residual(6, 6, 1), Residual(6, 10, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, 4),
    )


class Dense(nn.Module):
    """Reads all that was made before it: the normalisation stands before the convolution."""

    def __init__(self, inputs, growth):
        super().__init__()
        self.norm, self.relu, self.conv = nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, growth, 3, padding=1, bias=False)

    def forward(self, x):
        return torch.cat([x, self.conv(self.relu(self.norm(x)))], 1)


def densenet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.AvgPool2d(2), Dense(6, 4), Dense(10, 4),
        nn.BatchNorm2d(14), nn.ReLU(), nn.Conv2d(14, 8, 1), nn.AvgPool2d(2), nn.ReLU(), nn.AvgPool2d(3), nn.Flatten(), nn.Linear(8, 4),
    )


class Inverted(nn.Module):
    def __init__(self, channels, wide):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, wide, 3, 1, 1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, channels, 1, bias=False), nn.BatchNorm2d(channels),
        )
        self.sum = Sum()

    def forward(self, x):
        return self.sum(torch.stack([x, self.body(x)], dim=-1))


class InvertedForExport(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, x):
        return x + self.block.body(x)


def mobilenet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU6(), Inverted(6, 12), Inverted(6, 12),
        nn.Conv2d(6, 10, 1, bias=False), nn.BatchNorm2d(10), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, 4),
    )


CNNS = {"vgg": (vgg, 12), "resnet": (resnet, 24), "densenet": (densenet, 12), "mobilenet": (mobilenet, 12)}


def exportable(network):
    swap = {Residual: ResidualForExport, Inverted: InvertedForExport}
    return nn.Sequential(*[swap.get(type(module), lambda m: m)(module) for module in network])


def merging(network):
    """Merges normalisations that stand behind a convolution; those of the dense network stand before one, but for the first."""
    dense = any(isinstance(module, Dense) for module in network)
    return [NamedMergeBatchNorm([(["0"], "1")]) if dense else SequentialMergeBatchNorm()]


def composites(network):
    base = [(Activation, Pass()), (Sum, Norm()), (AvgPool, Norm()), (BatchNorm, Pass()), (Linear, Epsilon())]
    make = lambda kind, **more: kind(canonizers=merging(network), **more)
    return {
        "lrp": make(EpsilonPlusFlat),
        "lrp-epsilon-plus": make(EpsilonPlus),
        "lrp-gamma": make(EpsilonGammaBox, low=LOW, high=HIGH),
        "lrp-alpha2-beta1": make(EpsilonAlpha2Beta1Flat),
        "lrp-epsilon": make(LayerMapComposite, layer_map=base),
    }


def relevance(network, composite, x):
    x = x.clone().requires_grad_()
    with composite.context(network) as ruled:
        y = ruled(x)
        seed = torch.zeros_like(y)
        top = y[0].argmax()
        seed[0, top] = y.detach()[0, top]
        (found,) = torch.autograd.grad(y, x, seed)
    return y.detach(), found


def export(network, x, name):
    os.makedirs(f"{OUT}/{name}", exist_ok=True)
    torch.onnx.export(
        network.float(), (x.float(),), f"{OUT}/{name}/model.onnx", input_names=["x"], output_names=["y"], dynamo=False,
        opset_version=18, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE, verbose=False,
    )
    network.double()


def save(name, x, y, found):
    for key, value in {"input": x, **found}.items():
        np.save(f"{OUT}/{name}/{key}.npy", value.numpy().astype(np.float32))
    print(name, y.numpy().round(3), {k: round(float(v.sum()), 4) for k, v in found.items()})


def make_cnns():
    for i, (name, (build, size)) in enumerate(CNNS.items()):
        network = seeded(build(), i).double()
        x = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(i)).float().double() * (HIGH - LOW) + LOW
        with torch.no_grad():
            plain = network(x)
        export(exportable(network), x, name)
        found = {}
        for method, composite in composites(network).items():
            y, found[method] = relevance(network, composite, x)
            assert torch.allclose(y, plain, atol=1e-6), (name, method, y, plain)
        save(name, x, plain, found)


make_cnns()
