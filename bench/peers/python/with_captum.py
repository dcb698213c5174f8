"""Captum, as its documentation calls it."""

from captum.attr import IntegratedGradients, LayerGradCam

# Steps that are computed together: all of one image. More at once would need tens of gigabytes for 8 images.
TOGETHER = 32


def prepare(method, network, settings):
    if method == "integrated-gradients":
        integrated = IntegratedGradients(network.model)
        how = {"n_steps": settings["steps"], "method": "gausslegendre", "internal_batch_size": TOGETHER}
        return lambda images: integrated.attribute(images, target=network.label, **how).detach().sum(1).numpy()
    if network.reshape is not None:
        raise ValueError("LayerGradCam takes the second axis for channels, and has no option that says how tokens lie on the picture")
    cam = LayerGradCam(network.model, network.layer)
    return lambda images: cam.attribute(images, target=network.label, relu_attributions=True)[:, 0].detach().numpy()
