"""Takes the calls of FiftyOne that the example makes, with the parameters of its documentation, and keeps what samples were given."""

import json
from pathlib import Path

import numpy as np


class Classification:
    """A class with its confidence."""

    def __init__(self, label=None, confidence=None, logits=None):
        self.label, self.confidence = label, confidence


class Heatmap:
    """A map [h, w], and what its ends stand for."""

    def __init__(self, map=None, map_path=None, range=None):
        assert map.ndim == 2 and len(range) == 2
        self.map, self.range = map, range


class Sample:
    """A photo with fields; saved as `NAME.sample.json` and `NAME.sample.npy` beside it."""

    def __init__(self, filepath):
        self.filepath, self.fields = filepath, {}

    def __setitem__(self, name, label):
        self.fields[name] = label

    def save(self):
        """Writes the fields down."""
        best, heat = self.fields["prediction"], self.fields["heatmap"]
        np.save(f"{self.filepath}.sample.npy", heat.map)
        told = {"label": best.label, "confidence": best.confidence, "range": heat.range}
        Path(f"{self.filepath}.sample.json").write_text(json.dumps(told))


def load_dataset(name):
    """A sample for each PNG file in the folder of this name."""
    return [Sample(str(file)) for file in sorted(Path(name).glob("*.png"))]
