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
# How many classes are looked at for one whose map is neither blank nor full.
CANDIDATES = 32


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


def best_class(maps):
    """The index of the map [h, w] of which about half is above zero."""
    return int(np.argmin([abs((each > 0).mean() - 0.5) for each in maps]))


def make_torch(name, folder):
    import torch
    import torchvision

    torch.manual_seed(0)
    model = torchvision.models.get_model(name, weights=None)
    if name.startswith("vit"):
        torch.nn.init.normal_(model.heads.head.weight, std=0.02)
    images = torch.from_numpy(pictures(IMAGES).transpose(0, 3, 1, 2).copy())
    calibrate_torch(model, images)
    layer, kept = torch_layer(name, model), []
    hook = layer.register_forward_hook(lambda _module, _input, output: kept.append(output))
    scores = model(images[:1])[0]
    hook.remove()
    gradients = [torch.autograd.grad(scores[c], kept[0], retain_graph=True)[0] for c in range(CANDIDATES)]
    tokens = kept[0].ndim == 3
    places = as_places if tokens else lambda value: value
    activation = places(kept[0].detach())[0]
    maps = [(places(g)[0].mean((1, 2), keepdim=True) * activation).sum(0).numpy() for g in gradients]
    path = os.path.join(folder, "network.onnx")
    names = {"input_names": ["images"], "output_names": ["scores"]}
    torch.onnx.export(model, (images[:2],), path, dynamo=True, external_data=False, verbose=False, dynamic_shapes=({0: "N"},), **names)
    torch.save(model, os.path.join(folder, "network.pt"))
    return images.numpy(), activation.numpy(), {"tokens": tokens, "label": best_class(maps), "file": "network.onnx"}


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
    both = keras.Model(model.input, [model.get_layer(layer).output, model.output])
    activation, maps = keras_maps(both, images[:1])
    model.save(os.path.join(folder, "network.keras"))
    return images, activation.transpose(2, 0, 1), {"tokens": False, "label": best_class(maps), "file": "network.keras", "layer": layer}


def calibrate_keras(model, images):
    import keras

    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum


def keras_maps(both, images):
    import tensorflow as tf

    with tf.GradientTape(persistent=True) as tape:
        activation, scores = both(images)
        each = [scores[0, c] for c in range(CANDIDATES)]
    weights = [tf.reduce_mean(tape.gradient(score, activation)[0], (0, 1)) for score in each]
    return activation[0].numpy(), [tf.reduce_sum(activation[0] * w, -1).numpy() for w in weights]


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
