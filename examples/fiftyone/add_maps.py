"""Adds where a model looks to a FiftyOne dataset: python add_maps.py DATASET MODEL"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import fiftyone as fo
import numpy as np
from PIL import Image, ImageOps


def over_photo(one, size):
    """A map of Fovea as an array of the photo's size: zero where the network did not look."""
    box = one.get("box") or {"x": 0, "y": 0, "width": size[0], "height": size[1]}
    values = np.array(one["values"], dtype=np.float32).reshape(one["height"], one["width"])
    left, top = round(box["x"]), round(box["y"])
    seen = round(box["x"] + box["width"]) - left, round(box["y"] + box["height"]) - top
    sheet = Image.new("F", size)
    sheet.paste(Image.fromarray(values).resize(seen, Image.Resampling.BILINEAR), (left, top))
    return np.asarray(sheet)


def add_maps(samples, model):
    """Gives each sample its predicted class (`prediction`) and the heat map of that class (`heatmap`)."""
    samples = {sample.filepath: sample for sample in samples}
    with TemporaryDirectory() as folder:
        command = ["fovea", "explain", "--quiet", "--json", "--raw", "--out", folder, "--model", model, *samples]
        answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for result in answer["results"]:
            sample, best = samples[result["input"]], result["classes"][0]
            numbers = next(file for file in result["written"] if file.endswith(".json"))
            one = json.loads(Path(numbers).read_text())["maps"][0]
            with Image.open(sample.filepath) as photo:
                heat = over_photo(one, ImageOps.exif_transpose(photo).size)
            sample["prediction"] = fo.Classification(label=best.get("label", str(best["class"])), confidence=best["probability"])
            sample["heatmap"] = fo.Heatmap(map=heat, range=[0, best["peak"]])
            sample.save()


if __name__ == "__main__":
    add_maps(fo.load_dataset(sys.argv[1]), sys.argv[2])
