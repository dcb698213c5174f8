"""The examples of docs/models/hugging-face.md, with a small vision transformer of random weights."""

import shutil

import torch
from PIL import Image
from page import Page, close, compare, draw_photo, explain, probabilities, softmax
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

page = Page("hugging-face.md")
draw_photo()
torch.manual_seed(1)
names = dict(enumerate(["cat", "dog", "fox", "hen", "owl"]))
config = ViTConfig(
    hidden_size=64, num_hidden_layers=3, num_attention_heads=4, intermediate_size=128, image_size=64, patch_size=8,
    id2label=names, label2id={name: index for index, name in names.items()},
)
drawn = ViTForImageClassification(config).eval()
with torch.no_grad():
    drawn.classifier.weight *= 30
drawn.save_pretrained("vit")
ViTImageProcessor(size={"height": 64, "width": 64}).save_pretrained("vit")

images = torch.randn(1, 3, 64, 64)
photo = ViTImageProcessor.from_pretrained("vit")(Image.open("photo.jpg"), return_tensors="pt")["pixel_values"]
with torch.no_grad():
    scores = drawn(images).logits[0].numpy()
    expected = softmax(drawn(photo).logits[0].numpy())


def check(file):
    """Fovea answers as the model does: for an array, and for a photo as its own processor prepares it."""
    compare(file, images, scores)
    result = explain(file, "photo.jpg", "--out", "map.png")
    close(f"{file}, the photo", probabilities(result), expected, 0.03)
    assert result["top"][0]["label"] == names[int(expected.argmax())]
    assert not any("assumed" in note for note in result.get("notes", [])), result["notes"]


if shutil.which("optimum-cli"):
    page.shell("With optimum")
    check("exported/model.onnx")
    shutil.rmtree("exported")
else:
    page.leave("With optimum", "optimum is not installed")
page.python("With PyTorch alone", {})
check("exported/model.onnx")
page.shell("Explain")
page.close()
