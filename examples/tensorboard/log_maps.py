"""Logs where a model looks to TensorBoard: python log_maps.py RUN STEP MODEL PHOTO..."""

import json
import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter  # without PyTorch: from tensorboardX import SummaryWriter


def log_maps(writer, step, model, photos):
    """Logs each photo with the heat map of its predicted class, and the probability of that class."""
    with TemporaryDirectory() as folder:
        command = ["fovea", "explain", "--quiet", "--json", "--overlay", "--out", folder, "--model", model, *photos]
        answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for result in answer["results"]:
            picture = np.asarray(Image.open(result["written"]).convert("RGB"))
            writer.add_image(f"map/{result['input']}", picture, step, dataformats="HWC")
            writer.add_scalar(f"probability/{result['input']}", result["classes"][0]["probability"], step)


if __name__ == "__main__":
    run, step, model, *photos = sys.argv[1:]
    with SummaryWriter(run) as writer:
        log_maps(writer, int(step), model, photos)
