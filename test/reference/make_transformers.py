"""Small transformers with seeded random weights, exported as users export them, and PyTorch's gradients at the expected layer.

    python3 -m venv env && env/bin/pip install torch==2.13.0 torchvision==0.28.0 timm==1.0.29 transformers==5.18.0 onnx==1.23.1 onnxscript==0.7.2
    env/bin/python test/reference/make_transformers.py test/fixtures/cases/transformers

Writes NAME.onnx, and cases.json: for each the value that `auto` should take, its grid, the explained class, the scores, and the
evidence of Grad-CAM (mean gradient) and HiResCAM (gradient) there, in float32. The input is sin(0.37 i) in [1, 3, H, W].
"""

import json
import sys
import warnings

import numpy as np
import timm
import torch
import transformers
from torchvision.models.vision_transformer import VisionTransformer

warnings.filterwarnings("ignore")
folder = sys.argv[1]
tiny = dict(num_classes=5, depth=2, num_heads=2, embed_dim=24)


class Logits(torch.nn.Module):
    """A model of transformers that returns its scores alone."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).logits


def hugging_face():
    settings = transformers.ViTConfig(
        image_size=(32, 56), patch_size=8, hidden_size=24, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=48, num_labels=5,
    )
    return Logits(transformers.ViTForImageClassification(settings))


def patches(name, **settings):
    return lambda: timm.create_model(name, patch_size=8, **{**tiny, **settings})


levit = dict(embed_dim=(16, 24, 32), key_dim=8, num_heads=(2, 3, 4), depth=(1, 1, 1), num_classes=5)
twins = dict(embed_dims=(4, 8, 16, 32), num_heads=(1, 2, 4, 8), depths=(2, 1, 1, 1), num_classes=5)
swin = dict(patch_size=4, window_size=7, embed_dim=8, depths=(2, 2), num_heads=(1, 2), num_classes=5)

# name, model, height and width, the module that makes the layer, grid, tokens before it, how it is exported
cases = [
    ("vit", patches("vit_tiny_patch16_224", img_size=(32, 56)), (32, 56), "blocks.1.norm1", (4, 7), 1, "static"),
    ("vit-open", patches("vit_tiny_patch16_224", img_size=(32, 56)), (32, 56), "blocks.1.norm1", (4, 7), 1, "open"),
    ("registers", patches("vit_tiny_patch16_224", img_size=(32, 56), reg_tokens=4), (32, 56), "blocks.1.norm1", (4, 7), 5, "static"),
    ("distilled", patches("deit_tiny_distilled_patch16_224", img_size=(32, 56)), (32, 56), "blocks.1.norm1", (4, 7), 2, "static"),
    ("cait", patches("cait_xxs24_224", img_size=(32, 56)), (32, 56), "blocks_token_only.1.norm1", (4, 7), 1, "static"),
    ("torchvision", lambda: VisionTransformer(48, 8, 2, 2, 24, 48, num_classes=5), (48, 48), "encoder.layers.encoder_layer_1.ln_1", (6, 6), 1, "static"),
    ("hugging-face", hugging_face, (32, 56), "model.vit.layers.1.layernorm_before", (4, 7), 1, "open"),
    ("levit", lambda: timm.create_model("levit_128s", img_size=112, **levit), (112, 112), "stages.2", (2, 2), 0, "static"),
    ("twins", lambda: timm.create_model("twins_svt_small", img_size=64, **twins), (64, 64), "norm", (2, 2), 0, "static"),
    ("swin-padded", lambda: timm.create_model("swin_tiny_patch4_window7_224", img_size=(56, 64), **swin), (56, 64), "norm", (7, 8), 0, "static"),
]


def disturb(model):
    """Random values where weights begin as zeros, ones or nearly so."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim <= 1 or "token" in name or "pos" in name or not weight.any():
                weight.add_(torch.randn_like(weight) * 0.2)


def gold(model, x, module, grid, skip):
    kept = []
    model.get_submodule(module).register_forward_hook(lambda _, __, output: kept.append(output))
    scores = model(x)
    index = int(scores[0].argmax())
    (gradient,) = torch.autograd.grad(scores[0, index], kept[-1])
    count = grid[0] * grid[1]
    a, g = (each[0].reshape(-1, each.shape[-1])[skip : skip + count].detach() for each in (kept[-1], gradient))
    numbers = lambda values: [float(np.float32(value)) for value in values.flatten()]
    return {
        "class": index,
        "scores": numbers(scores[0].detach()),
        "grad-cam": numbers(a @ g.mean(0)),
        "hires-cam": numbers((a * g).sum(1)),
    }


def main():
    result = {}
    for name, make, size, module, grid, skip, kind in cases:
        torch.manual_seed(1)
        model = make().eval()
        disturb(model)
        count = 3 * size[0] * size[1]
        x = torch.tensor(np.sin(0.37 * np.arange(count)), dtype=torch.float32).reshape(1, 3, *size)
        axes = {} if kind == "static" else {"dynamic_axes": {"x": {0: "batch", 2: "height", 3: "width"}, "y": {0: "batch"}}}
        torch.onnx.export(
            model, x, f"{folder}/{name}.onnx", input_names=["x"], output_names=["y"], dynamo=False, opset_version=17, **axes
        )
        layer = {"module": module, "grid": grid, "skip": skip, "size": size, "export": kind}
        result[name] = {**layer, **gold(model, x, module, grid, skip)}
    with open(f"{folder}/cases.json", "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


main()
