"""Quantus, as its documentation calls it: pixel flipping, which is deletion."""

import numpy as np

# NumPy 2.4 calls it so; Quantus asks for the older name.
np.trapz = getattr(np, "trapz", None) or np.trapezoid

import quantus

TAKES_TENSORS = False


def prepare(_method, network, settings):
    # It counts each colour of a pixel, and takes maps of the images' size.
    size = network.images[0].size
    flip = quantus.PixelFlipping(
        features_in_step=size // settings["curve"],
        perturb_baseline=0.0,
        return_auc_per_sample=True,
        abs=False,
        normalise=False,
        disable_warnings=True,
        display_progressbar=False,
    )
    made = {}

    def run(images):
        if len(images) not in made:
            made[len(images)] = grad_cam(network, images)
        labels = np.full(len(images), network.label)
        areas = flip(model=network.model, x_batch=images, y_batch=labels, a_batch=made[len(images)], device="cpu", softmax=True)
        # Its curve has a step behind each other, 1 wide.
        return np.asarray(areas) / (settings["curve"] - 1)

    return run


def grad_cam(network, images):
    """Made before, once: [N, 3, H, W], the same for each colour."""
    import torch
    from captum.attr import LayerAttribution, LayerGradCam

    maps = LayerGradCam(network.model, network.layer).attribute(torch.from_numpy(images), target=network.label, relu_attributions=True)
    return np.repeat(LayerAttribution.interpolate(maps, images.shape[2:], "bilinear").detach().numpy(), images.shape[1], axis=1)
