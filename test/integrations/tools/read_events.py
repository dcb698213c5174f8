"""Prints as JSON what TensorBoard reads of a run's folder: python read_events.py RUN"""

import io
import json
import sys

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"images": 0})
events.Reload()
tags = events.Tags()


def picture(event):
    """A logged picture as numbers."""
    image = Image.open(io.BytesIO(event.encoded_image_string)).convert("RGB")
    return {"step": event.step, "width": image.width, "height": image.height, "pixels": list(image.tobytes())}


print(json.dumps({
    "images": {tag: [picture(event) for event in events.Images(tag)] for tag in tags["images"]},
    "scalars": {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]},
}))
