"""Embeddings as PyTorch has them: principal components of their places, and Grad-CAM and HiResCAM of the cosine with another image.

Run with Python 3.11, torch 2.13, torchvision 0.28, transformers 5.18, timm and numpy:
    python test/reference/embeddings.py FOLDER
It writes for each network NAME.onnx (random weights) and NAME.json, which `npm run bench -- embeddings --folder FOLDER` compares.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def images(size):
    """Two smooth pictures of noise, so that neighbouring places are alike."""
    generator = torch.Generator().manual_seed(1)
    coarse = torch.randn(2, 3, 9, 9, generator=generator)
    return nn.functional.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=False)


def lively(model):
    """Weights as large as those of trained networks: of smaller ones all images have one vector."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, 0, 1.5 / parameter[0].numel() ** 0.5)
    return model.eval()


class Dino(nn.Module):
    """A backbone of transformers with its usual two outputs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        result = self.model(pixel_values)
        return result.last_hidden_state, result.pooler_output


class Normalised(nn.Module):
    """A convolutional backbone, as face recognition and retrieval use it: a vector of length 1."""

    def __init__(self, features, length):
        super().__init__()
        self.features = features
        self.project = nn.Linear(length, 128)

    def forward(self, pixel_values):
        maps = self.features(pixel_values)
        vector = self.project(maps.mean((2, 3)))
        return nn.functional.normalize(vector, dim=1)


def components(rows):
    """[P, C] to [3, P] and shares: the right singular vectors of the centred rows, their largest number positive."""
    rows = rows.double().numpy()
    centred = rows - rows.mean(0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    directions = directions[:3]
    signs = np.sign(directions[np.arange(3), np.abs(directions).argmax(1)])
    return (centred @ (directions * signs[:, None]).T).T, (singular**2 / (singular**2).sum())[:3]


def similarity_maps(forward, layer, both, planes):
    """Raw maps of the cosine of both images' vectors, for the first of them, at a module's output."""
    kept = {}

    def keep(_, __, output):
        value = output[0] if isinstance(output, tuple) else output
        if value.requires_grad:
            value.retain_grad()
            kept["value"] = value

    with torch.no_grad():
        reference = forward(both[1:])
    handle = layer.register_forward_hook(keep)
    cosine = nn.functional.cosine_similarity(forward(both[:1]).flatten(1), reference.flatten(1)).sum()
    cosine.backward()
    handle.remove()
    value = kept["value"]
    activation, gradient = planes(value.detach()), planes(value.grad)
    weights = gradient.mean((2, 3), keepdim=True)
    return {
        "cosine": cosine.item(),
        "grad-cam": torch.relu((weights * activation).sum(1)).flatten().tolist(),
        "hires-cam": torch.relu((gradient * activation).sum(1)).flatten().tolist(),
    }


def write(name, model, both, rows, forward, layer, planes, outputs):
    size = both.shape[-1]
    with torch.no_grad():
        values, shares = components(rows(model(both[:1])))
    maps = similarity_maps(forward, layer, both, planes)
    torch.onnx.export(
        model, (both[:1],), folder / f"{name}.onnx", input_names=["pixel_values"], output_names=outputs,
        dynamic_axes={each: {0: "N"} for each in ["pixel_values", *outputs]}, opset_version=18, dynamo=False,
    )  # fmt: skip
    both.numpy().tofile(folder / f"{name}.images.f32")
    expected = {"size": size, "components": values.flatten().tolist(), "shares": shares.tolist(), **maps}
    (folder / f"{name}.json").write_text(json.dumps(expected))
    print(f"{name}: cosine {maps['cosine']:.4f}, shares {np.round(shares, 3)}", flush=True)


def of_transformer(name, model, size, skip, layer):
    both = images(size)
    side = size // model.config.patch_size
    embeddings = model.embeddings
    if hasattr(embeddings, "interpolate_pos_encoding"):
        # At this size nothing is interpolated, and the exporter cannot write the operator.
        embeddings.interpolate_pos_encoding = lambda *_: embeddings.position_embeddings
    wrapped = Dino(lively(model))
    write(
        name, wrapped, both,
        rows=lambda result: result[0][0, skip:],
        forward=lambda image: wrapped(image)[1],
        layer=layer(model),
        planes=lambda tokens: tokens[:, skip:].transpose(1, 2).unflatten(2, (side, side)),
        outputs=["last_hidden_state", "pooler_output"],
    )  # fmt: skip


def of_convolutions(name, features, length, size=224):
    model = lively(Normalised(features, length))
    kept = {}
    model.features.register_forward_hook(lambda _, __, output: kept.update(maps=output.detach()))
    write(
        name, model, images(size),
        rows=lambda _: kept["maps"][0].flatten(1).T,
        forward=model,
        layer=model.features,
        planes=lambda maps: maps,
        outputs=["embedding"],
    )  # fmt: skip


def main():
    import timm
    import torchvision
    from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, ViTConfig, ViTModel

    small = {"hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 6}
    last_norm = lambda model: model.encoder.layer[-1].norm1
    of_transformer("dinov2-small", Dinov2Model(Dinov2Config(**small, image_size=224, patch_size=14)), 224, 1, last_norm)
    registers = Dinov2WithRegistersConfig(**small, image_size=224, patch_size=14, num_register_tokens=4)
    of_transformer("dinov2-registers", Dinov2WithRegistersModel(registers), 224, 5, last_norm)
    base = ViTConfig(hidden_size=384, num_hidden_layers=12, num_attention_heads=6, intermediate_size=1536, patch_size=16)
    of_transformer("dino-vits16", ViTModel(base), 224, 1, lambda model: vit_blocks(model)[-1].layernorm_before)
    resnet = torchvision.models.resnet50()
    of_convolutions("resnet50-face", nn.Sequential(*list(resnet.children())[:-2]), 2048)
    convnext = timm.create_model("convnext_tiny", pretrained=False, num_classes=0, global_pool="")
    of_convolutions("convnext-retrieval", convnext, 768)


def vit_blocks(model):
    encoder = getattr(model, "encoder", model)
    return getattr(encoder, "layer", None) or model.layers


main()
