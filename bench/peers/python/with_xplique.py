"""Xplique, as its documentation calls it; every size of batch is its default. A network of PyTorch goes through its wrapper."""

import sys
import types

import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(2)
tf.config.threading.set_inter_op_parallelism_threads(2)

# Asked for when it is imported, and used for a method that is not compared alone.
sys.modules.setdefault("tensorflow_probability", types.ModuleType("tensorflow_probability"))

from xplique.attributions import GradCAM, IntegratedGradients, Rise
from xplique.metrics import Deletion, Insertion

TAKES_TENSORS = False


def prepare(method, network, settings):
    of_torch = network.about["framework"] == "torch"
    if method in ("deletion", "insertion"):
        return metric(method, network, settings)
    if method == "rise":
        explain = Rise(probabilities(network, of_torch), nb_samples=settings["masks"], grid_size=7, preservation_probability=0.5)
    elif method == "integrated-gradients":
        explain = IntegratedGradients(network.model, steps=settings["steps"], reducer="sum")
    else:
        explain = GradCAM(network.model, conv_layer=network.layer)

    def run(images):
        places = images.transpose(0, 2, 3, 1) if of_torch else images
        maps = np.asarray(explain(places, one_hot(network.label, len(images))))
        return maps[..., 0] if maps.ndim == 4 else maps

    return run


def one_hot(label, count):
    return tf.one_hot([label] * count, 1000)


def probabilities(network, of_torch):
    """The network with the softmax behind it, which RISE looks at."""
    if not of_torch:
        import keras

        return keras.Sequential([network.model, keras.layers.Softmax()])
    import torch
    from xplique.wrappers import TorchWrapper

    torch.set_num_threads(2)
    return TorchWrapper(torch.nn.Sequential(network.model, torch.nn.Softmax(1)).eval(), "cpu", is_channel_first=True)


def metric(method, network, settings):
    """The area of a Grad-CAM that was made before: [1]. A metric belongs to its images; it is made once, and what that takes is not timed."""
    cam = GradCAM(network.model, conv_layer=network.layer)
    measure = Deletion if method == "deletion" else Insertion
    how = {"steps": settings["curve"], "baseline_mode": 0.0, "activation": "softmax"}
    made = {}

    def run(images):
        targets = one_hot(network.label, len(images))
        if len(images) not in made:
            made[len(images)] = (measure(network.model, images, targets, **how), np.asarray(cam(images, targets)))
        measured, maps = made[len(images)]
        return [measured.evaluate(maps)]

    return run
