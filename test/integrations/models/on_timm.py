"""The examples of docs/models/timm.md, with a small network of random weights in the place of trained ones."""

import functools

import timm
import torch
from page import Page, close, compare, draw_photo, explain, probabilities, softmax
from PIL import Image

page = Page("timm.md")
draw_photo()
create = timm.create_model


@functools.wraps(create)
def untrained(name, pretrained=False, **options):
    """The network as it is drawn at random: there is nothing to download here."""
    torch.manual_seed(1)
    model = create(name, pretrained=False, **options).eval()
    with torch.no_grad():
        model.get_classifier().weight *= 3 / model(torch.randn(8, 3, 224, 224)).std()
    return model


timm.create_model = untrained
scope = {}
page.python("Export", scope)
model = scope["model"]
images = torch.randn(1, 3, 224, 224)
with torch.no_grad():
    compare("model.onnx", images, model(images)[0].numpy())

page.python("Take the recipe along", scope)
page.shell("Explain")
transform = timm.data.create_transform(**timm.data.resolve_model_data_config(model))
with torch.no_grad():
    expected = softmax(model(transform(Image.open("photo.jpg").convert("RGB"))[None])[0].numpy())
result = explain("model.onnx", "photo.jpg", "--out", "map.png")
close("the photo", probabilities(result), expected, 0.03)
assert "preprocessing from config.json" in result["notes"], result["notes"]
page.close()
