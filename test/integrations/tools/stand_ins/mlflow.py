"""Takes the calls of MLflow that the example makes, with the parameters of MLflow's documentation, and keeps what was logged in `logged.json`."""

import contextlib
import json
import re
from pathlib import Path

logged = {"params": {}, "metrics": {}, "images": {}}


def _checked(name):
    """MLflow refuses other characters in names."""
    assert re.fullmatch(r"[\w./ -]+", name, re.ASCII), name
    return name


def log_param(key, value, synchronous=None):
    """Keeps a parameter."""
    logged["params"][_checked(key)] = value


def log_metric(key, value, step=None, synchronous=None, timestamp=None, run_id=None):
    """Keeps a number with its step."""
    logged["metrics"].setdefault(_checked(key), []).append([step, float(value)])


def log_image(image, artifact_file=None, key=None, step=None, timestamp=None, synchronous=None):
    """Writes a picture of Pillow, and keeps its file with its step."""
    assert artifact_file is None
    file = f"logged-{len(logged['images'])}.png"
    image.save(file)
    logged["images"].setdefault(_checked(key), []).append([step, file])


@contextlib.contextmanager
def start_run():
    """A run, whose end writes what was logged."""
    yield
    Path("logged.json").write_text(json.dumps(logged))
