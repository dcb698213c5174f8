"""tf-keras-vis, as its documentation calls it; every size of batch is its default."""

import importlib.metadata

# It asks for its version, which a snapshot that is not installed does not have.
version_of = importlib.metadata.version
importlib.metadata.version = lambda name: "0" if name == "tf-keras-vis" else version_of(name)

from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.scorecam import Scorecam
from tf_keras_vis.utils.scores import CategoricalScore


def prepare(method, network, _settings):
    explain = (Scorecam if method == "score-cam" else Gradcam)(network.model, clone=False)
    # Else it goes back from an activation to the convolution before it.
    where = {"penultimate_layer": network.layer, "seek_penultimate_conv_layer": False}
    return lambda images: explain(CategoricalScore([network.label] * len(images)), images, **where)
