"""torch-cam, as its README calls it; every size of batch is its default."""

import importlib.metadata
from functools import partial

import torch

# It asks for its version, which a snapshot that is not installed does not have.
version_of = importlib.metadata.version
importlib.metadata.version = lambda name: "0" if name == "torchcam" else version_of(name)

from torchcam.methods import GradCAM, ScoreCAM
from torchcam.metrics import DeletionInsertionMetric


def prepare(method, network, settings):
    if method == "deletion-insertion":
        return metric(network, settings)
    if method == "score-cam":
        extractor, grad = ScoreCAM(network.model, target_layer=network.layer), False
    else:
        extractor, grad = GradCAM(network.model, target_layer=network.layer, reshape_transform=network.reshape), True

    def run(images):
        with torch.set_grad_enabled(grad):
            scores = network.model(images)
        return extractor(network.label, scores)[0].numpy()

    return run


def metric(network, settings):
    """Both areas of the extractor's Grad-CAM, which the metric computes itself: [2]."""
    extractor = GradCAM(network.model, target_layer=network.layer, reshape_transform=network.reshape)
    measured = DeletionInsertionMetric(extractor, partial(torch.softmax, dim=-1), steps=settings["curve"])

    def run(images):
        measured.reset()
        measured.update(images, network.label)
        summary = measured.summary()
        return [summary["deletion_auc"], summary["insertion_auc"]]

    return run
