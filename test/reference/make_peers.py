"""Maps of small networks by other people's code, for the methods that pytorch-grad-cam's and Captum's numbers of make_goldens.py leave out.

    python3 -m venv env && env/bin/pip install torch==2.13.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 scikit-image==0.26.0 \
        opencv-python-headless matplotlib tqdm onnx==1.23.1 torchvision==0.28.0 open-clip-torch==3.3.0 einops
    git clone each repository of `sources` below into SOURCES/OWNER+NAME and check out its commit (all MIT, BSD or Apache 2.0)
    npx tsx test/reference/peer-draws.ts
    env/bin/python test/reference/make_peers.py SOURCES test/fixtures/peers

Writes conv/ and vit/: model.onnx, input.npy (one image), and NAME.npy: the maps of class 1, then of class 3, [2, ...]. Random numbers are
those that Fovea draws (draws/): the others' generators are replaced by functions that return them. Nothing of their code is
changed otherwise, except where a comment says so. `by hand` means the paper's equation, written here with autograd.
"""

import importlib.metadata
import json
import os
import sys
import types
import warnings

import numpy as np
import scipy
import scipy.ndimage
import skimage
import skimage.transform
import sklearn
import torch
import torch.nn as nn
import torch.nn.functional as F

warnings.filterwarnings("ignore")
SOURCES, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sources = {
    "pytorch+captum": "faac08773131888714b15709b28494ebeea7f6eb",
    "jacobgil+pytorch-grad-cam": "084273b3f30b54ad0c64cf8020a4337d979a66e0",
    "jacobgil+vit-explain": "15a81d355a5aa6128ea4e71bbd56c28888d0f33b",
    "frgfm+torch-cam": "f44afef870a11c5ecd616c7ac5aea2bb28e260bf",
    "Imageomics+Finer-CAM": "564ad2c3e66e32304076bf3124acea596ff44f48",
    "idiap+fullgrad-saliency": "7c106b34fc47c80c629bb6bd0770e8f009e1668a",
    "eclique+RISE": "d91ea006d4bb9b7990347fe97086bdc0f5c1fe10",
    "hila-chefer+Transformer-MM-Explainability": "58eaea85ac9c34aff052f368514b35d2e4c8dd3c",
    "haofanwang+Score-CAM": "d312f14faf59840ef050bcf6267ce89d2f72e11e",
    "WalBouss+LeGrad": "a9edb031422d5f5829d9e6238a1e21feb1972c92",
}
CLASSES = [1, 3]
MEAN, STD = [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]

# Their code asks for these, and uses nothing of them here.
for name in ("ttach", "ftfy", "clip"):
    sys.modules.setdefault(name, types.ModuleType(name))
sys.modules["ttach"].Compose = lambda *a, **k: None
sys.modules["ttach"].HorizontalFlip = sys.modules["ttach"].Multiply = lambda *a, **k: None
version_of = importlib.metadata.version
importlib.metadata.version = lambda name: "0.5.0.dev0" if name == "torchcam" else version_of(name)
sys.modules["importlib_resources"] = importlib.import_module("importlib.resources")
# Written for CUDA alone.
torch.Tensor.cuda = lambda self, *a, **k: self
nn.Module.cuda = lambda self, *a, **k: self


def load(repository, module, under=""):
    """A module of a repository, whose other modules of the same names are forgotten before and after."""
    root = os.path.join(SOURCES, repository, under)
    top = {name.split(".")[0] for name in os.listdir(root)}
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in top}
    sys.path.insert(0, root)
    try:
        return importlib.import_module(module)
    finally:
        sys.path.remove(root)
        for name in [name for name in sys.modules if name.split(".")[0] in top]:
            del sys.modules[name]
        sys.modules.update(hidden)


def save(folder, name, maps):
    path = os.path.join(OUT, folder, name + ".npy")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    np.save(path, np.ascontiguousarray(np.stack([np.asarray(m, dtype=np.float32) for m in maps])))


def draw(name):
    return torch.from_numpy(np.load(os.path.join(OUT, "draws", name + ".npy")))


# ---------------------------------------------------------------- networks
class Conv(nn.Module):
    """`early` has the image's size, `features` half of it; behind `features` a mean and a linear layer alone."""

    def __init__(self):
        super().__init__()
        self.conv1, self.early, self.pool = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
        self.conv2, self.features = nn.Conv2d(6, 8, 3, padding=1), nn.ReLU()
        self.average, self.flatten, self.fc = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)
        # Scores that move when a channel is masked.
        self.fc.weight.data.mul_(4)

    def forward(self, x):
        x = self.features(self.conv2(self.pool(self.early(self.conv1(x)))))
        return self.fc(self.flatten(self.average(x)))


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.qkv, self.out, self.drop = heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim), nn.Identity()

    def forward(self, x):
        n, tokens, dim = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        share = torch.softmax(q @ k.transpose(-2, -1) * (dim // self.heads) ** -0.5, dim=-1)
        share = self.drop(share)
        return self.out((share @ v).transpose(1, 2).reshape(n, tokens, dim))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1, self.attn, self.norm2 = nn.LayerNorm(dim), Attention(dim, heads), nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self, dim=16, heads=2, depth=3, side=4):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, 6, stride=6)
        self.cls, self.pos = nn.Parameter(torch.randn(1, 1, dim)), nn.Parameter(torch.randn(1, side * side + 1, dim))
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, 5)

    def forward(self, x):
        tokens = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), tokens], 1) + self.pos
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


def seeded(make, factor):
    torch.manual_seed(3)
    model = make().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(factor)
    return model


def picture(seed, height, width):
    """A smooth picture as the networks take it: whole pixels from 0 to 255, less the mean, over the deviation."""
    noise = np.random.RandomState(seed).randn(3, height, width)
    smooth = np.stack([scipy.ndimage.gaussian_filter(plane, 1.5) for plane in noise])
    pixels = np.round(255 * (smooth - smooth.min()) / (smooth.max() - smooth.min())) / 255
    return torch.from_numpy(((pixels - np.reshape(MEAN, (3, 1, 1))) / np.reshape(STD, (3, 1, 1))).astype(np.float32))[None]


def export(model, x, folder):
    os.makedirs(os.path.join(OUT, folder), exist_ok=True)
    torch.onnx.export(model, x, os.path.join(OUT, folder, "model.onnx"), dynamo=False, opset_version=17, input_names=["input"], output_names=["logits"], dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}})
    np.save(os.path.join(OUT, folder, "input.npy"), x.numpy())
    save(folder, "logits", model(x).detach().numpy())


conv, x = seeded(Conv, 2.5), picture(11, 24, 20)
vit, y = seeded(ViT, 1.5), picture(12, 24, 24)
for model, image, folder in ((conv, x, "conv"), (vit, y, "vit")):
    export(model, image, folder)


def gradients(model, layer, image, label):
    """The layer's activations, and the gradient of the class's score there."""
    kept = {}
    handle = layer.register_forward_hook(lambda _m, _i, output: kept.update(a=output))
    score = model(image)[0, label]
    handle.remove()
    return kept["a"].detach(), torch.autograd.grad(score, kept["a"])[0]


# ---------------------------------------------------------------- torch-cam
torchcam = load("frgfm+torch-cam", "torchcam.methods")
shape = tuple(x.shape[1:])


def torch_cam(cls, layer, label, noise=None, **options):
    """The map before its ReLU, which torch-cam applies where `_relu` says so."""
    extractor = cls(conv, layer, input_shape=shape, **options)
    extractor._relu = False
    if noise is not None:
        drawn = iter(noise)
        extractor._distrib = types.SimpleNamespace(sample=lambda size: next(drawn).expand(size))
    scores = conv(x.clone().requires_grad_(True))
    keywords = {"eps": 1e-30} if cls is torchcam.SmoothGradCAMpp else {}
    cam = extractor(label, scores, normalized=False, **keywords)[0][0].detach().numpy()
    extractor.remove_hooks()
    return cam


save("conv", "score-cam", [torch_cam(torchcam.ScoreCAM, "early", c) for c in CLASSES])
save("conv", "cam", [torch_cam(torchcam.CAM, "features", c, fc_layer="fc") for c in CLASSES])
save("conv", "ss-cam", [torch_cam(torchcam.SSCAM, "early", c, draw("ss-cam-noise"), num_samples=3) for c in CLASSES])
save("conv", "is-cam-cumulative", [torch_cam(torchcam.ISCAM, "early", c, num_samples=4) for c in CLASSES])
save("conv", "is-cam-one-step", [torch_cam(torchcam.ISCAM, "early", c, num_samples=1) for c in CLASSES])
deviation = 0.15 * (x.max() - x.min())


class OneSample(torchcam.SmoothGradCAMpp):
    """Multiplies the weights with the activations of the image without noise, as the paper does: torch-cam takes the last sample's."""

    def _compute_smoothgrad_weights(self, *arguments, **keywords):
        before = [a.clone() for a in self.hook_a]
        weights = super()._compute_smoothgrad_weights(*arguments, **keywords)
        self.hook_a = before
        return weights


one = draw("noise")[:1] * deviation
save("conv", "smooth-grad-cam++-one-sample", [torch_cam(OneSample, "early", c, one, num_samples=1) for c in CLASSES])

# ---------------------------------------------------------------- pytorch-grad-cam
pgc = load("jacobgil+pytorch-grad-cam", "pytorch_grad_cam")
targets = load("jacobgil+pytorch-grad-cam", "pytorch_grad_cam.utils.model_targets")


def before_relu(cls):
    class Raw(cls):
        def get_cam_image(self, *arguments, **keywords):
            self.raw = super().get_cam_image(*arguments, **keywords)
            return self.raw

    return Raw


def grad_cam_library(cls, layer, target):
    cam = before_relu(cls)(model=conv, target_layers=[layer])
    cam(x.clone(), [target])
    return np.asarray(cam.raw)[0]


save("conv", "shapley-cam", [grad_cam_library(pgc.ShapleyCAM, conv.features, targets.ClassifierOutputReST(c)) for c in CLASSES])
save("conv", "kpca-cam", [grad_cam_library(pgc.KPCA_CAM, conv.features, targets.ClassifierOutputTarget(c)) for c in CLASSES])
uniform, np.random.uniform = np.random.uniform, lambda *a, **k: draw("random-cam-weights").numpy()
save("conv", "random-cam", [grad_cam_library(pgc.RandomCAM, conv.features, targets.ClassifierOutputTarget(c)) for c in CLASSES])
np.random.uniform = uniform

# ---------------------------------------------------------------- the authors' Finer-CAM
finer = load("Imageomics+Finer-CAM", "pytorch_grad_cam")


def finer_cam(label):
    cam = finer.FinerCAM(conv, [conv.features], base_method=before_relu(finer.GradCAM))
    # Their ActivationsAndGradients hands H and W on to the model; this one takes none.
    collect = type(cam.base_cam.activations_and_grads)
    cam.base_cam.activations_and_grads.__class__ = type("Plain", (collect,), {"__call__": lambda self, image, *_: plain_call(self, image)})
    cam(x.clone(), target_idx=label)
    return np.asarray(cam.base_cam.raw)[0]


def plain_call(collector, image):
    collector.gradients, collector.activations = [], []
    return collector.model(image)


save("conv", "finer-cam", [finer_cam(c) for c in CLASSES])

# ---------------------------------------------------------------- the authors' FullGrad
fullgrad = load("idiap+fullgrad-saliency", "saliency.fullgrad")
full = fullgrad.FullGrad(conv, shape)
full_maps = lambda: [full.saliency(x.clone(), torch.tensor([c]))[0].detach().numpy()[0] for c in CLASSES]
save("conv", "full-grad-authors", full_maps())
# The one line changed that enlarges the shares of a layer.
fullgrad.F = types.SimpleNamespace(nll_loss=F.nll_loss, interpolate=lambda t, **options: F.interpolate(t, **{**options, "align_corners": False}))
save("conv", "full-grad", full_maps())

# ---------------------------------------------------------------- the authors' Score-CAM
score_cam = load("haofanwang+Score-CAM", "cam.scorecam")


def authors_score_cam(label):
    """Their map is enlarged to the image, rectified and stretched from 0 to 1."""
    net = seeded(Conv, 2.5)
    network = nn.Sequential(net.conv1, net.early, net.pool, net.conv2, net.features, net.average, net.flatten, net.fc)
    cam = score_cam.ScoreCAM.__new__(score_cam.ScoreCAM)
    cam.model_arch, cam.activations, cam.gradients = network, {}, {}
    net.features.register_forward_hook(lambda _m, _i, output: cam.activations.update(value=output))
    return cam(x.clone(), label)[0, 0].detach().numpy()


save("conv", "score-cam-authors", [authors_score_cam(c) for c in CLASSES])

# ---------------------------------------------------------------- Captum
captum = load("pytorch+captum", "captum.attr")
save("conv", "gradient-x-input", [captum.InputXGradient(conv).attribute(x.clone(), target=c)[0].detach().numpy() for c in CLASSES])


def guided_grad_cam(label):
    net = seeded(Conv, 2.5)
    return captum.GuidedGradCam(net, net.features).attribute(x.clone(), target=label, interpolate_mode="bilinear")[0].detach().numpy()


save("conv", "guided-grad-cam", [guided_grad_cam(c) for c in CLASSES])
normal = torch.normal
torch.normal = lambda mean, std, **_: draw("noise").reshape(std.shape) * std
for kind, name in (("smoothgrad", "smooth-grad"), ("vargrad", "var-grad")):
    tunnel = captum.NoiseTunnel(captum.Saliency(conv))
    of = lambda c: tunnel.attribute(x.clone(), nt_type=kind, nt_samples=4, stdevs=float(deviation), target=c, abs=False)
    save("conv", name, [of(c)[0].detach().numpy() for c in CLASSES])
torch.normal = normal
probability = lambda image: torch.softmax(conv(image), 1)
occlude = lambda c: captum.Occlusion(probability).attribute(x, sliding_window_shapes=(3, 4, 4), strides=(3, 4, 4), baselines=0, target=c)
# One number of each window: all its pixels have it.
save("conv", "occlusion", [occlude(c)[0, 0, ::4, ::4].detach().numpy() for c in CLASSES])

mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (MEAN, STD))
blur = torch.from_numpy(np.stack([scipy.ndimage.gaussian_filter(plane, 5, truncate=3, mode="nearest") for plane in x[0].double().numpy()])).float()[None]
starts = {"zero": torch.zeros_like(x), "black": ((0 - mean) / std).expand_as(x), "white": ((1 - mean) / std).expand_as(x), "blur": blur}
integrated = captum.IntegratedGradients(conv)
ways = {
    name: [integrated.attribute(x, baselines=start, target=c, n_steps=16, method="gausslegendre")[0].detach().numpy() for c in CLASSES]
    for name, start in starts.items()
}
ways["several"] = [np.mean([ways[name][k] for name in ("black", "white", "blur")], axis=0) for k in range(len(CLASSES))]
for name, maps in ways.items():
    save("conv", f"integrated-gradients-{name}", maps)

# ---------------------------------------------------------------- the authors' RISE
rise = load("eclique+RISE", "explanations")


def rise_maps(mode):
    """Less the mean probability, which the paper leaves to the figure's colours. @param mode how the grid goes on beyond its edge"""
    explainer = rise.RISE(probability, (24, 20), 100)
    grid, shift = draw("rise-grid").numpy(), draw("rise-shift").numpy()
    numbers = iter(shift.reshape(-1).astype(int).tolist())
    resize, rand, randint = rise.resize, np.random.rand, np.random.randint
    rise.resize = lambda plane, size, **options: resize(plane, tuple(int(v) for v in size), **{**options, "mode": mode})
    np.random.rand = lambda *_: 1 - grid  # visible where below p = 0.5
    np.random.randint = lambda *_: next(numbers)
    explainer.generate_masks(len(grid), 7, 0.5, savepath=os.devnull)
    rise.resize, np.random.rand, np.random.randint = resize, rand, randint
    saliency = explainer(x)
    level = probability(explainer.masks * x).mean(0)
    return [(saliency[c] - level[c]).detach().numpy() for c in CLASSES]


# Their own mode is `reflect`.
save("conv", "rise-authors", rise_maps("reflect"))
save("conv", "rise", rise_maps("edge"))

# ---------------------------------------------------------------- attention
shares = []
for block in vit.blocks:
    block.attn.drop.register_forward_hook(lambda _m, _i, output: shares.append(output))
rollout = load("jacobgil+vit-explain", "vit_rollout")
vit(y)
weights = [share.detach() for share in shares]
# Stretched to a largest value of 1.
save("vit", "attention-rollout", [rollout.rollout([w.clone() for w in weights], 0.0, "mean") for _ in CLASSES])
rules = load("hila-chefer+Transformer-MM-Explainability", "modules.ExplanationGenerator", "DETR")


def relevance(label):
    shares.clear()
    score = vit(y)[0, label]
    grads = torch.autograd.grad(score, shares)
    total = torch.eye(weights[0].shape[-1])
    for share, grad in zip(shares, grads):
        added, _ = rules.apply_self_attention_rules(total, total, rules.avg_heads(share.detach(), grad))
        total = total + added
    return total[0, 1:].reshape(4, 4).numpy()


save("vit", "gradient-attention", [relevance(c) for c in CLASSES])

legrad = load("WalBouss+LeGrad", "legrad.wrapper")
# Their networks compare vectors of length 1 with texts; this one has scores of classes.
legrad.F = types.SimpleNamespace(normalize=lambda x, dim: x, one_hot=F.one_hot, interpolate=F.interpolate)


def legrad_map(label):
    """Their method on this network's tokens and attentions, in the places where their own networks keep them; from 0 to 1."""
    blocks = nn.Sequential(*(nn.Module() for _ in vit.blocks))
    hooks = []
    for block, kept in zip(vit.blocks, blocks):
        kept.attn = nn.Module()

        def keep_shares(_module, _input, output, kept=kept):
            kept.attn.attention_maps = output.flatten(0, 1)
            return kept.attn.attention_maps.unflatten(0, output.shape[:2])

        def keep_tokens(_module, _input, output, kept=kept):
            kept.feat_post_mlp = output.transpose(0, 1)

        hooks += [block.attn.drop.register_forward_hook(keep_shares), block.register_forward_hook(keep_tokens)]
    vit(y)
    visual = types.SimpleNamespace(
        transformer=types.SimpleNamespace(resblocks=blocks), ln_post=vit.norm, proj=vit.head.weight.T, zero_grad=vit.zero_grad
    )
    wrapper = types.SimpleNamespace(visual=visual, starting_depth=len(blocks) - 2, patch_size=6)
    found = legrad.LeWrapper.compute_legrad_clip(wrapper, torch.eye(5)[label : label + 1])
    for hook in hooks:
        hook.remove()
    return found[0, 0].detach().numpy()


save("vit", "legrad", [legrad_map(c) for c in CLASSES])


# ---------------------------------------------------------------- by hand
def plus_plus(label, normalised):
    """The authors' code without its common factor exp(y): alphas divided by their sum over the places of positive gradient."""
    a, g = (t[0].double() for t in gradients(conv, conv.early, x, label))
    denominator = 2 * g**2 + a.sum((1, 2), keepdim=True) * g**3
    alpha = torch.where(denominator == 0, 0, g**2 / torch.where(denominator == 0, 1, denominator))
    if normalised:
        total = torch.where(g > 0, alpha, 0).sum((1, 2), keepdim=True)
        alpha = alpha / torch.where(total == 0, 1, total)
    return ((alpha * g.clamp(min=0)).sum((1, 2))[:, None, None] * a).sum(0).numpy()


def smooth_plus_plus(label, numerator):
    a = gradients(conv, conv.early, x, label)[0][0].double()
    each = torch.stack([gradients(conv, conv.early, x + noise * deviation, label)[1][0] for noise in draw("noise")]).double()
    d = [None] + [(each**power).mean(0) for power in (1, 2, 3)]
    denominator = 2 * d[2] + a.sum((1, 2), keepdim=True) * d[3]
    alpha = torch.where(denominator == 0, 0, d[numerator] / torch.where(denominator == 0, 1, denominator))
    return ((alpha * d[1].clamp(min=0)).sum((1, 2))[:, None, None] * a).sum(0).numpy()


def uncentred(label):
    a = gradients(conv, conv.features, x, label)[0][0].double()
    rows = a.flatten(1).T.numpy()
    return (rows @ np.linalg.svd(rows, full_matrices=False)[2][0]).reshape(a.shape[1:])


def even_steps(label, steps=4):
    a = gradients(conv, conv.early, x, label)[0][0]
    low, high = a.amin((1, 2), keepdim=True), a.amax((1, 2), keepdim=True)
    masks = (a - low) / (high - low)
    means = [torch.stack([conv(x * mask * (i / steps))[0, label] for i in range(1, steps + 1)]).mean() for mask in masks]
    return (torch.softmax(torch.stack(means), 0)[:, None, None] * a).sum(0).detach().numpy()


def finer_equal(label):
    a, _ = gradients(conv, conv.features, x, label)
    scores = conv(x)[0].detach()
    near = [d for d in torch.argsort((scores - scores[label]).abs()).tolist() if d != label][:3]
    row = conv.fc.weight[label] - conv.fc.weight[near].mean(0)
    return (row[:, None, None] / (a.shape[2] * a.shape[3]) * a[0]).sum(0).detach().numpy()


save("conv", "grad-cam++-authors", [plus_plus(c, True) for c in CLASSES])
save("conv", "grad-cam++", [plus_plus(c, False) for c in CLASSES])
save("conv", "smooth-grad-cam++", [smooth_plus_plus(c, 2) for c in CLASSES])
save("conv", "smooth-grad-cam++-paper", [smooth_plus_plus(c, 1) for c in CLASSES])
save("conv", "eigen-cam-uncentred", [uncentred(c) for c in CLASSES])
save("conv", "is-cam", [even_steps(c) for c in CLASSES])
save("conv", "finer-cam-equal", [finer_equal(c) for c in CLASSES])

json.dump(
    {
        "versions": {"torch": torch.__version__, "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "scikit-image": skimage.__version__, "open-clip-torch": version_of("open-clip-torch")},
        "sources": {name.replace("+", "/"): commit for name, commit in sources.items()},
        "classes": CLASSES,
        "preprocessing": {"mean": MEAN, "std": STD},
    },
    open(os.path.join(OUT, "meta.json"), "w"),
    indent=1,
)
