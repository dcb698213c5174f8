"""tf-keras-vis, as its documentation calls it, with neither normalisation nor enlargement. Its maps are behind a ReLU."""

import importlib.metadata

# It asks for its version, which a snapshot that is not installed does not have.
version_of = importlib.metadata.version
importlib.metadata.version = lambda name: "0" if name == "tf-keras-vis" else version_of(name)

import numpy as np
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
from tf_keras_vis.layercam import Layercam
from tf_keras_vis.saliency import Saliency
from tf_keras_vis.scorecam import Scorecam
from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
from tf_keras_vis.utils.scores import CategoricalScore

FRAMEWORK = "keras"
CLASSES = {"grad-cam": Gradcam, "grad-cam++": GradcamPlusPlus, "layer-cam": Layercam, "score-cam": Scorecam}
METHODS = {**{name: each.__name__ for name, each in CLASSES.items()}, "gradient": "Saliency(gradient_modifier=None)"}
AFTER_RELU = list(CLASSES)


def values(subject, method):
    # Its documentation says so for a network that ends in a softmax.
    modifier = ReplaceToLinear() if subject.case.end else None
    score = CategoricalScore(subject.classes)
    if method == "gradient":
        saliency = Saliency(subject.network, model_modifier=modifier, clone=True)
        found = saliency(score, subject.input, gradient_modifier=None, keepdims=True, normalize_map=False)
        return np.asarray(found).transpose(0, 3, 1, 2)
    cam = CLASSES[method](subject.network, model_modifier=modifier, clone=True)
    # Else it goes back from an activation to the convolution before it.
    where = {"penultimate_layer": subject.layer, "seek_penultimate_conv_layer": False}
    return np.asarray(cam(score, subject.input, **where, expand_cam=False, normalize_cam=False))
