"""The kit's networks in Keras, channels last: made of those in PyTorch, module by module, with the same weights."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import torch
import torch.nn as nn
from keras import layers

import networks


def array(value):
    return value.detach().numpy()


class Maker:
    """Adds Keras layers; `made` says which of them gives the value of each module of PyTorch, by its path."""

    def __init__(self):
        self.made, self.flattened = {}, None

    def add(self, layer, x, weights=()):
        y = layer(x)
        layer.set_weights(weights)
        return y

    def build(self, module, x, path=()):
        name = "_".join(path)
        if isinstance(module, (nn.Sequential, networks.Inverted)):
            x = self.sequence(module, x, path)
        elif isinstance(module, networks.Residual):
            x = self.residual(module, x, path)
        else:
            x = self.single(module, x, name)
        if hasattr(x, "_keras_history"):
            self.made[".".join(path)] = x._keras_history.operation.name
        return x

    def sequence(self, module, x, path):
        parts = list(module.named_children())
        for i, (name, part) in enumerate(parts):
            behind = parts[i + 1][1] if i + 1 < len(parts) else None
            if isinstance(part, nn.Linear) and isinstance(behind, (nn.Softmax, nn.Sigmoid)):
                return self.linear(part, x, name, "softmax" if isinstance(behind, nn.Softmax) else "sigmoid")
            x = self.build(part, x, (*path, name))
        return x

    def residual(self, module, x, path):
        parts = [module.conv1, module.bn1, nn.ReLU(), module.conv2, module.bn2]
        y = x
        for name, part in zip(("conv1", "bn1", "relu1", "conv2", "bn2"), parts):
            y = self.build(part, y, (*path, name))
        rest = x if module.shortcut is None else self.build(module.shortcut, x, (*path, "shortcut"))
        name = "_".join(path)
        return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([y, rest]))

    def single(self, module, x, name):
        if isinstance(module, nn.Conv2d):
            return self.convolution(module, x, name)
        if isinstance(module, nn.BatchNorm2d):
            values = (module.weight, module.bias, module.running_mean, module.running_var)
            return self.add(layers.BatchNormalization(epsilon=module.eps, name=name), x, [array(value) for value in values])
        if isinstance(module, nn.Linear):
            return self.linear(module, x, name)
        if isinstance(module, nn.Flatten):
            if len(x.shape) == 2:
                return x
            self.flattened = x.shape[1:]
            return layers.Flatten(name=name)(x)
        make = {
            nn.Identity: lambda: lambda value: value,
            nn.ReLU: lambda: layers.ReLU(name=name),
            nn.ReLU6: lambda: layers.ReLU(6, name=name),
            nn.ELU: lambda: layers.ELU(name=name),
            nn.MaxPool2d: lambda: layers.MaxPooling2D(module.kernel_size, name=name),
            nn.AdaptiveAvgPool2d: lambda: layers.GlobalAveragePooling2D(name=name),
        }
        return make[type(module)]()(x)

    def convolution(self, module, x, name):
        if any(module.padding):
            x = layers.ZeroPadding2D(module.padding, name=f"{name}_pad")(x)
        weights = array(module.weight).transpose(2, 3, 1, 0)
        how = {"strides": module.stride, "use_bias": module.bias is not None, "name": name}
        if module.groups > 1:
            layer, weights = layers.DepthwiseConv2D(module.kernel_size, **how), weights.transpose(0, 1, 3, 2)
        else:
            layer = layers.Conv2D(module.out_channels, module.kernel_size, dilation_rate=module.dilation, **how)
        return self.add(layer, x, [weights] if module.bias is None else [weights, array(module.bias)])

    def linear(self, module, x, name, activation=None):
        weights = array(module.weight).T
        if self.flattened:
            # Places come before channels here.
            rows, columns, channels = self.flattened
            weights = weights.reshape(channels, rows, columns, -1).transpose(1, 2, 0, 3).reshape(weights.shape)
            self.flattened = None
        return self.add(layers.Dense(module.out_features, activation, name=name), x, [weights, array(module.bias)])


def save(case, network, images, path):
    """Writes the network, checks its output, and says where the layer is."""
    maker = Maker()
    x = keras.Input((*images.shape[2:], images.shape[1]), name="input")
    model = keras.Model(x, maker.build(network, x))
    found, expected = model(images.transpose(0, 2, 3, 1)).numpy(), network(torch.from_numpy(images)).detach().numpy()
    if np.abs(found - expected).max() > 1e-5 * np.abs(expected).max():
        raise ValueError("Keras has other scores than PyTorch")
    model.save(path)
    return {"file": "model.keras", "layer": maker.made[case.layer]}
