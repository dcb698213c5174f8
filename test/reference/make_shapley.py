"""Shapley values, LIME, RefineCAM and superpixels by other people's code, for the network of `test/fixtures/peers/conv`.

    python3 -m venv env && env/bin/pip install torch==2.13.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 scikit-image==0.26.0 \
        shap==0.51.0 onnx==1.23.1 matplotlib
    git clone each repository of `sources` below into SOURCES/OWNER+NAME and check out its commit (BSD or Apache 2.0)
    npx tsx test/reference/peer-draws.ts
    env/bin/python test/reference/make_shapley.py SOURCES test/fixtures

Writes peers/background.npy (three more images), peers/conv/NAME.npy (the maps of class 1, then of class 3), and superpixels.json. Random
numbers are those that Fovea draws (peers/draws): the others' generators are replaced by functions that return them. Nothing else of
their code is changed.
"""

import importlib
import importlib.metadata
import json
import os
import sys
import types

import numpy as np
import onnx
import onnx.numpy_helper
import scipy
import scipy.ndimage
import shap
import skimage
import skimage.color
import skimage.segmentation
import torch
import torch.nn as nn

SOURCES, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
PEERS = os.path.join(OUT, "peers")
sources = {
    "pytorch+captum": "faac08773131888714b15709b28494ebeea7f6eb",
    "marcotcr+lime": "fd7eb2e6f760619c29fca0187c07b82157601b32",
    "frgfm+torch-cam": "f44afef870a11c5ecd616c7ac5aea2bb28e260bf",
}
meta = json.load(open(os.path.join(PEERS, "meta.json")))
CLASSES, MEAN, STD = meta["classes"], meta["preprocessing"]["mean"], meta["preprocessing"]["std"]


def array(name):
    return np.load(os.path.join(PEERS, name + ".npy"))


def save(name, maps):
    np.save(os.path.join(PEERS, name + ".npy"), np.ascontiguousarray(np.stack([np.asarray(m, dtype=np.float32) for m in maps])))


class Conv(nn.Module):
    """The network of make_peers.py, with the weights of its file."""

    def __init__(self):
        super().__init__()
        self.conv1, self.early, self.pool = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
        self.conv2, self.features = nn.Conv2d(6, 8, 3, padding=1), nn.ReLU()
        self.average, self.flatten, self.fc = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)

    def forward(self, x):
        x = self.features(self.conv2(self.pool(self.early(self.conv1(x)))))
        return self.fc(self.flatten(self.average(x)))


file = onnx.load(os.path.join(PEERS, "conv", "model.onnx"))
conv = Conv().eval()
conv.load_state_dict({each.name: torch.from_numpy(onnx.numpy_helper.to_array(each).copy()) for each in file.graph.initializer})
x = torch.from_numpy(array("conv/input"))
assert np.abs(conv(x).detach().numpy() - array("conv/logits")).max() < 1e-4


def picture(seed, height, width):
    """As in make_peers.py."""
    noise = np.random.RandomState(seed).randn(3, height, width)
    smooth = np.stack([scipy.ndimage.gaussian_filter(plane, 1.5) for plane in noise])
    pixels = np.round(255 * (smooth - smooth.min()) / (smooth.max() - smooth.min())) / 255
    return torch.from_numpy(((pixels - np.reshape(MEAN, (3, 1, 1))) / np.reshape(STD, (3, 1, 1))).astype(np.float32))[None]


background = torch.cat([picture(seed, 24, 20) for seed in (21, 22, 23)])
np.save(os.path.join(PEERS, "background.npy"), background.numpy())
at, start = array("draws/ways").T.astype(np.float64)

# ---------------------------------------------------------------- Captum's GradientShap
sys.path.insert(0, os.path.join(SOURCES, "pytorch+captum"))
captum = importlib.import_module("captum.attr")
mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (MEAN, STD))
blur = torch.from_numpy(np.stack([scipy.ndimage.gaussian_filter(plane, 5, truncate=3, mode="nearest") for plane in x[0].double().numpy()])).float()[None]
several = torch.cat([((0 - mean) / std).expand_as(x), ((1 - mean) / std).expand_as(x), blur])
uniform, choice, normal = np.random.uniform, np.random.choice, torch.normal


def gradient_shap(label, samples, deviation):
    drawn = torch.from_numpy(array("draws/noise"))
    np.random.uniform = lambda *_: at[:samples]
    np.random.choice = lambda count, *_, **__: np.floor(start[:samples] * count).astype(int)
    torch.normal = lambda mean, std, **_: drawn.reshape(std.shape) * std if deviation else torch.zeros_like(std)
    found = captum.GradientShap(conv).attribute(x.clone(), baselines=several, n_samples=samples, stdevs=float(deviation), target=label)
    np.random.uniform, np.random.choice, torch.normal = uniform, choice, normal
    return found[0].detach().numpy()


save("conv/gradient-shap", [gradient_shap(c, len(at), 0) for c in CLASSES])
save("conv/gradient-shap-noise", [gradient_shap(c, 4, 0.15 * (x.max() - x.min())) for c in CLASSES])

# ---------------------------------------------------------------- shap's GradientExplainer
explainer = shap.GradientExplainer(conv, background)
pairs = {"at": iter(()), "start": iter(())}
seed = np.random.seed


def restart(*_):
    """It seeds again for each class."""
    pairs["at"], pairs["start"] = iter(at), iter(start)


np.random.seed = restart
np.random.choice = lambda count: int(np.floor(next(pairs["start"]) * count))
np.random.uniform = lambda: next(pairs["at"])
values = explainer.shap_values(x.clone(), nsamples=len(at), rseed=0)
np.random.seed, np.random.choice, np.random.uniform = seed, choice, uniform
save("conv/expected-gradients", [np.asarray(values)[0, ..., c] for c in CLASSES])

# ---------------------------------------------------------------- shap's KernelExplainer
labels = array("draws/superpixels").astype(int)
count = labels.max() + 1


def masked(coalitions):
    """Scores of the image with superpixels hidden by zeros."""
    masks = torch.from_numpy(np.asarray(coalitions, dtype=np.float32)[:, labels])[:, None]
    return conv(x * masks).detach().double().numpy()


kernel = shap.KernelExplainer(masked, np.zeros((1, count)))
values = kernel.shap_values(np.ones((1, count)), nsamples=2**count, l1_reg=False, silent=True)
save("conv/kernel-shap", [np.asarray(values)[0, :, c][labels] for c in CLASSES])

# ---------------------------------------------------------------- the authors' LIME
sys.path.insert(0, os.path.join(SOURCES, "marcotcr+lime"))
lime_image = importlib.import_module("lime.lime_image")
coalitions = array("draws/lime-coalitions").astype(int)


def lime(label, hide):
    """@param hide the value of a hidden pixel, or None for the mean of its superpixel"""
    # The first row is that of the image as it is.
    rows = np.concatenate([np.ones((1, count), dtype=int), coalitions])
    drawn = types.SimpleNamespace(randint=lambda *a, **k: 0 if "high" in k else rows.reshape(-1))
    explainer = lime_image.LimeImageExplainer(random_state=np.random.RandomState(0))
    explainer.random_state = drawn
    probabilities = lambda images: torch.softmax(conv(torch.from_numpy(images).permute(0, 3, 1, 2)), 1).detach().double().numpy()
    found = explainer.explain_instance(
        x[0].permute(1, 2, 0).numpy(), probabilities, labels=(label,), top_labels=None, hide_color=hide, num_samples=len(rows),
        segmentation_fn=lambda _: labels, progress_bar=False,
    )
    weights = dict(found.local_exp[label])
    return np.vectorize(weights.get)(labels)


save("conv/lime", [lime(c, None) for c in CLASSES])
save("conv/lime-zero", [lime(c, 0) for c in CLASSES])


# ---------------------------------------------------------------- torch-cam's RefineCAM
# torch-cam asks for its own version, which its folder does not tell, and for this package before Python 3.9.
version_of = importlib.metadata.version
importlib.metadata.version = lambda name: "0.5.0.dev0" if name == "torchcam" else version_of(name)
sys.modules["importlib_resources"] = importlib.import_module("importlib.resources")
sys.path.insert(0, os.path.join(SOURCES, "frgfm+torch-cam"))
torchcam = importlib.import_module("torchcam.methods")


def refine_cam(label):
    """The product as it is, at the image's size."""
    with torchcam.RefineCAM(conv, ["early", "features"], (3, 24, 20), base_method=torchcam.LayerCAM) as extractor:
        scores = conv(x.clone().requires_grad_(True))
        return extractor(label, scores, normalized=False, target_shape=(24, 20))[0][0].detach().numpy()


save("conv/refine-cam", [refine_cam(c) for c in CLASSES])


# ---------------------------------------------------------------- scikit-image's SLIC
def drawing(seed, height, width):
    """Ellipses of one colour each on a ground of another, and a little noise: uint8 [H, W, 3]."""
    source = np.random.RandomState(seed)
    y, across = np.mgrid[:height, :width]
    pixels = np.empty((height, width, 3))
    pixels[:] = source.uniform(0, 255, 3)
    for _ in range(6):
        cy, cx, ry, rx = source.uniform(0, height), source.uniform(0, width), *source.uniform(6, 18, 2)
        pixels[((y - cy) / ry) ** 2 + ((across - cx) / rx) ** 2 < 1] = source.uniform(0, 255, 3)
    return np.clip(np.round(pixels + source.normal(0, 4, pixels.shape)), 0, 255).astype(np.uint8)


def slic(pixels, number, compactness):
    found = skimage.segmentation.slic(pixels, n_segments=number, compactness=compactness, start_label=0)
    return {"number": number, "compactness": compactness, "labels": found.reshape(-1).tolist()}


pictures = [drawing(seed, 48, 64) for seed in (1,)]
json.dump(
    {
        "tool": f"scikit-image {skimage.__version__}, by test/reference/make_shapley.py",
        "height": 48,
        "width": 64,
        "pictures": [
            {
                "pixels": pixels.reshape(-1).tolist(),
                "lab": np.round(skimage.color.rgb2lab(pixels)[::7, ::9].reshape(-1), 4).tolist(),
                "segments": [slic(pixels, 24, 30), slic(pixels, 48, 30)],
            }
            for pixels in pictures
        ],
    },
    open(os.path.join(OUT, "superpixels.json"), "w"),
    separators=(",", ":"),
)
meta["versions"]["shap"] = shap.__version__
meta["sources"].update({name.replace("+", "/"): commit for name, commit in sources.items()})
json.dump(meta, open(os.path.join(PEERS, "meta.json"), "w"), indent=1)
