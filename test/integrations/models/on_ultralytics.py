"""The examples of docs/models/ultralytics.md, with a small detector that has the output of YOLOv8: its boxes are decoded here as well."""

import json
import shutil
import sys

import numpy as np
import onnxruntime
from page import Page, run
from PIL import Image

page = Page("ultralytics.md")
shutil.copy(f"{sys.argv[1]}/scenes-detect.onnx", "best.onnx")
run(["fovea", "data", "scenes", "--count", "1", "--out", "scenes"])
shutil.copy("scenes/scene-0000.png", "street.png")


def overlap(a, b):
    """Intersection over union of boxes as left, top, right, bottom."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def decode(photo, conf=0.25, iou=0.45):
    """Class, score and box of each object, the surest first, after the selection among boxes of one class."""
    session = onnxruntime.InferenceSession("best.onnx")
    array = np.asarray(photo.convert("RGB"), dtype=np.float32).transpose(2, 0, 1)[None] / 255
    rows = session.run(None, {session.get_inputs()[0].name: array})[0][0].T
    found = []
    for row in sorted(rows, key=lambda row: -row[4:].max()):
        x, y, width, height = row[:4]
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        one = (int(row[4:].argmax()), float(row[4:].max()), box)
        if one[1] > conf and all(one[0] != other[0] or overlap(box, other[2]) <= iou for other in found):
            found.append(one)
    return found


page.shell("Explain")
answer = json.loads(run(["fovea", "explain", "best.onnx", "street.png", "--json", "--out", "again"]))
boxes, expected = answer["results"][0]["boxes"], decode(Image.open("street.png"))
assert len(boxes) == len(expected) >= 3, (len(boxes), len(expected))
for found, (index, score, (left, top, right, bottom)) in zip(boxes, expected):
    assert found["class"] == index
    assert abs(found["score"] - score) < 1e-4, (found["score"], score)
    sides = found["box"]
    clipped = [max(left, 0), max(top, 0), min(right, 128), min(bottom, 128)]
    got = [sides["x"], sides["y"], sides["x"] + sides["width"], sides["y"] + sides["height"]]
    assert max(abs(a - b) for a, b in zip(got, clipped)) < 0.01, (got, clipped)
print(f"agrees: best.onnx: {len(boxes)} boxes")
page.shell("One box, one class")
page.close()
