"""Concepts by other people's code: scikit-learn's factorisation, pytorch-grad-cam's deep feature factorisation and the Sobol indices of CRAFT's authors.

    python3 -m venv env && env/bin/pip install torch==2.13.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 \
        opencv-python-headless matplotlib tqdm torchvision==0.28.0
    git clone into SOURCES/OWNER+NAME the commits of `sources` below (both MIT)
    env/bin/python test/reference/concepts.py SOURCES test/fixtures/concepts

Writes nmf.json, factors after some sweeps from one start; dff.json, heat maps of planes; and sobol.json, importances of concepts.
Nothing of their code is changed. ttach and TensorFlow, which their code imports for parts that are not used here, are empty modules.
"""

import json
import os
import sys
import types
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.decomposition import non_negative_factorization

warnings.filterwarnings("ignore")
SOURCES, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sources = {
    "jacobgil+pytorch-grad-cam": "084273b3f30b54ad0c64cf8020a4337d979a66e0",
    "deel-ai+Craft": "890c8d2ab8590452b2e0375b515f7fb6da42bfce",
}
for name in sources:
    sys.path.insert(0, os.path.join(SOURCES, name))
sys.modules.setdefault("ttach", types.ModuleType("ttach")).Compose = object

from pytorch_grad_cam.feature_factorization.deep_feature_factorization import dff  # noqa: E402

sys.modules.setdefault("tensorflow", types.ModuleType("tensorflow"))
from craft.craft_torch import Craft  # noqa: E402

os.makedirs(OUT, exist_ok=True)


def write(name, **values):
    def plain(value):
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        array = np.asarray(value)
        return {"dims": list(array.shape), "values": [float(f"{each:.8g}") for each in array.ravel()]} if array.ndim else float(array)

    with open(os.path.join(OUT, name), "w") as file:
        json.dump({key: plain(value) for key, value in values.items()}, file)
        file.write("\n")


generator = np.random.default_rng(1)


def factors(places, channels, count):
    """Some of each concept at some of the places, and directions of few channels."""
    amounts = generator.gamma(0.6, 1.0, (places, count)) * (generator.random((places, count)) < 0.5)
    directions = generator.gamma(0.6, 1.0, (count, channels)) * (generator.random((count, channels)) < 0.7)
    return amounts, directions


# Factors after so many sweeps of coordinate descent without shuffling, from amounts of 1: columns are our [C, P].
amounts, directions = factors(40, 12, 4)
columns = (amounts @ directions + 0.05 * generator.random((40, 12))).T
start = generator.random((4, 12))
after = {}
for sweeps in (1, 5, 40):
    u, w, _ = non_negative_factorization(
        columns.T.copy(), n_components=4, init="custom", W=np.ones((40, 4)), H=start.copy(), solver="cd", tol=0, max_iter=sweeps
    )
    after[str(sweeps)] = {"amounts": u.T, "directions": w, "error": np.linalg.norm(columns - w.T @ u.T)}
write("nmf.json", columns=columns, start=start, after=after)

# Heat maps of deep feature factorisation, of planes [N, C, h, w] that are 0 somewhere in every channel.
amounts, directions = factors(3 * 5 * 6, 10, 3)
planes = np.maximum(amounts @ directions + 0.03 * generator.standard_normal((90, 10)), 0).T.reshape(10, 3, 5, 6).transpose(1, 0, 2, 3)
assert (planes.min(axis=(0, 2, 3)) == 0).all()
concepts, maps = dff(planes.copy(), n_components=3)
left = planes.transpose(1, 0, 2, 3).reshape(10, -1) - concepts @ maps.transpose(1, 0, 2, 3).reshape(3, -1)
write("dff.json", planes=planes, directions=concepts.T, maps=maps, error=np.linalg.norm(left) / np.linalg.norm(planes))

# Importances of concepts for two classes: behind the layer a convolution, a rectifier, the mean and a linear layer.
torch.manual_seed(0)
amounts, directions = factors(2 * 4 * 4, 5, 3)
U = amounts.reshape(2, 4, 4, 3).astype(np.float32)
weights = {"conv": torch.randn(6, 5, 3, 3), "bias": torch.randn(6), "linear": torch.randn(2, 6)}


def behind(activations):
    hidden = F.relu(F.conv2d(activations, weights["conv"], weights["bias"], padding=1))
    return hidden.mean((2, 3)) @ weights["linear"].T


class Given(Craft):
    """CRAFT with concepts that are given."""

    def check_if_fitted(self):
        pass

    def transform(self, inputs, activations=None):
        return U


craft = Given(lambda x: x, behind, number_of_concepts=3, device="cpu")
craft.W = directions.astype(np.float32)
importances = np.stack([craft.estimate_importance(None, index, nb_design=32) for index in (0, 1)])
write("sobol.json", amounts=U.transpose(0, 3, 1, 2), directions=craft.W, importances=importances, **weights)
