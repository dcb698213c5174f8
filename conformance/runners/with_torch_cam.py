"""torch-cam, as its README calls it, with `normalized=False`. What it gives is behind a ReLU, but for CAM."""

import importlib.metadata

import torch

# It asks for its version, which a snapshot that is not installed does not have.
version_of = importlib.metadata.version
importlib.metadata.version = lambda name: "0" if name == "torchcam" else version_of(name)

from torchcam import methods

FRAMEWORK = "torch"
CLASSES = {
    "cam": methods.CAM,
    "grad-cam": methods.GradCAM,
    "grad-cam++": methods.GradCAMpp,
    "xgrad-cam": methods.XGradCAM,
    "layer-cam": methods.LayerCAM,
    "score-cam": methods.ScoreCAM,
}
METHODS = {name: each.__name__ for name, each in CLASSES.items()}
AFTER_RELU = [name for name in METHODS if name != "cam"]


def values(subject, method):
    how = {"fc_layer": subject.case.torch["head"]} if method == "cam" else {}
    if subject.reshape() is not None:
        how["reshape_transform"] = subject.reshape()
    extractor = CLASSES[method](subject.network, subject.layer, input_shape=tuple(subject.input.shape[1:]), **how)
    # Methods without gradients may run the network on masked images, which takes no graph.
    with torch.set_grad_enabled(method not in ("cam", "score-cam")):
        scores = subject.network(subject.input.clone())
    classes = subject.classes if len(subject.classes) > 1 else subject.classes[0]
    return extractor(classes, scores, normalized=False)[0].detach().numpy()
