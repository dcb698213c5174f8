"""pytorch-grad-cam, as its README calls it; every size of batch is its default."""

import sys
import types

# Asked for when it is imported, and used for smoothing over augmentations alone.
sys.modules.setdefault("ttach", types.SimpleNamespace(Compose=lambda *_: None, HorizontalFlip=lambda: None, Multiply=lambda **_: None))

import pytorch_grad_cam
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

CLASSES = {
    "grad-cam": pytorch_grad_cam.GradCAM,
    "score-cam": pytorch_grad_cam.ScoreCAM,
    "ablation-cam": pytorch_grad_cam.AblationCAM,
}


def prepare(method, network, _settings):
    cam = CLASSES[method](model=network.model, target_layers=[network.layer], reshape_transform=network.reshape)
    target = ClassifierOutputTarget(network.label)
    return lambda images: cam(input_tensor=images, targets=[target] * len(images))
