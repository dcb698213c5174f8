"""The examples of docs/models/keras.md, with a small network of random weights."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from PIL import Image
from page import Page, close, compare, draw_photo, explain, probabilities

page = Page("keras.md")
draw_photo()
keras.utils.set_random_seed(1)
layers = keras.layers
model = keras.Sequential([
    layers.Input((64, 64, 3)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(16, 3, strides=2, padding="same"),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="last"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(5, kernel_initializer=keras.initializers.RandomNormal(stddev=1.5)),
    layers.Softmax(),
])
scope = {"model": model}
images = np.random.default_rng(1).uniform(0, 255, (1, 64, 64, 3)).astype(np.float32)


def check(file):
    """Fovea's answer for an array is that of Keras."""
    scores = np.log(model.predict(images, verbose=0)[0].astype(np.float64))
    compare(file, images, scores)


page.python("The file itself", scope)
assert "last" in page.shell("The file itself")
check("pets.keras")
page.python("Through ONNX", scope)
check("pets.onnx")
page.shell("Through ONNX")
check("converted.onnx")

with open("breeds.txt", "w") as file:
    file.write("cat\ndog\nfox\nhen\nowl\n")
page.shell("Say how photos are prepared")
page.shell("Explain")
result = explain("pets.keras", "photo.jpg", "--out", "map.png")
assert result["top"][0]["label"] in {"cat", "dog", "fox", "hen", "owl"}
photo = Image.open("photo.jpg").convert("RGB").resize((64, 64), Image.Resampling.BILINEAR)
expected = model.predict(np.asarray(photo, dtype=np.float32)[None], verbose=0)[0]
close("the photo", probabilities(result), expected, 0.03)
page.close()
