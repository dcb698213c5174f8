"""pytorch-grad-cam, as its README calls it. Its map is scaled to the picture and stretched: the raw one is what `get_cam_image` gives it."""

import sys
import types

# Asked for when it is imported, and used for smoothing over augmentations alone.
sys.modules.setdefault("ttach", types.SimpleNamespace(Compose=lambda *_: None, HorizontalFlip=lambda: None, Multiply=lambda **_: None))

import numpy as np
import pytorch_grad_cam
from pytorch_grad_cam.ablation_layer import AblationLayer, AblationLayerVit
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from tool import Unsupported

FRAMEWORK, AFTER_RELU = "torch", []
CLASSES = {
    "grad-cam": pytorch_grad_cam.GradCAM,
    "grad-cam++": pytorch_grad_cam.GradCAMPlusPlus,
    "xgrad-cam": pytorch_grad_cam.XGradCAM,
    "hires-cam": pytorch_grad_cam.HiResCAM,
    "grad-cam-elementwise": pytorch_grad_cam.GradCAMElementWise,
    "layer-cam": pytorch_grad_cam.LayerCAM,
    "eigen-cam": pytorch_grad_cam.EigenCAM,
    "eigen-cam-centred": pytorch_grad_cam.EigenCAM,
    "score-cam": pytorch_grad_cam.ScoreCAM,
    "ablation-cam": pytorch_grad_cam.AblationCAM,
}
METHODS = {**{name: each.__name__ for name, each in CLASSES.items()}, "guided-backprop": "GuidedBackpropReLUModel"}


def values(subject, method):
    if method == "guided-backprop":
        of = lambda image, label: pytorch_grad_cam.GuidedBackpropReLUModel(subject.network, "cpu")(image, label).transpose(2, 0, 1)
        return np.stack([of(image.clone(), label) for image, label in subject.images()])

    class Raw(CLASSES[method]):
        def get_cam_image(self, *arguments, **keywords):
            self.raw = super().get_cam_image(*arguments, **keywords)
            return self.raw

    how = {}
    if method == "ablation-cam":
        if subject.case.layout == "NHWC":
            raise Unsupported("its ablation layers are for [N, C, H, W] and for tokens")
        how["ablation_layer"] = AblationLayerVit() if subject.case.layout == "NTC" else AblationLayer()
    cam = Raw(model=subject.network, target_layers=[subject.layer], reshape_transform=subject.reshape(), **how)
    cam(input_tensor=subject.input, targets=[ClassifierOutputTarget(label) for label in subject.classes])
    return cam.raw
