"""The examples of docs/models/tensorflow.md, with a small network of random weights."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from page import Page, close, compare, draw_photo, explain, probabilities, run, softmax

page = Page("tensorflow.md")
draw_photo()
rng = np.random.default_rng(1)


def weights(*shape, scale=0.2):
    """Random weights of a layer."""
    return tf.Variable(rng.normal(0, scale, shape).astype(np.float32))


class Net(tf.Module):
    """Two convolutions, the mean over all places, and a linear layer; no Keras."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = weights(3, 3, 3, 16), weights(3, 3, 16, 32), weights(32, 5, scale=1)

    @tf.function(input_signature=[tf.TensorSpec((None, 64, 64, 3), tf.float32, name="images")])
    def __call__(self, images):
        """Scores of images [N, 64, 64, 3] with values from 0 to 1."""
        x = tf.nn.relu(tf.nn.conv2d(images, self.first, 2, "SAME"))
        x = tf.nn.relu(tf.nn.conv2d(x, self.second, 2, "SAME"))
        return {"scores": tf.reduce_mean(x, [1, 2]) @ self.last}


model = Net()
images = rng.uniform(0, 1, (1, 64, 64, 3)).astype(np.float32)
scores = model(images)["scores"].numpy()[0]
scope = {"model": model}

tf.saved_model.save(model, "saved")
page.shell("A SavedModel")
compare("model.onnx", images, scores)
page.python("A function", scope)
compare("function.onnx", images, scores)

converter = tf.lite.TFLiteConverter.from_saved_model("saved")
with open("model.tflite", "wb") as file:
    file.write(converter.convert())
page.shell("A TensorFlow Lite file")
compare("lite.onnx", images, scores)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = lambda: ([rng.uniform(0, 1, images.shape).astype(np.float32)] for _ in range(8))
with open("quantised.tflite", "wb") as file:
    file.write(converter.convert())
run([sys.executable, "-m", "tf2onnx.convert", "--tflite", "quantised.tflite", "--output", "quantised.onnx"])
result = explain("quantised.onnx", "compare.npy", "--raw", "--out", "compare-map.npy")
close("quantised.onnx", probabilities(result), softmax(scores), 0.1)
assert any("straight-through" in note for note in result["notes"]), result["notes"]

page.shell("Say how photos are prepared")
page.shell("Explain")
result = explain("model.onnx", "photo.jpg", "--out", "map.png")
pixels = tf.io.decode_jpeg(tf.io.read_file("photo.jpg"), channels=3)
photo = tf.image.resize(pixels, (64, 64), antialias=True) / 255
close("the photo", probabilities(result), softmax(model(photo[None])["scores"].numpy()[0]), 0.03)
page.close()
