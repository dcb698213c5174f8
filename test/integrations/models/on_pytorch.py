"""The examples of docs/models/pytorch.md, with a ResNet-18 of torchvision and random weights."""

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2 as transforms
from page import Page, close, compare, draw_photo, explain, probabilities, softmax

page = Page("pytorch.md")
draw_photo()
torch.manual_seed(1)
model = torchvision.models.resnet18(num_classes=5)
with torch.no_grad():
    model.fc.weight *= 20
scope = {"model": model, "names": ["cat", "dog", "fox", "hen", "owl"]}

page.python("Export", scope)
page.shell("Export")
images = torch.randn(2, 3, 224, 224)
with torch.no_grad():
    scores = model(images).numpy()
compare("model.onnx", images[:1], scores[0])

page.python("Say how photos are prepared", scope)
page.shell("Explain")
# torchvision's own recipe for the photo, which the page describes in fovea.json.
recipe = transforms.Compose([
    transforms.ToImage(),
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToDtype(torch.float32, scale=True),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])
with torch.no_grad():
    expected = softmax(model(recipe(Image.open("photo.jpg"))[None])[0].numpy())
result = explain("model.onnx", "photo.jpg", "--out", "map.png")
close("the photo", probabilities(result), expected, 0.03)
assert result["top"][0]["label"] == scope["names"][int(np.argmax(expected))]
assert not any("assumed" in note for note in result.get("notes", [])), result["notes"]

page.python("The older exporter", scope)
compare("legacy.onnx", images[1:], scores[1])
page.python("One file instead of two", scope)
compare("whole.onnx", images[:1], scores[0])
page.python("Half precision", scope)
compare_half = explain("half.onnx", "photo.jpg", "--out", "half.png")
close("half.onnx", probabilities(compare_half), expected, 0.03)
page.shell("Prove it")
page.close()
