"""Networks for signals, volumes and clips in miniature, with PyTorch's maps: test/fixtures/axes.

Run: python test/reference/axes.py                  (torch 2.13, onnx 1.23, numpy 2.4)
     python test/reference/axes.py --videos FOLDER  (torchvision 0.28 as well): its networks for clips, with random weights, for
                                                    `npm run bench -- axes --folder FOLDER`

Maps are of the score of one class before any ReLU, at the value `features`:
grad-cam sum_k mean(g_k) A_k; hires-cam sum_k g_k A_k; layer-cam sum_k relu(g_k) A_k; grad-cam++ sum_k w_k A_k with w_k = sum a relu(g_k),
a = g^2 / (2 g^2 + sum(A_k) g^3); score-cam sum_k softmax_k(score of x times the mask of A_k) A_k with A_k enlarged by `interpolate` (linear,
trilinear) and moved to [0, 1]. At the input: gradient max_c |g_c|, gradient-x-input sum_c g_c x_c.
"""
import argparse, json, os, warnings
import numpy as np, onnx, torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")


class Net(nn.Module):
    """`features` makes the layer that is explained, `head` the scores."""

    def __init__(self, features, head):
        super().__init__()
        self.features, self.head = features, head

    def forward(self, x):
        a = self.features(x)
        return self.head(a), a


class Mean(nn.Module):
    def forward(self, x): return x.flatten(2).mean(2)


class Trilinear(nn.Module):
    def forward(self, x): return F.interpolate(x, scale_factor=2.0, mode="trilinear", align_corners=False)


class LastState(nn.Module):
    def __init__(self, channels, hidden, classes):
        super().__init__()
        self.lstm = nn.LSTM(channels, hidden, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * hidden, classes)

    def forward(self, a):
        states, _ = self.lstm(a.transpose(1, 2))
        return self.linear(states[:, -1])


class Tokens(nn.Module):
    """Patches as tokens, behind a class token where there is one, with learned positions, and one block."""

    def __init__(self, patches, width, count, classed):
        super().__init__()
        self.patches = patches
        self.token = nn.Parameter(torch.randn(1, 1, width)) if classed else None
        self.positions = nn.Parameter(torch.randn(1, count + int(classed), width))
        self.block = block(width)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        if self.token is not None: tokens = torch.cat([self.token.expand(x.shape[0], -1, -1), tokens], 1)
        return self.block(tokens + self.positions)


class TokenHead(nn.Module):
    def __init__(self, width, classes, classed):
        super().__init__()
        self.block, self.norm, self.linear, self.classed = block(width), nn.LayerNorm(width), nn.Linear(width, classes), classed

    def forward(self, a):
        a = self.norm(self.block(a))
        return self.linear(a[:, 0] if self.classed else a.mean(1))


def block(width): return nn.TransformerEncoderLayer(width, 2, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True)


def seq(*layers): return nn.Sequential(*layers)


def networks():
    yield "signal", (2, 2, 40), seq(nn.Conv1d(2, 4, 5, 2, 2), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(4, 6, 3, dilation=2, padding=1), nn.ReLU()), seq(Mean(), nn.Linear(6, 3))
    yield "signal-flat", (1, 1, 36), seq(nn.Conv1d(1, 4, 7, 3), nn.InstanceNorm1d(4, affine=True), nn.ReLU()), seq(nn.ConvTranspose1d(4, 4, 4, 2, 1), nn.ReLU(), nn.AvgPool1d(3, 2, 1), nn.AdaptiveMaxPool1d(5), nn.Flatten(), nn.Linear(20, 3))
    yield "signal-states", (1, 3, 24), seq(nn.Conv1d(3, 5, 3, 2, 1), nn.ReLU()), LastState(5, 4, 3)
    yield "signal-tokens", (1, 1, 48), Tokens(nn.Conv1d(1, 8, 4, 4), 8, 12, True), TokenHead(8, 3, True)
    yield "volume", (1, 1, 8, 12, 8), seq(nn.Conv3d(1, 4, 3, (1, 2, 2), 1), nn.BatchNorm3d(4), nn.ReLU(), nn.MaxPool3d(2), nn.Conv3d(4, 6, 3, padding=1, groups=2), nn.ReLU()), seq(nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(6, 3))
    yield "volume-flat", (1, 2, 4, 6, 8), seq(nn.Conv3d(2, 4, 3, 2, 1), nn.GroupNorm(2, 4), nn.ReLU()), seq(nn.ConvTranspose3d(4, 4, 3, 2, 1, output_padding=1), nn.ReLU(), nn.AvgPool3d(2), Trilinear(), nn.MaxPool3d(3, 2, 1), nn.Flatten(), nn.Linear(96, 3))
    yield "clip-tokens", (1, 3, 4, 8, 12), Tokens(nn.Conv3d(3, 8, (2, 4, 4), (2, 4, 4)), 8, 12, False), TokenHead(8, 3, False)


def maps_of(model, x, c, tokens, skip):
    x = x.clone().requires_grad_(True)
    scores, a = model(x)
    g, gx = torch.autograd.grad(scores[:, c].sum(), [a, x])
    if tokens: a, g = a[:, skip:].transpose(1, 2), g[:, skip:].transpose(1, 2)
    n, k = a.shape[:2]
    flat_a, flat_g = a.reshape(n, k, -1).detach(), g.reshape(n, k, -1)
    sum_with = lambda w: (w[..., None] * flat_a).sum(1)
    total = flat_a.sum(2, keepdim=True)
    below = 2 * flat_g**2 + total * flat_g**3
    alpha = torch.where(below == 0, torch.zeros_like(below), flat_g**2 / torch.where(below == 0, torch.ones_like(below), below))
    result = {
        "grad-cam": sum_with(flat_g.mean(2)),
        "hires-cam": (flat_g * flat_a).sum(1),
        "layer-cam": (flat_g.relu() * flat_a).sum(1),
        "grad-cam++": sum_with((alpha * flat_g.relu()).sum(2)),
        "gradient": gx.abs().amax(1),
        "gradient-x-input": (gx * x.detach()).sum(1),
    }
    # Behind the layer a normalisation takes each token that is no class token: its terms cancel, and their sum is rounding.
    if skip: del result["hires-cam"]
    if not tokens: result["score-cam"] = score_cam(model, x.detach(), a.detach(), c)
    return scores.detach(), {name: value.reshape(n, -1) for name, value in result.items()}


def score_cam(model, x, a, c):
    mode = {1: "linear", 3: "trilinear"}[x.dim() - 2]
    rows = []
    for i in range(x.shape[0]):
        masks = F.interpolate(a[i][:, None], x.shape[2:], mode=mode, align_corners=False)
        flat = masks.flatten(1)
        shape = (-1, *[1] * (masks.dim() - 1))
        low, high = flat.amin(1).reshape(shape), flat.amax(1).reshape(shape)
        masks = torch.where(high > low, (masks - low) / (high - low).clamp_min(1e-30), torch.zeros_like(masks))
        with torch.no_grad(): scores = model(x[i : i + 1] * masks)[0][:, c]
        rows.append((scores.softmax(0).reshape(shape[:1] + (1,) * (a.dim() - 2)) * a[i]).sum(0))
    return torch.stack(rows)


def numbers(values): return [float(f"{v:.7g}") for v in np.asarray(values, dtype=np.float64).ravel()]


def export(model, x, path, names=("scores", "features")):
    torch.onnx.export(model, (x,), path, input_names=["input"], output_names=list(names), opset_version=17, dynamo=False)
    graph = onnx.load(path)
    del graph.graph.output[1:]
    onnx.save(graph, path)


def write_fixtures(folder):
    os.makedirs(folder, exist_ok=True)
    for name, shape, features, head in networks():
        torch.manual_seed(len(name))
        model = Net(features, head)
        for p in model.parameters(): nn.init.normal_(p, 0.1, 0.5)
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm3d)):
                module.running_mean.normal_(0, 0.3); module.running_var.uniform_(0.5, 2)
        model.eval()
        x = torch.randn(shape)
        tokens = name.endswith("tokens")
        skip = 1 if name == "signal-tokens" else 0
        export(model, x, os.path.join(folder, f"{name}.onnx"))
        a = model(x)[1]
        expected = {"shape": list(shape), "input": numbers(x), "features": list(a.shape), "classes": []}
        for c in (0, 2):
            scores, maps = maps_of(model, x, c, tokens, skip)
            expected["scores"] = numbers(scores)
            expected["classes"].append({"class": c, "maps": {m: numbers(v) for m, v in maps.items()}})
        with open(os.path.join(folder, f"{name}.json"), "w") as file: json.dump(expected, file); file.write("\n")


def write_videos(folder, only):
    """torchvision's networks for clips at their full size, explained at the last block of each."""
    from torchvision.models import video
    os.makedirs(folder, exist_ok=True)
    layers = {"r3d_18": "layer4", "mc3_18": "layer4", "r2plus1d_18": "layer4", "s3d": "features", "swin3d_t": "norm", "mvit_v2_s": "norm"}
    layers = {name: layer for name, layer in layers.items() if only in (None, name)}
    sizes = {"s3d": (1, 3, 16, 224, 224), "swin3d_t": (1, 3, 16, 224, 224), "mvit_v2_s": (1, 3, 16, 224, 224)}
    for name, layer in layers.items():
        torch.manual_seed(1)
        net = getattr(video, name)(weights=None).eval()
        model = Hooked(net, dict(net.named_modules())[layer]).eval()
        x = torch.randn(sizes.get(name, (1, 3, 16, 112, 112)))
        export(model, x, os.path.join(folder, f"{name}.onnx"))
        c = int(model(x)[0].argmax())
        last = name == "swin3d_t"
        x.requires_grad_(True)
        scores, a = model(x)
        g = torch.autograd.grad(scores[0, c], a)[0]
        a = a.detach()
        if last: a, g = a.permute(0, 4, 1, 2, 3), g.permute(0, 4, 1, 2, 3)
        if name == "mvit_v2_s": a, g = a[:, 1:].transpose(1, 2), g[:, 1:].transpose(1, 2)
        flat_a, flat_g = a.flatten(2)[0], g.flatten(2)[0]
        result = {"class": c, "score": float(scores[0, c]), "sizes": list(a.shape[2:]),
                  "grad-cam": numbers((flat_g.mean(1, keepdim=True) * flat_a).sum(0)), "hires-cam": numbers((flat_g * flat_a).sum(0))}
        np.save(os.path.join(folder, f"{name}.npy"), x.detach().numpy())
        with open(os.path.join(folder, f"{name}.json"), "w") as file: json.dump(result, file)
        print(name, scores.shape, tuple(a.shape))


class Hooked(nn.Module):
    def __init__(self, net, module):
        super().__init__()
        self.net = net
        module.register_forward_hook(lambda _, __, output: setattr(self, "seen", [output[0] if isinstance(output, tuple) else output]))

    def forward(self, x):
        scores = self.net(x)
        return scores, self.seen[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos")
    parser.add_argument("--only")
    parsed = parser.parse_args()
    folder = parsed.videos
    if folder: write_videos(folder, parsed.only)
    else: write_fixtures(os.path.join(os.path.dirname(__file__), "..", "fixtures", "axes"))
