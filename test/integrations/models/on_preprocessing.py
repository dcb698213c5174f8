"""The examples of docs/models/preprocessing.md, and what it says of files that need nothing from their user."""

import subprocess

import numpy as np
import torch
from onnxruntime import InferenceSession
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
from page import Page, close, compare, draw_photo, explain, probabilities, softmax
from PIL import Image

page = Page("preprocessing.md")
draw_photo()
torch.manual_seed(1)
model = torch.nn.Sequential(
    torch.nn.Conv2d(3, 16, 3, stride=2, padding=1),
    torch.nn.ReLU(),
    torch.nn.Conv2d(16, 32, 3, stride=2, padding=1),
    torch.nn.ReLU(),
    torch.nn.AdaptiveAvgPool2d(1),
    torch.nn.Flatten(),
    torch.nn.Linear(32, 5),
).eval()
example = torch.rand(1, 3, 64, 64)
with torch.no_grad():
    model[-1].weight *= 40
    scores = model(example)[0].numpy()


def export(network, file, images=example, **options):
    """Writes a network by the older exporter, which is quick."""
    torch.onnx.export(network, (images,), file, **{"dynamo": False, "opset_version": 18, **options})


export(model, "model.onnx")
with open("names.txt", "w") as names:
    names.write("cat\ndog\nfox\nhen\nowl\n")
page.shell("Say it once")
page.shell("Check it")
page.python("Check it", {"example": example})
page.shell("Check it")
pixels = Image.open("photo.jpg").resize((64, 64), Image.Resampling.BILINEAR)
with torch.no_grad():
    expected = softmax(model(torch.tensor(np.asarray(pixels) / 255).float().permute(2, 0, 1)[None])[0].numpy())
result = explain("model.onnx", "photo.jpg", "--out", "map.png")
close("the photo", probabilities(result), expected, 0.03)
wrong = probabilities(explain("model.onnx", "photo.jpg", "--preprocess", "bytes", "--out", "wrong.png"))
assert wrong.max() > 0.99 > expected.max(), "expected a wrong scale to give one class nearly 100 %"


class ChannelsLast(torch.nn.Sequential):
    """A network for pictures [N, H, W, 3]."""

    def forward(self, images):
        return super().forward(images.permute(0, 3, 1, 2))


export(ChannelsLast(*model).eval(), "last.onnx", example.permute(0, 2, 3, 1))
compare("last.onnx", example.permute(0, 2, 3, 1), scores)
export(torch.nn.Sequential(*model, torch.nn.Softmax(1)).eval(), "softmax.onnx")
compare("softmax.onnx", example, scores)
export(model, "four.onnx", example.expand(4, 3, 64, 64))
compare("four.onnx", example, scores)
export(model, "opset11.onnx", opset_version=11)
compare("opset11.onnx", example, scores)


class Samples(CalibrationDataReader):
    """A few random pictures, for the ranges of the values."""

    def __init__(self):
        self.left = [{"images": np.random.default_rng(i).random((1, 3, 64, 64), dtype=np.float32)} for i in range(8)]

    def get_next(self):
        return self.left.pop() if self.left else None


export(model, "named.onnx", input_names=["images"])
for format, file in (QuantFormat.QDQ, "qdq.onnx"), (QuantFormat.QOperator, "whole.onnx"):
    quantize_static("named.onnx", file, Samples(), quant_format=format)
    method = () if format == QuantFormat.QDQ else ("--method", "ablation-cam")
    found = probabilities(explain(file, "input.npy", "--raw", "--out", "q.npy", *method))
    session = InferenceSession(file)
    close(file, found, softmax(session.run(None, {"images": example.numpy()})[0][0]), 1e-4)
    # By how much eight bits miss the network depends on the processor, too.
    close(f"{file} and its network", found, softmax(scores), 0.2)

# What is no network is named, with what to do.
torch.save(model.state_dict(), "weights.pt")
torch.jit.trace(model, example).save("script.pt")
for file in "weights.pt", "script.pt":
    done = subprocess.run(["fovea", "inspect", file], capture_output=True, text=True)
    assert done.returncode == 2 and "torch.onnx.export" in done.stderr, done.stderr
page.close()
