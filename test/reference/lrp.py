"""Relevance of small networks by zennit and LXT, in float64.

    python3 -m venv env && env/bin/pip install torch==2.13.0 torchvision==0.28.0 timm==1.0.29 numpy==2.4.6 onnx==1.23.1 onnxscript==0.7.2 tabulate transformers==5.18.0
    git clone https://github.com/chr5tphr/zennit SOURCES/zennit and check out 6204e31e1d5d2cb7471d249084712a20c787b360 (LGPL-3.0)
    git clone https://github.com/rachtibat/LRP-eXplains-Transformers SOURCES/lxt and check out f04344177551bfcc3665e88afe96501f43fe560b (Clear BSD)
    PYTHONPATH=SOURCES/zennit/src:SOURCES/lxt env/bin/python test/reference/lrp.py test/fixtures/relevance

Both are only run, through their documented interfaces. Writes for every network a folder: model.onnx, input.npy [1, C, H, W], and
METHOD.npy, the relevance of the input when that of the highest logit is this logit. A network's additions
are modules of zennit's `Sum`, whose rule the composites know; normalisations are merged by its canonizers.
"""

import contextlib
import importlib.metadata
import json
import os
import sys

import lxt.explicit.functional as lf
import lxt.explicit.rules as rules
import numpy as np
import timm
import torch
import torch.nn as nn
import torchvision
from lxt.efficient import monkey_patch
from zennit.canonizers import NamedMergeBatchNorm, SequentialMergeBatchNorm
from zennit.composites import EpsilonAlpha2Beta1Flat, EpsilonGammaBox, EpsilonPlus, EpsilonPlusFlat, LayerMapComposite
from zennit.layer import Sum
from zennit.rules import Epsilon, Gamma, Norm, Pass
from zennit.types import Activation, AvgPool, BatchNorm, Convolution, Linear

OUT = sys.argv[1]
LOW, HIGH = -2.0, 2.0
SOURCES = {
    "chr5tphr/zennit": "6204e31e1d5d2cb7471d249084712a20c787b360",
    "rachtibat/LRP-eXplains-Transformers": "f04344177551bfcc3665e88afe96501f43fe560b",
}


def seeded(build, seed):
    """Weights as they are drawn, biases and statistics of normalisations as of a network that was trained."""
    torch.manual_seed(seed)
    network = build()
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


CNNS = [("vgg", vgg, 12, 0), ("resnet", resnet, 24, 1), ("densenet", densenet, 12, 6), ("mobilenet", mobilenet, 12, 3)]


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
    for name, build, size, seed in CNNS:
        network = seeded(build, seed).double()
        x = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(seed)).float().double() * (HIGH - LOW) + LOW
        with torch.no_grad():
            plain = network(x)
        export(exportable(network), x, name)
        found = {}
        for method, composite in composites(network).items():
            y, found[method] = relevance(network, composite, x)
            assert torch.allclose(y, plain, atol=1e-6), (name, method, y, plain)
        save(name, x, plain, found)


# Transformers: the rules are LXT's, but for dense layers and convolutions under the gamma rule, which it leaves to zennit.


def vit():
    """Class token, learned places, torch's own attention."""
    network = torchvision.models.VisionTransformer(16, 4, 2, 2, 16, 32, num_classes=4)
    network.encoder.pos_embedding.data.normal_(0, 0.5)
    network.class_token.data.normal_(0, 0.5)
    nn.init.normal_(network.heads.head.weight, std=0.5)
    return network


def averaged():
    """No class token, scaled branches, and the mean of all tokens at the end."""
    network = timm.models.VisionTransformer(
        16, 4, embed_dim=16, depth=2, num_heads=4, mlp_ratio=2, num_classes=4, class_token=False, global_pool="avg", init_values=0.7,
    )
    network.pos_embed.data.normal_(0, 0.5)
    nn.init.normal_(network.head.weight, std=0.5)
    return network


class Parts:
    """The layers of a network's blocks by what they are."""

    def __init__(self, network):
        self.shapes = []
        if isinstance(network, torchvision.models.VisionTransformer):
            self.patches, self.places = network.conv_proj, network.encoder.pos_embedding
            self.token, self.norm, self.head = network.class_token, network.encoder.ln, network.heads.head
            self.blocks = [
                (b.ln_1, *split_projection(b.self_attention), b.self_attention.out_proj, b.ln_2, b.mlp[0], b.mlp[1], b.mlp[3], None, None)
                for b in network.encoder.layers
            ]
            self.heads = network.encoder.layers[0].num_heads
        else:
            self.patches, self.places = network.patch_embed.proj, network.pos_embed
            self.token, self.norm, self.head = None, network.fc_norm, network.head
            self.blocks = [
                (b.norm1, *split_projection(b.attn), b.attn.proj, b.norm2, b.mlp.fc1, b.mlp.act, b.mlp.fc2, b.ls1.gamma, b.ls2.gamma)
                for b in network.blocks
            ]
            self.heads = network.blocks[0].attn.num_heads


def split_projection(attention):
    """The projection to queries, keys and values as three layers: a rule shares the relevance of each output by itself."""
    theirs = hasattr(attention, "in_proj_weight")
    weight = attention.in_proj_weight if theirs else attention.qkv.weight
    bias = attention.in_proj_bias if theirs else attention.qkv.bias
    layers = []
    for w, b in zip(weight.chunk(3), bias.chunk(3)):
        layer = nn.Linear(w.shape[1], w.shape[0])
        layer.weight, layer.bias = nn.Parameter(w.detach()), nn.Parameter(b.detach())
        layers.append(layer)
    return layers


class WithRules(nn.Module):
    """The forward pass of either network in LXT's functions. `dense` and `patches` are layers that zennit may have hooked."""

    def __init__(self, network, epsilon, constant):
        super().__init__()
        self.parts, self.constant = Parts(network), constant
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        modules = [self.parts.patches, self.parts.head, *[m for block in self.parts.blocks for m in block if isinstance(m, nn.Linear)]]
        self.hooked = nn.ModuleList(modules).requires_grad_(False).double()
        self.dense = (lambda layer, x: lf.linear_epsilon(x, layer.weight, layer.bias)) if epsilon else (lambda layer, x: layer(x))
        self.patches = rules.EpsilonRule(self.parts.patches) if epsilon else self.parts.patches

    def norm(self, layer, x):
        return lf.layer_norm(x, layer.weight, layer.bias, layer.eps)

    def attend(self, x, q, k, v, out):
        apart = lambda y: y.unflatten(-1, (self.parts.heads, -1)).transpose(1, 2)
        q, k, v = [apart(self.dense(layer, x)) for layer in (q, k, v)]
        scores = lf.matmul(lf.mul2(q, torch.tensor(q.shape[-1] ** -0.5)), k.transpose(-2, -1))
        shares = scores.detach().softmax(-1) if self.constant else lf.softmax(scores, -1)
        # With constant shares this is a linear layer, all of whose relevance goes to the values.
        mixed = constant_product(shares, v) if self.constant else lf.matmul(shares, v)
        return self.dense(out, mixed.transpose(1, 2).flatten(-2))

    def forward(self, x):
        p = self.parts
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x if p.token is None else torch.cat([p.token, x], 1)
        x = lf.add2(x, p.places)
        for norm1, q, k, v, out, norm2, fc1, act, fc2, scale1, scale2 in p.blocks:
            scaled = lambda y, scale: y if scale is None else lf.mul2(y, scale)
            x = lf.add2(x, scaled(self.attend(self.norm(norm1, x), q, k, v, out), scale1))
            inner = rules.IdentityRule(act)(self.dense(fc1, self.norm(norm2, x)))
            x = lf.add2(x, scaled(self.dense(fc2, inner), scale2))
        if p.token is None:
            # Theirs adds ε to the sum, ours to the mean.
            return self.dense(p.head, self.norm(p.norm, lf.mean(x, 1, False, 1e-6 * x.shape[1])))
        return self.dense(p.head, self.norm(p.norm, x)[:, 0])


def constant_product(shares, v):
    """Shares times values under the ε-rule of the values alone."""
    return rules.EpsilonRule(Product(shares))(v)


class Product(nn.Module):
    def __init__(self, shares):
        super().__init__()
        self.shares = shares

    def forward(self, v):
        return self.shares @ v


def relevance_of(network, x, composite):
    x = x.clone().requires_grad_()
    with composite.context(network) if composite else contextlib.nullcontext():
        y = network(x)
        seed = torch.zeros_like(y)
        seed[0, y[0].argmax()] = y[0].max().item()
        (found,) = torch.autograd.grad(y, x, seed)
    return y.detach(), found


def conservative(network, x):
    """CP-LRP as LXT's `efficient` patches torchvision's transformer; relevance is input times gradient there."""
    monkey_patch(torchvision.models.vision_transformer)
    x = x.clone().requires_grad_()
    y = network(x)
    y[0, y[0].argmax()].backward()
    return x.detach() * x.grad


def make_transformers():
    gamma = lambda: LayerMapComposite([(Convolution, Gamma(0.25)), (nn.Linear, Gamma(0.05))])
    # Of twenty seeds those whose sums stay farthest from zero: LXT adds ε to all sums, others move them away from zero by it.
    for name, build, seed in [("averaged", averaged, 20), ("vit", vit, 32)]:
        network = seeded(build, seed).double()
        x = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(seed)).float().double() * (HIGH - LOW) + LOW
        with torch.no_grad():
            plain = network(x)
        export(network, x, name)
        found = {}
        for method, (epsilon, constant) in {"attn-lrp": (True, False), "attn-lrp-gamma": (False, True), "cp-lrp": (True, True)}.items():
            y, found[method] = relevance_of(WithRules(network, epsilon, constant), x, None if epsilon else gamma())
            assert torch.allclose(y, plain, atol=1e-6), (name, method, y, plain)
        if name == "vit":
            theirs = conservative(network, x)
            print("explicit and efficient CP-LRP differ by", float((theirs - found["cp-lrp"]).abs().max() / theirs.abs().max()))
            found["cp-lrp"] = theirs
        save(name, x, plain, found)


os.makedirs(OUT, exist_ok=True)
make_cnns()
make_transformers()
with open(f"{OUT}/meta.json", "w") as file:
    versions = {name: importlib.metadata.version(name) for name in ("torch", "torchvision", "timm", "numpy")}
    json.dump({"sources": SOURCES, "versions": versions, "low": LOW, "high": HIGH}, file, indent=1)
