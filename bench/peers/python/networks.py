"""The networks that are compared: seeded random weights, the same for every tool, as files that each tool opens.

    python networks.py FOLDER NAME...

writes FOLDER/NAME: network.pt and network.onnx of a network of torchvision, network.keras of one of Keras; images.npy (8 of them, as the
network takes them); activation.npy, the layer that is explained, of the first image; and about.json.
"""

import json
import os
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
SIDE, IMAGES = 224, 8
# The probability of the class that is explained, for the first image.
PROBABILITY = 0.9


class Opened:
    """A network, the layer that is explained, the images, and the class."""

    def __init__(self, folder):
        self.about = json.load(open(os.path.join(folder, "about.json")))
        self.label = self.about["label"]
        self.images = np.load(os.path.join(folder, "images.npy"))
        self.reshape = None
        if self.about["framework"] == "torch":
            import torch

            self.model = torch.load(os.path.join(folder, "network.pt"), weights_only=False).eval()
            self.layer = torch_layer(self.about["name"], self.model)
            self.reshape = as_places if self.about["tokens"] else None
        else:
            import keras

            self.model = keras.models.load_model(os.path.join(folder, "network.keras"), compile=False)
            self.layer = self.about["layer"]


def pictures(count):
    """Smooth coloured pictures with some grain, about as large as normalised photos."""
    import cv2

    source = np.random.default_rng(0)
    coarse = source.normal(size=(count, 7, 7, 3)).astype(np.float32)
    smooth = np.stack([cv2.resize(each, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for each in coarse])
    return smooth + 0.2 * source.normal(size=smooth.shape).astype(np.float32)


def as_places(tokens, side=SIDE // 16):
    """Tokens behind the class token, [N, 1 + places, C], as a feature map."""
    return tokens[:, 1:].reshape(len(tokens), side, side, -1).permute(0, 3, 1, 2)


def torch_layer(name, model):
    """The layer that the tools' own examples take for such a network."""
    if name.startswith("resnet"):
        return model.layer4[-1]
    if name.startswith("vit"):
        return model.encoder.layers[-1].ln_1
    return model.features[-1]


def sharpness(scores):
    """What scores are multiplied with for the highest to have that probability: a network that knows nothing gives each class the same."""
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        share = 1 / np.exp(middle * (scores - scores.max()).astype(np.float64)).sum()
        low, high = (middle, high) if share < PROBABILITY else (low, middle)
    return high


def make_torch(name, folder):
    import torch
    import torchvision

    torch.manual_seed(0)
    model = torchvision.models.get_model(name, weights=None)
    if name.startswith("vit"):
        torch.nn.init.normal_(model.heads.head.weight, std=0.02)
    images = torch.from_numpy(pictures(IMAGES).transpose(0, 3, 1, 2).copy())
    calibrate_torch(model, images)
    kept = []
    hook = torch_layer(name, model).register_forward_hook(lambda _module, _input, output: kept.append(output))
    with torch.no_grad():
        scores = model(images[:1])[0].numpy()
        last = [module for module in model.modules() if isinstance(module, torch.nn.Linear)][-1]
        for parameter in (last.weight, last.bias):
            parameter.mul_(sharpness(scores))
    hook.remove()
    tokens = kept[0].ndim == 3
    activation = (as_places(kept[0]) if tokens else kept[0])[0].numpy()
    path = os.path.join(folder, "network.onnx")
    names = {"input_names": ["images"], "output_names": ["scores"]}
    torch.onnx.export(model, (images[:2],), path, dynamo=True, external_data=False, verbose=False, dynamic_shapes=({0: "N"},), **names)
    torch.save(model, os.path.join(folder, "network.pt"))
    return images.numpy(), activation, {"tokens": tokens, "label": int(scores.argmax()), "file": "network.onnx"}


def calibrate_torch(model, images):
    """Statistics of batch normalisation are those of the images, as after training; no network is nearly blind then."""
    import torch

    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
    model.train()
    with torch.no_grad():
        model(images)
    model.eval()


def make_keras(name, folder):
    import keras

    keras.utils.set_random_seed(0)
    build, layer = {
        "keras-resnet50": (keras.applications.ResNet50, "conv5_block3_out"),
        "keras-mobilenet_v2": (keras.applications.MobileNetV2, "out_relu"),
        "keras-vgg16": (keras.applications.VGG16, "block5_pool"),
    }[name]
    model = build(weights=None, classifier_activation=None)
    images = pictures(IMAGES)
    calibrate_keras(model, images)
    activation, scores = (value.numpy()[0] for value in keras.Model(model.input, [model.get_layer(layer).output, model.output])(images[:1]))
    last = model.layers[-1]
    last.set_weights([weight * sharpness(scores) for weight in last.get_weights()])
    model.save(os.path.join(folder, "network.keras"))
    about = {"tokens": False, "label": int(scores.argmax()), "file": "network.keras", "layer": layer}
    return images, activation.transpose(2, 0, 1), about


def calibrate_keras(model, images):
    import keras

    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum


def make(name, folder):
    os.makedirs(folder, exist_ok=True)
    framework = "keras" if name.startswith("keras-") else "torch"
    images, activation, about = (make_keras if framework == "keras" else make_torch)(name, folder)
    np.save(os.path.join(folder, "images.npy"), np.ascontiguousarray(images, np.float32))
    np.save(os.path.join(folder, "activation.npy"), np.ascontiguousarray(activation, np.float32))
    # Written last: a folder with this file is whole.
    json.dump({"name": name, "framework": framework, **about}, open(os.path.join(folder, "about.json"), "w"))


if __name__ == "__main__":
    for each in sys.argv[2:]:
        make(each, os.path.join(sys.argv[1], each))
