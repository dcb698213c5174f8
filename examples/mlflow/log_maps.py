"""Logs where a model looks to MLflow: python log_maps.py STEP MODEL PHOTO..."""

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
from PIL import Image


def log_maps(step, model, photos):
    """Logs to the active run each photo with the heat map of its predicted class, and the probability of that class."""
    with TemporaryDirectory() as folder:
        command = ["fovea", "explain", "--quiet", "--json", "--overlay", "--out", folder, "--model", model, *photos]
        answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for result in answer["results"]:
            # MLflow takes these characters in names, and no others.
            name = re.sub(r"[^\w. -]", "_", Path(result["input"]).stem, flags=re.ASCII)
            with Image.open(result["written"]) as picture:
                mlflow.log_image(picture.convert("RGB"), key=f"map/{name}", step=step)
            mlflow.log_metric(f"probability/{name}", result["classes"][0]["probability"], step=step)


if __name__ == "__main__":
    step, model, *photos = sys.argv[1:]
    with mlflow.start_run():
        mlflow.log_param("model", model)
        log_maps(int(step), model, photos)
