"""Runs the one file that `fovea compile model.onnx --out explained.onnx --image` writes, on photos of any size, by onnxruntime alone."""

import io
import json

import numpy as np
import onnxruntime
from PIL import Image, ImageOps


def decoded(photo):
    """The bytes of an image file as pixels [H, W, 3], upright, as Fovea reads them."""
    with Image.open(io.BytesIO(photo)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def png(heatmap):
    """A heat map from 0 to 1 as a grey PNG."""
    file = io.BytesIO()
    Image.fromarray(np.uint8(np.rint(255 * heatmap))).save(file, "PNG")
    return file.getvalue()


class Explained:
    def __init__(self, path, threads=1, providers=("CPUExecutionProvider",)):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(path, options, providers=list(providers))
        names = self.session.get_modelmeta().custom_metadata_map.get("fovea.classes")
        self.classes = json.loads(names) if names else None

    def name(self, index):
        return self.classes[index] if self.classes else str(index)

    def __call__(self, photos):
        """The predicted class and the heat map of each photo, in their order. Photos of one size share a run."""
        results = [None] * len(photos)
        for size in {photo.shape for photo in photos}:
            rows = [row for row, photo in enumerate(photos) if photo.shape == size]
            batch = np.stack([photos[row] for row in rows])
            heatmaps, classes = self.session.run(["heatmap", "heatmap_classes"], {"image": batch})
            for row, heatmap, explained in zip(rows, heatmaps, classes):
                results[row] = (self.name(int(explained[0])), heatmap[0])
        return results
