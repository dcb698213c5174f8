"""The second implementation: TensorFlow in float64 on the ONNX file, the equations in NumPy.

    python reference/second.py [CASE...]

Computes every map of the kit again, from model.onnx and input.npy alone, and prints the largest difference from the stored maps, relative
to the largest magnitude of each. Exit code 1 where one is above 1e-9.
"""

import os
import sys

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
kit = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, kit)

import numpy as np
import tensorflow as tf

import load
from onnx_tensorflow import Network

BAR = 1e-9
STEPS, WINDOW, DEVIATION = 16, 4, 0.15


class Subject:
    """One image of a case and its class, as the file has them."""

    def __init__(self, case, network, index):
        self.case, self.network = case, network
        self.layer, self.scores = case.onnx["layer"], case.onnx["scores"]
        self.image = case.input[index : index + 1].astype(np.float64)
        self.label, self.noise = case.classes[index], case.noise
        self.found = None

    def score(self, feeds, guided=False):
        return self.network.run(feeds, guided)[self.scores][:, self.label]

    def at_image(self, image, guided=False):
        image = tf.constant(image, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(image)
            score = self.score({self.network.input: image}, guided)
        return tape.gradient(score, image).numpy()[0]

    def at_layer(self):
        """Activation and gradient, planes [C, H, W]; the value as the layer has it, and the score."""
        if self.found is None:
            image = tf.constant(self.image)
            value = self.network.run({self.network.input: image})[self.layer]
            with tf.GradientTape() as tape:
                tape.watch(value)
                score = self.score({self.network.input: image, self.layer: value})
            self.found = self.planes(value), self.planes(tape.gradient(score, value)), value, float(score[0])
        return self.found

    def planes(self, value):
        value = value.numpy()[0]
        if self.case.layout == "NCHW":
            return value
        if self.case.layout == "NTC":
            rows, columns, skip = self.case.grid
            value = value[skip:].reshape(rows, columns, -1)
        return np.moveaxis(value, -1, 0)


def weighted(weights, activation):
    return np.tensordot(weights, activation, 1)


def cam(s):
    maker = next(node for node in s.network.graph.node if s.scores in node.output)
    # Gemm holds a row for each class, MatMul and Add a column.
    if maker.op_type == "Gemm":
        weights = s.network.constants[maker.input[1]].numpy()
        weights = weights if any(each.name == "transB" and each.i for each in maker.attribute) else weights.T
    else:
        product = next(node for node in s.network.graph.node if node.op_type == "MatMul" and node.output[0] in maker.input)
        weights = s.network.constants[product.input[1]].numpy().T
    return weighted(weights[s.label], s.at_layer()[0])


def grad_cam(s):
    a, g, *_ = s.at_layer()
    return weighted(g.reshape(len(g), -1).mean(1), a)


def grad_cam_plus_plus(s):
    a, g, *_ = s.at_layer()
    weights = np.zeros(len(a))
    for k in range(len(a)):
        for place in np.ndindex(*a.shape[1:]):
            d = g[k][place]
            below = 2 * d**2 + a[k].sum() * d**3
            if below != 0:
                weights[k] += d**2 / below * max(0, d)
    return weighted(weights, a)


def xgrad_cam(s):
    a, g, *_ = s.at_layer()
    totals = a.sum((1, 2))
    return weighted([(each * slope).sum() / total if total else 0 for each, slope, total in zip(a, g, totals)], a)


def place_by_place(of):
    def compute(s):
        a, g, *_ = s.at_layer()
        return sum(of(each, slope) for each, slope in zip(a, g))

    return compute


def eigen_cam(s, centred=False):
    a = s.at_layer()[0]
    rows = a.reshape(len(a), -1).T
    rows = rows - rows.mean(0, keepdims=True) if centred else rows
    return (rows @ np.linalg.eigh(rows.T @ rows)[1][:, -1]).reshape(a.shape[1:])


def enlarging(before, after):
    """The matrix of linear interpolation with half-pixel centres."""
    matrix = np.zeros((after, before))
    for i in range(after):
        at = min(max((i + 0.5) * before / after - 0.5, 0), before - 1)
        low = int(np.floor(at))
        matrix[i, low] += 1 - (at - low)
        matrix[i, min(low + 1, before - 1)] += at - low
    return matrix


def score_cam(s):
    a = s.at_layer()[0]
    rows, columns = (enlarging(a.shape[1 + i], s.image.shape[2 + i]) for i in range(2))
    masks = [rows @ each @ columns.T for each in a]
    masks = [(each - each.min()) / (np.ptp(each) or 1) for each in masks]
    scores = np.array([float(s.score({s.network.input: tf.constant(s.image * mask)})[0]) for mask in masks])
    shares = np.exp(scores - scores.max())
    return weighted(shares / shares.sum(), a)


def ablation_cam(s):
    a, _, value, score = s.at_layer()
    axis = 1 if s.case.layout == "NCHW" else -1
    weights = []
    for k in range(len(a)):
        channels = np.moveaxis(value.numpy().copy(), axis, 0)
        channels[k] = 0
        feeds = {s.network.input: tf.constant(s.image), s.layer: tf.constant(np.moveaxis(channels, 0, axis))}
        weights.append((score - float(s.score(feeds)[0])) / score)
    return weighted(weights, a)


def legendre(count):
    """Golub and Welsch: nodes on 0..1 are eigenvalues of a tridiagonal matrix."""
    k = np.arange(1, count)
    side = k / np.sqrt(4 * k**2 - 1)
    nodes, vectors = np.linalg.eigh(np.diag(side, 1) + np.diag(side, -1))
    return (nodes + 1) / 2, vectors[0] ** 2


def integrated_gradients(s):
    return s.image[0] * sum(weight * s.at_image(node * s.image) for node, weight in zip(*legendre(STEPS)))


def smooth_grad(s):
    deviation = DEVIATION * (s.image.max() - s.image.min())
    return sum(s.at_image(s.image + deviation * each[None].astype(np.float64)) for each in s.noise) / len(s.noise)


def occlusion(s):
    def probability(image):
        scores = s.network.run({s.network.input: tf.constant(image)})[s.scores].numpy()[0]
        shares = np.exp(scores - scores.max())
        return 1 / (1 + np.exp(-scores[0])) if len(scores) == 1 else shares[s.label] / shares.sum()

    rows, columns = (size // WINDOW for size in s.image.shape[2:])
    drops = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        seen = np.ones((rows, columns))
        seen[i, j] = 0
        drops[i, j] = probability(s.image) - probability(s.image * np.kron(seen, np.ones((WINDOW, WINDOW))))
    return drops


COMPUTE = {
    "cam": cam,
    "grad-cam": grad_cam,
    "grad-cam++": grad_cam_plus_plus,
    "xgrad-cam": xgrad_cam,
    "hires-cam": place_by_place(lambda a, g: a * g),
    "grad-cam-elementwise": place_by_place(lambda a, g: np.maximum(a * g, 0)),
    "layer-cam": place_by_place(lambda a, g: a * np.maximum(g, 0)),
    "eigen-cam": eigen_cam,
    "eigen-cam-centred": lambda s: eigen_cam(s, centred=True),
    "score-cam": score_cam,
    "ablation-cam": ablation_cam,
    "gradient": lambda s: s.at_image(s.image),
    "gradient-x-input": lambda s: s.image[0] * s.at_image(s.image),
    "guided-backprop": lambda s: s.at_image(s.image, guided=True),
    "integrated-gradients": integrated_gradients,
    "smooth-grad": smooth_grad,
    "occlusion": occlusion,
}


def main(names):
    worst, count = 0.0, 0
    for case in load.cases():
        if names and case.name not in names:
            continue
        network = Network(case.path(case.onnx["file"]))
        subjects = [Subject(case, network, index) for index in range(len(case.classes))]
        errors = {name: load.difference(np.stack([COMPUTE[name](each) for each in subjects]), case.values(name), name) for name in case.methods}
        name, error = max(errors.items(), key=lambda each: each[1])
        print(f"{case.name:24} {len(errors):3} maps  {error:.1e}  {name}{'' if error <= BAR else '  ABOVE THE BAR'}", flush=True)
        worst, count = max(worst, error), count + len(errors)
    print(f"the largest difference of {count} maps is {worst:.1e}; the bar is {BAR:.0e}")
    return int(not worst <= BAR)


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
