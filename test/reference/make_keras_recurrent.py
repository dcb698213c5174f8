"""Keras models whose convolutions are read by recurrent layers, with what Keras itself computes.

Needs keras==3.15.1 tensorflow-cpu==2.21.0. Run: python test/reference/make_keras_recurrent.py
Writes test/fixtures/keras/recurrent_columns and recurrent_kinds in the layout of the other cases there.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "keras")


def columns():
    """As text lines are read: column by column, a dense layer for each, both directions."""
    x = keras.Input((10, 14, 3))
    a = L.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="features")(x)
    y = L.Permute((2, 1, 3))(a)
    y = L.TimeDistributed(L.Flatten())(y)
    y = L.TimeDistributed(L.Dense(5, activation="tanh"))(y)
    y = L.Bidirectional(L.LSTM(4, return_sequences=True))(y)
    y = L.GRU(4)(y)
    return x, L.Dense(3, activation="softmax")(y)


def kinds():
    """Every kind and setting: other activations, without biases, backwards, and all ways to join directions."""
    x = keras.Input((9, 8, 3))
    a = L.Conv2D(4, 3, activation="relu", name="features")(x)
    y = L.Reshape((7, 24))(a)
    y = L.SimpleRNN(6, activation="relu", go_backwards=True, return_sequences=True)(y)
    y = L.GRU(5, reset_after=False, recurrent_activation="hard_sigmoid", return_sequences=True)(y)
    y = L.Bidirectional(L.GRU(4, use_bias=False, return_sequences=True), merge_mode="sum")(y)
    y = L.LSTM(5, activation="softsign", unit_forget_bias=False, go_backwards=True, return_sequences=True)(y)
    y = L.Bidirectional(L.LSTM(3, activation="elu", return_sequences=True), merge_mode="ave")(y)
    y = L.Bidirectional(L.SimpleRNN(3), backward_layer=L.GRU(3, go_backwards=True), merge_mode="mul")(y)
    return x, L.Dense(3, activation="softmax")(y)


def explain(model, x, classes):
    front = keras.Model(model.input, model.get_layer("features").output)
    acts = front(x)
    with tf.GradientTape() as tape:
        tape.watch(acts)
        value = acts
        layers = model.layers[model.layers.index(model.get_layer("features")) + 1 :]
        for layer in layers[:-1]:
            value = layer(value)
        scores = value @ layers[-1].kernel + layers[-1].bias
        total = tf.reduce_sum(tf.gather(scores, tf.constant(classes), axis=1, batch_dims=1))
    grads = tape.gradient(total, acts).numpy()
    cam = np.maximum((grads.mean(axis=(1, 2), keepdims=True) * acts.numpy()).sum(axis=-1), 0)
    return scores.numpy(), acts.numpy(), grads, cam


def write(name, build, seed):
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    x, y = build()
    model = keras.Model(x, y, name=name)
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.normal(0, 0.8 / np.sqrt(max(1, np.prod(weight.shape[:-1]))) + 0.1, weight.shape).astype("float32"))
    images = rng.uniform(-1, 1, (2,) + tuple(x.shape[1:])).astype("float32")
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    model.save(os.path.join(folder, "model.h5"))
    output = np.array(model(images, training=False))
    order = np.argsort(-output, axis=1)
    top, other = order[:, 0].tolist(), order[:, 1].tolist()
    scores, acts, grad_top, cam_top = explain(model, images, top)
    _, _, grad_other, cam_other = explain(model, images, other)
    assert (cam_top.max(axis=(1, 2)) > 0).any() and (cam_other.max(axis=(1, 2)) > 0).any()
    arrays = dict(input=images, output=output, scores=scores, activations=acts, grad_top=grad_top, grad_other=grad_other,
                  cam_top=cam_top, cam_other=cam_other)
    for label, array in arrays.items():
        np.save(os.path.join(folder, f"{label}.npy"), array.astype("float32"))
    meta = dict(case=name, seed=seed, versions=dict(keras=keras.__version__, tensorflow=tf.__version__),
                target_path=["features"], target_shape=list(acts.shape), class_top=top, class_other=other, single_logit=False)
    with open(os.path.join(folder, "meta.json"), "w") as file:
        json.dump(meta, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    write("recurrent_columns", columns, 5)
    write("recurrent_kinds", kinds, 8)
