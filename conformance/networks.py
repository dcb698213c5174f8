"""The networks of the kit in PyTorch: a few lines each. `load.py` has the weights, `manifest.json` which case has which network.

Every scale and slope is a power of two, so that float32 holds it exactly, and an exported file computes the same function.
"""

from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F


# ---------------------------------------------------------------- parts
def named(**parts):
    return nn.Sequential(OrderedDict(parts))


def conv(before, after, side=3, **how):
    return nn.Conv2d(before, after, side, **{"padding": side // 2, **how})


def unit(before, after, side=3, rectifier=nn.ReLU, **how):
    return named(conv=conv(before, after, side, bias=False, **how), bn=nn.BatchNorm2d(after), act=rectifier())


def pooled(channels, classes=5, end=None, pool=None):
    parts = {"pool": pool or nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten(), "fc": nn.Linear(channels, classes)}
    return {**parts, "end": end} if end else parts


class Residual(nn.Module):
    def __init__(self, before, after, stride=1, gate=False, inplace=False):
        super().__init__()
        self.conv1, self.bn1 = conv(before, after, stride=stride, bias=False), nn.BatchNorm2d(after)
        self.conv2, self.bn2 = conv(after, after, bias=False), nn.BatchNorm2d(after)
        self.relu, self.inplace = nn.ReLU(inplace=inplace), inplace
        self.gate = Gate(after) if gate else None
        self.shortcut = None
        if stride > 1 or before != after:
            self.shortcut = named(conv=conv(before, after, 1, stride=stride, bias=False), bn=nn.BatchNorm2d(after))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        if self.gate is not None:
            y = self.gate(y)
        rest = x if self.shortcut is None else self.shortcut(x)
        if self.inplace:
            y += rest
        else:
            y = y + rest
        return self.relu(y)


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels):
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, channels // 4, 1), nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.up(F.relu(self.down(x.mean((2, 3), keepdim=True)))))


class Branches(nn.Module):
    """Side by side, joined along the channels; `dense` joins the input as well."""

    def __init__(self, *branches, dense=False):
        super().__init__()
        self.branches, self.dense = nn.ModuleList(branches), dense

    def forward(self, x):
        return torch.cat(([x] if self.dense else []) + [branch(x) for branch in self.branches], 1)


class Inverted(nn.Module):
    def __init__(self, before, after, rectifier, stride=1, gate=False):
        super().__init__()
        self.expand = unit(before, 2 * before, 1, rectifier)
        self.depth = unit(2 * before, 2 * before, 3, rectifier, groups=2 * before, stride=stride)
        self.gate = Gate(2 * before) if gate else nn.Identity()
        self.project = named(conv=conv(2 * before, after, 1, bias=False), bn=nn.BatchNorm2d(after))

    def forward(self, x):
        return self.project(self.gate(self.depth(self.expand(x))))


class Next(nn.Module):
    """A block of ConvNeXt: a wide depthwise convolution, then channels last."""

    def __init__(self, channels):
        super().__init__()
        self.depth, self.norm = conv(channels, channels, 5, groups=channels), nn.LayerNorm(channels)
        self.up, self.act, self.down = nn.Linear(channels, 2 * channels), nn.GELU(), nn.Linear(2 * channels, channels)

    def forward(self, x):
        y = self.norm(self.depth(x).permute(0, 2, 3, 1))
        return x + self.down(self.act(self.up(y))).permute(0, 3, 1, 2)


class Attention(nn.Module):
    """Heads of 4 numbers: the scale is 1/2."""

    def __init__(self, dim, places=None):
        super().__init__()
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.bias = nn.Parameter(torch.randn(dim // 4, places, places)) if places else None

    def forward(self, x):
        n, tokens, dim = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, dim // 4, 4).permute(2, 0, 3, 1, 4).unbind(0)
        shares = q @ k.transpose(-2, -1) * 0.5
        shares = torch.softmax(shares if self.bias is None else shares + self.bias, -1)
        return self.out((shares @ v).transpose(1, 2).reshape(n, tokens, dim))


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm1, self.attn, self.norm2 = nn.LayerNorm(dim), Attention(dim), nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Vit(nn.Module):
    def __init__(self, token=True, dim=16, depth=2, places=16):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, 3, stride=3)
        self.cls = nn.Parameter(torch.randn(1, 1, dim)) if token else None
        self.pos = nn.Parameter(torch.randn(1, places + int(token), dim))
        self.blocks = nn.ModuleList(Block(dim) for _ in range(depth))
        self.norm, self.fc = nn.LayerNorm(dim), nn.Linear(dim, 5)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        if self.cls is not None:
            x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1)
        x = x + self.pos
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.fc(x[:, 0] if self.cls is not None else x.mean(1))


class WindowBlock(nn.Module):
    """Attention in windows of 3x3 of [N, H, W, C]; `shift` rolls them, as in Swin, without its mask."""

    def __init__(self, dim, shift=0, side=3):
        super().__init__()
        self.norm1, self.attn, self.norm2 = nn.LayerNorm(dim), Attention(dim, side * side), nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.shift, self.side = shift, side

    def forward(self, x):
        _, h, w, c = x.shape
        s = self.side
        y = self.norm1(x)
        if self.shift:
            y = torch.roll(y, (-self.shift, -self.shift), (1, 2))
        y = y.reshape(-1, h // s, s, w // s, s, c).transpose(2, 3).reshape(-1, s * s, c)
        y = self.attn(y).reshape(-1, h // s, w // s, s, s, c).transpose(2, 3).reshape(-1, h, w, c)
        if self.shift:
            y = torch.roll(y, (self.shift, self.shift), (1, 2))
        x = x + y
        return x + self.mlp(self.norm2(x))


class Windows(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.patch, self.blocks = nn.Conv2d(3, dim, 2, stride=2), nn.ModuleList([WindowBlock(dim), WindowBlock(dim, 1)])
        self.norm, self.fc = nn.LayerNorm(dim), nn.Linear(dim, 5)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        for block in self.blocks:
            x = block(x)
        return self.fc(self.norm(x).mean((1, 2)))


class Shared(nn.Module):
    """One layer for the picture and for its negative; the scores look at both."""

    def __init__(self):
        super().__init__()
        self.shared, self.after, self.fc = named(conv=conv(3, 8), act=nn.ReLU()), conv(16, 12), nn.Linear(12, 5)

    def forward(self, x):
        y = torch.cat([self.shared(x), self.shared(-x)], 1)
        return self.fc(F.relu(self.after(y)).mean((2, 3)))


# ---------------------------------------------------------------- networks
def plain(end=None):
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2), conv2=conv(8, 12), relu2=nn.ReLU(), **pooled(12, end=end))


def negative_row():
    network = plain()
    network.fc.weight.data[0] = -network.fc.weight.data[0].abs()
    return network


def saturated():
    network = plain(nn.Softmax(1))
    network.fc.weight.data.mul_(64)
    return network


def one_score():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), conv2=conv(8, 8, stride=2), relu2=nn.ReLU(), **pooled(8, 1, nn.Sigmoid()))


def grey():
    return named(conv1=conv(1, 8), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2), conv2=conv(8, 8), relu2=nn.ReLU(), **pooled(8))


def resnet():
    return named(stem=unit(3, 8), layer1=Residual(8, 8), layer2=Residual(8, 16, 2), **pooled(16))


def densenet():
    grow = lambda channels: Branches(nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), conv(channels, 4)), dense=True)
    return named(stem=conv(3, 8), dense1=grow(8), dense2=grow(12), halve=nn.AvgPool2d(2), dense3=grow(16), norm=nn.BatchNorm2d(20), relu=nn.ReLU(), **pooled(20))


def mobilenet():
    return named(stem=unit(3, 8, rectifier=nn.ReLU6), block1=Inverted(8, 8, nn.ReLU6, 2), last=unit(8, 16, 1, nn.ReLU6), **pooled(16))


def mobilenet_swish():
    return named(stem=unit(3, 8, rectifier=nn.Hardswish), block1=Inverted(8, 8, nn.Hardswish, 2, gate=True), last=unit(8, 16, 1, nn.Hardswish), **pooled(16))


def efficientnet():
    return named(stem=unit(3, 8, rectifier=nn.SiLU), block1=Inverted(8, 8, nn.SiLU, 2, gate=True), last=unit(8, 16, 1, nn.SiLU), **pooled(16))


def inception():
    mixed = Branches(unit(8, 4, 1), nn.Sequential(unit(8, 4, 1), unit(4, 6)), nn.Sequential(nn.AvgPool2d(3, 1, 1), unit(8, 4, 1)))
    return named(stem=unit(3, 8, stride=2), mixed=mixed, **pooled(14))


def senet():
    return named(stem=unit(3, 8), layer1=Residual(8, 16, 2, gate=True), **pooled(16))


def convnext():
    return named(stem=nn.Conv2d(3, 12, 2, stride=2), block1=Next(12), block2=Next(12), **pooled(12))


def group_norm():
    return named(conv1=conv(3, 8), norm1=nn.GroupNorm(4, 8), relu1=nn.ReLU(), conv2=conv(8, 12, stride=2), norm2=nn.GroupNorm(3, 12), relu2=nn.ReLU(), **pooled(12))


def flat():
    return named(conv1=conv(3, 6), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2), conv2=conv(6, 8), relu2=nn.ReLU(), flatten=nn.Flatten(), fc=nn.Linear(288, 5))


def dense():
    parts = {"hidden": nn.Linear(144, 16), "relu3": nn.ReLU(), "fc": nn.Linear(16, 5)}
    return named(conv1=conv(3, 6), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2), conv2=conv(6, 4), relu2=nn.ReLU(), flatten=nn.Flatten(), **parts)


def hidden_behind_mean():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), conv2=conv(8, 12, stride=2), relu2=nn.ReLU(), pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), hidden=nn.Linear(12, 16), relu3=nn.ReLU(), fc=nn.Linear(16, 5))


def inplace():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(True), pool1=nn.MaxPool2d(2), conv2=conv(8, 12), bn2=nn.BatchNorm2d(12), relu2=nn.ReLU(True), **pooled(12))


def inplace_conv():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(True), pool1=nn.MaxPool2d(2), conv2=conv(8, 12), relu2=nn.ReLU(True), **pooled(12))


def inplace_residual():
    return named(stem=unit(3, 8), layer1=Residual(8, 12, 2, inplace=True), **pooled(12))


def elu():
    return named(conv1=conv(3, 8), act1=nn.ELU(), pool1=nn.MaxPool2d(2), conv2=conv(8, 12), act2=nn.ELU(), **pooled(12))


def leaky():
    return named(conv1=conv(3, 8), act1=nn.LeakyReLU(0.25), conv2=conv(8, 12, stride=2), act2=nn.LeakyReLU(0.25), conv3=conv(12, 12), act3=nn.LeakyReLU(0.25), **pooled(12))


def unrectified():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2), conv2=conv(8, 12), **pooled(12))


def grouped():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), conv2=conv(8, 16, groups=4, stride=2), relu2=nn.ReLU(), conv3=conv(16, 16, groups=8), relu3=nn.ReLU(), **pooled(16))


def dilated():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), conv2=conv(8, 8, dilation=2, padding=2), relu2=nn.ReLU(), conv3=conv(8, 12, dilation=4, padding=4), relu3=nn.ReLU(), **pooled(12))


def strided():
    return named(conv1=nn.Conv2d(3, 8, 5, stride=2, padding=1), relu1=nn.ReLU(), conv2=nn.Conv2d(8, 12, 2), relu2=nn.ReLU(), conv3=conv(12, 12), relu3=nn.ReLU(), **pooled(12))


def ties():
    """Whole numbers everywhere before the last layer: many windows of the pooling hold their maximum several times."""
    network = named(conv1=conv(3, 6), relu1=nn.ReLU(), pool1=nn.MaxPool2d(3, 2, 1), conv2=conv(6, 8), relu2=nn.ReLU(), **pooled(8))
    network.conv1.weight.data = torch.round(3 * network.conv1.weight.data)
    network.conv1.bias.data.fill_(-0.5)
    return network


def max_head():
    return named(conv1=conv(3, 8), relu1=nn.ReLU(), conv2=conv(8, 12, stride=2), relu2=nn.ReLU(), **pooled(12, pool=nn.AdaptiveMaxPool2d(1)))


def upsampled():
    return named(conv1=conv(3, 8, stride=2), relu1=nn.ReLU(), up=nn.ConvTranspose2d(8, 8, 2, stride=2), relu2=nn.ReLU(), conv3=conv(8, 12), relu3=nn.ReLU(), **pooled(12))


def vit():
    return Vit()


def vit_mean():
    return Vit(token=False)


def windows():
    return Windows()


def shared():
    return Shared()


# ---------------------------------------------------------------- weights
def flat_weights(network):
    """All floating-point values of the state, in its order: [count]."""
    return torch.cat([value.flatten() for value in network.state_dict().values() if value.is_floating_point()])


def with_weights(network, flat_values):
    """The network in evaluation mode with the weights of a case."""
    values = torch.as_tensor(flat_values)
    state, start = network.state_dict(), 0
    for name, value in state.items():
        if value.is_floating_point():
            state[name] = values[start : start + value.numel()].reshape(value.shape)
            start += value.numel()
    if start != len(values):
        raise ValueError(f"weights: expected {start} values, got {len(values)}")
    network.load_state_dict(state)
    return network.eval()
