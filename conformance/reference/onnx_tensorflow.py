"""Evaluates an ONNX file in TensorFlow's float64, operator by operator as the specification says, so that it can be differentiated.

Convolutions are sums of shifted pictures, and maxima are gathered where they were found first: no kernel of either framework is used.
"""

import numpy as np
import onnx
import onnx.numpy_helper
import tensorflow as tf

WHOLE = (np.int64, np.int32, np.bool_)


class Network:
    """`run(feeds, until)` computes values by name; `feeds` may hold any value, which then isn't computed."""

    def __init__(self, path):
        self.graph = onnx.load(path).graph
        self.constants = {each.name: constant(each) for each in self.graph.initializer}
        self.input, self.output = self.graph.input[0].name, self.graph.output[0].name

    def run(self, feeds, guided=False):
        values = {**self.constants, **feeds}
        for node in self.graph.node:
            if all(name in values for name in node.output):
                continue
            attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            inputs = [values[name] if name else None for name in node.input]
            if node.op_type not in OPERATORS:
                raise ValueError(f"operator {node.op_type} has no rule here")
            compute = OPERATORS[node.op_type]
            if guided and node.op_type in RECTIFIERS:
                found = rectified(lambda x: compute([x, *inputs[1:]], attributes), inputs[0])
            else:
                found = compute(inputs, attributes)
            for name, value in zip(node.output, found if isinstance(found, tuple) else (found,)):
                values.setdefault(name, value)
        return values


def constant(tensor):
    """Whole numbers stay NumPy's: they are shapes and indices."""
    value = onnx.numpy_helper.to_array(tensor)
    return value if value.dtype.type in WHOLE else tf.constant(value.astype(np.float64))


RECTIFIERS = {"Relu", "LeakyRelu", "Clip"}


def rectified(compute, x):
    """The value of a rectifier, whose gradient is passed on where it is positive."""

    @tf.custom_gradient
    def guided(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = compute(x)
        return y, lambda gradient: tf.nn.relu(tape.gradient(y, x, gradient))

    return guided(x)


def pads_of(attributes, rank):
    if attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        raise NotImplementedError(attributes["auto_pad"])
    pads = attributes.get("pads", [0] * (2 * rank))
    return [[pads[i], pads[i + rank]] for i in range(rank)]


def shifted(x, kernel, attributes, fill):
    """Of each place of a window the picture moved by it: a list of [N, C, H, W], in reading order."""
    strides, dilations = (attributes.get(name, [1, 1]) for name in ("strides", "dilations"))
    x = tf.pad(x, [[0, 0], [0, 0], *pads_of(attributes, 2)], constant_values=fill)
    sizes = [(x.shape[2 + i] - dilations[i] * (kernel[i] - 1) - 1) // strides[i] + 1 for i in range(2)]

    def along(i, at):
        start = at * dilations[i]
        return slice(start, start + strides[i] * (sizes[i] - 1) + 1, strides[i])

    return [x[:, :, along(0, i), along(1, j)] for i in range(kernel[0]) for j in range(kernel[1])]


def convolution(inputs, attributes):
    x, weights = inputs[:2]
    groups, kernel = attributes.get("group", 1), weights.shape[2:]
    weights = tf.reshape(weights, [groups, -1, weights.shape[1], kernel[0] * kernel[1]])
    total = 0
    for i, moved in enumerate(shifted(x, kernel, attributes, 0.0)):
        parts = tf.reshape(moved, [moved.shape[0], groups, -1, *moved.shape[2:]])
        total += tf.einsum("ngchw,goc->ngohw", parts, weights[..., i])
    y = tf.reshape(total, [x.shape[0], -1, *total.shape[3:]])
    return y if len(inputs) < 3 else y + inputs[2][:, None, None]


def transposed_convolution(inputs, attributes):
    """Side by side alone: each pixel becomes a square."""
    x, weights = inputs[:2]
    kernel = weights.shape[2:]
    if list(attributes["strides"]) != list(kernel) or any(attributes.get("pads", [0])) or attributes.get("group", 1) != 1:
        raise NotImplementedError("ConvTranspose with windows that overlap")
    y = tf.einsum("nchw,coij->nohiwj", x, weights)
    y = tf.reshape(y, [y.shape[0], y.shape[1], y.shape[2] * y.shape[3], -1])
    return y if len(inputs) < 3 else y + inputs[2][:, None, None]


def max_pool(inputs, attributes):
    if attributes.get("ceil_mode"):
        raise NotImplementedError("ceil_mode")
    windows = tf.stack(shifted(inputs[0], attributes["kernel_shape"], attributes, -np.inf), -1)
    return first_maximum(windows)


def first_maximum(windows):
    """Of the last axis; the gradient goes to the first of equal values, as PyTorch has it."""
    return tf.gather(windows, tf.argmax(windows, -1), batch_dims=windows.shape.rank - 1, axis=-1)


def average_pool(inputs, attributes):
    kernel = attributes["kernel_shape"]
    of = lambda x: tf.add_n(shifted(x, kernel, attributes, 0.0))
    if attributes.get("count_include_pad"):
        return of(inputs[0]) / (kernel[0] * kernel[1])
    return of(inputs[0]) / of(tf.ones_like(inputs[0]))


def batch_norm(inputs, attributes):
    x, scale, bias, mean, variance = inputs
    column = lambda value: tf.reshape(value, [1, -1, *[1] * (x.shape.rank - 2)])
    deviation = tf.sqrt(variance + attributes.get("epsilon", 1e-5))
    return (x - column(mean)) / column(deviation) * column(scale) + column(bias)


def standardised(x, axes, attributes):
    mean = tf.reduce_mean(x, axes, keepdims=True)
    variance = tf.reduce_mean((x - mean) ** 2, axes, keepdims=True)
    return (x - mean) / tf.sqrt(variance + attributes.get("epsilon", 1e-5))


def layer_norm(inputs, attributes):
    x, rank = inputs[0], inputs[0].shape.rank
    y = standardised(x, list(range(attributes.get("axis", -1) % rank, rank)), attributes) * inputs[1]
    return y if len(inputs) < 3 else y + inputs[2]


def instance_norm(inputs, attributes):
    x, scale, bias = inputs
    column = lambda value: tf.reshape(value, [1, -1, *[1] * (x.shape.rank - 2)])
    return standardised(x, list(range(2, x.shape.rank)), attributes) * column(scale) + column(bias)


def group_norm(inputs, attributes):
    x, scale, bias = inputs
    groups = attributes["num_groups"]
    y = tf.reshape(x, [x.shape[0], groups, -1])
    column = lambda value: tf.reshape(value, [1, -1, *[1] * (x.shape.rank - 2)])
    return tf.reshape(standardised(y, [2], attributes), x.shape) * column(scale) + column(bias)


def gemm(inputs, attributes):
    a, b = (tf.transpose(value) if attributes.get(name) else value for value, name in zip(inputs, ("transA", "transB")))
    y = attributes.get("alpha", 1.0) * (a @ b)
    return y if len(inputs) < 3 else y + attributes.get("beta", 1.0) * inputs[2]


def axes_of(inputs, attributes):
    """None: all of them."""
    axes = inputs[1] if len(inputs) > 1 and inputs[1] is not None else attributes.get("axes")
    return None if axes is None else [int(axis) for axis in np.atleast_1d(axes)]


def reduce_mean(inputs, attributes):
    return tf.reduce_mean(inputs[0], axes_of(inputs, attributes), keepdims=bool(attributes.get("keepdims", 1)))


def whole(*values):
    return all(isinstance(value, (np.ndarray, np.generic, int)) for value in values)


def reshape(inputs, attributes):
    x, shape = inputs[0], [int(size) for size in inputs[1]]
    shape = [x.shape[i] if size == 0 and not attributes.get("allowzero") else size for i, size in enumerate(shape)]
    return np.reshape(x, shape) if whole(x) else tf.reshape(x, shape)


def slices(inputs, _attributes):
    x, starts, ends = inputs[:3]
    axes = inputs[3] if len(inputs) > 3 else range(len(starts))
    steps = inputs[4] if len(inputs) > 4 else [1] * len(starts)
    where = [slice(None)] * len(x.shape)
    for axis, start, end, step in zip(axes, starts, ends, steps):
        if step < 1:
            raise NotImplementedError("Slice backwards")
        where[axis] = slice(int(start), min(int(end), x.shape[axis]), int(step))
    return x[tuple(where)]


def gather(inputs, attributes):
    axis = attributes.get("axis", 0)
    return np.take(inputs[0], inputs[1], axis) if whole(inputs[0]) else tf.gather(inputs[0], inputs[1], axis=axis)


def split(inputs, attributes):
    axis = attributes.get("axis", 0)
    sizes = inputs[1] if len(inputs) > 1 else attributes["num_outputs"]
    return tuple(tf.split(inputs[0], [int(size) for size in sizes] if np.ndim(sizes) else int(sizes), axis=axis))


def concat(inputs, attributes):
    if whole(*inputs):
        return np.concatenate([np.atleast_1d(value) for value in inputs], attributes["axis"])
    return tf.concat(inputs, attributes["axis"])


def squeeze(inputs, attributes):
    axes = axes_of(inputs, attributes)
    return np.squeeze(inputs[0], axes and tuple(axes)) if whole(inputs[0]) else tf.squeeze(inputs[0], axes)


def unsqueeze(inputs, attributes):
    axes = sorted(axes_of(inputs, attributes))
    if whole(inputs[0]):
        return np.expand_dims(inputs[0], tuple(axes))
    y = inputs[0]
    for axis in axes:
        y = tf.expand_dims(y, axis)
    return y


def expand(inputs, _attributes):
    shape = np.broadcast_shapes(tuple(inputs[0].shape), tuple(int(size) for size in inputs[1]))
    return np.broadcast_to(inputs[0], shape) if whole(inputs[0]) else tf.broadcast_to(inputs[0], shape)


def flatten(inputs, attributes):
    x, axis = inputs[0], attributes.get("axis", 1)
    return tf.reshape(x, [int(np.prod(x.shape[:axis])), -1])


def shape(inputs, attributes):
    sizes = np.array(inputs[0].shape, np.int64)
    return sizes[attributes.get("start", 0) : attributes.get("end", len(sizes))]


def clip(inputs, _attributes):
    low, high = (inputs[i] if len(inputs) > i else None for i in (1, 2))
    y = inputs[0]
    y = y if low is None else tf.where(y > low, y, low)
    return y if high is None else tf.where(y < high, y, high)


def gelu(inputs, attributes):
    x = inputs[0]
    if attributes.get("approximate", b"none") == b"tanh":
        return 0.5 * x * (1 + tf.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + tf.math.erf(x / np.sqrt(2.0)))


def cast(inputs, attributes):
    kind = onnx.helper.tensor_dtype_to_np_dtype(attributes["to"])
    if np.issubdtype(kind, np.floating):
        return tf.cast(inputs[0], tf.float64)
    return np.asarray(inputs[0]).astype(kind)


def constant_of_shape(inputs, attributes):
    value = onnx.numpy_helper.to_array(attributes["value"]) if "value" in attributes else np.zeros(1, np.float32)
    full = np.full([int(size) for size in inputs[0]], value[0])
    return full if full.dtype.type in WHOLE else tf.constant(full.astype(np.float64))


def constant_node(_inputs, attributes):
    if "value" in attributes:
        return constant(attributes["value"])
    [(name, value)] = attributes.items()
    return np.asarray(value, np.int64) if name in ("value_int", "value_ints") else tf.constant(value, tf.float64)


OPERATORS = {
    "Add": lambda i, a: i[0] + i[1],
    "Sub": lambda i, a: i[0] - i[1],
    "Mul": lambda i, a: i[0] * i[1],
    "Div": lambda i, a: i[0] // i[1] if whole(*i) else i[0] / i[1],
    "Neg": lambda i, a: -i[0],
    "Sqrt": lambda i, a: tf.sqrt(i[0]),
    "Relu": lambda i, a: tf.nn.relu(i[0]),
    "LeakyRelu": lambda i, a: tf.where(i[0] > 0, i[0], a.get("alpha", 0.01) * i[0]),
    "Elu": lambda i, a: tf.where(i[0] > 0, i[0], tf.math.expm1(tf.minimum(i[0], 0.0))),
    "Clip": clip,
    "Sigmoid": lambda i, a: tf.sigmoid(i[0]),
    "HardSwish": lambda i, a: i[0] * tf.clip_by_value(i[0] / 6 + 0.5, 0.0, 1.0),
    "HardSigmoid": lambda i, a: tf.clip_by_value(i[0] / 6 + 0.5, 0.0, 1.0),
    "Gelu": gelu,
    "Softmax": lambda i, a: tf.nn.softmax(i[0], axis=a.get("axis", -1)),
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda i, a: tf.reduce_mean(i[0], [2, 3], keepdims=True),
    "GlobalMaxPool": lambda i, a: first_maximum(tf.reshape(i[0], [*i[0].shape[:2], 1, 1, -1])),
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
    "Gemm": gemm,
    "MatMul": lambda i, a: i[0] @ i[1],
    "ReduceMean": reduce_mean,
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": lambda i, a: tf.transpose(i[0], a.get("perm")),
    "Slice": slices,
    "Gather": gather,
    "Split": split,
    "Concat": concat,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Expand": expand,
    "Shape": shape,
    "Cast": cast,
    "CastLike": lambda i, a: tf.cast(i[0], tf.float64) if tf.is_tensor(i[1]) else np.asarray(i[0]).astype(i[1].dtype),
    "Identity": lambda i, a: i[0],
    "Constant": constant_node,
    "ConstantOfShape": constant_of_shape,
    "Where": lambda i, a: np.where(*i) if whole(*i) else tf.where(*i),
    "Equal": lambda i, a: i[0] == i[1],
}
