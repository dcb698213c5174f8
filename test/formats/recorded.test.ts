/** @file What models compute between layers: functions of TensorFlow in files of Keras 2, keras.ops in those of Keras 3. */

import { describe, expect, it } from "vitest";
import { floats } from "../../src/onnx/tensor.js";
import {
  array,
  batch,
  channels,
  type Entry,
  ellipsis,
  graphOf,
  height,
  indexOf,
  layer,
  of,
  op,
  operator,
  pixel,
  planes,
  type Rule,
  run,
  slice,
  tf,
  value,
  width,
} from "./recorded-models.js";

const hardSigmoid = (v: number) => Math.min(6, Math.max(0, v + 3)) / 6;
const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const places = range(height * width).map((i) => [Math.floor(i / width), i % width] as const);
const caffe = [103.939, 116.779, 123.68];

/** `lambda inputs, scale: inputs[0] + inputs[1] * scale`, compiled by Python 3.11 in keras/applications/inception_resnet_v2.py. */
const kerasCode =
  "4wIAAAAAAAAAAAAAAAMAAAADAAAA8yoAAACXAHwAZAEZAAAAAAAAAAAAfABkAhkAAAAAAAAAAAB8AXoFAAB6AAAAUwApA07pAAAAAOkBAAAAqQApAtoGaW5wdXRz" +
  "2gVzY2FsZXMCAAAAICD6SC91c3IvbGliL3B5dGhvbjMvc2l0ZS1wYWNrYWdlcy9rZXJhcy9hcHBsaWNhdGlvbnMvaW5jZXB0aW9uX3Jlc25ldF92Mi5wefoIPGxh" +
  "bWJkYT5yCAAAAAEAAABzGAAAAIAAkGaYUZRpoCaoEaQpqGXRIjPRFjOAAPMAAAAA";

const cases: Record<string, { legacy?: boolean; layers: Entry[]; shape: number[]; rule: Rule }> = {
  "the colours turned and centred, as preprocess_input of ResNet and VGG does in Keras 2": {
    legacy: true,
    layers: [
      tf("a", "__operators__.getitem", "p", {
        slice_spec: [{ class_name: "__ellipsis__" }, { start: null, stop: null, step: -1 }],
      }),
      tf("b", "nn.bias_add", "a", { bias: caffe.map((each) => -each), data_format: "NHWC" }),
    ],
    shape: [height, width, channels],
    rule: (x, n, h, w, c = 0) => x(n as number, h as number, w as number, 2 - c) - (caffe[c] as number),
  },
  "the same in Keras 3": {
    layers: [
      ...[2, 1, 0].map((c, i) => op(`c${i}`, "GetItem", [value("p"), [ellipsis, c]])),
      op("s", "Stack", [["c0", "c1", "c2"].map(value)], { axis: -1 }),
      op("t", "Add", [value("s"), array([[[caffe.map((each) => -each)]]])]),
    ],
    shape: [height, width, channels],
    rule: (x, n, h, w, c = 0) => x(n as number, h as number, w as number, 2 - c) - (caffe[c] as number),
  },
  "scaling to -1 ... 1 by operators of Keras 2": {
    legacy: true,
    layers: [
      tf("a", "math.truediv", "p", { y: 127.5, name: null }),
      tf("b", "math.subtract", "a", { y: 1, name: null }),
    ],
    shape: [height, width, channels],
    rule: (x, ...at) => x(...at) / 127.5 - 1,
  },
  "the hard swish of MobileNetV3 in Keras 2": {
    legacy: true,
    layers: [
      tf("a", "__operators__.add", "p", { y: 3, name: null }),
      layer("ReLU", "b", { max_value: 6, negative_slope: 0, threshold: 0 }, "a"),
      tf("c", "math.multiply", "b", { y: 1 / 6, name: null }),
      layer("Multiply", "d", {}, "p", "c"),
    ],
    shape: [height, width, channels],
    rule: (x, ...at) => x(...at) * hardSigmoid(x(...at)),
  },
  "the hard sigmoid of MobileNetV3 in Keras 3": {
    layers: [
      op("a", "Add", [value("p"), 3]),
      op("b", "Relu6", [value("a")], {}, "nn"),
      op("c", "Multiply", [value("b"), 1 / 6]),
    ],
    shape: [height, width, channels],
    rule: (x, ...at) => hardSigmoid(x(...at)),
  },
  "deviations as four nested lists, as EfficientNet of TensorFlow 2.10 has them": {
    legacy: true,
    layers: [tf("a", "math.multiply", "p", { y: [[[[2, 3, 5]]]] })],
    shape: [height, width, channels],
    rule: (x, n, h, w, c = 0) => x(n as number, h as number, w as number, c) * ([2, 3, 5][c] as number),
  },
  "a squeeze and excitation of RegNet, multiplied by a value in the arguments": {
    legacy: true,
    layers: [
      layer("GlobalAveragePooling2D", "a", { keepdims: true, data_format: "channels_last" }, "p"),
      layer("Activation", "b", { activation: "sigmoid" }, "a"),
      tf("c", "math.multiply", "b", { y: of("p"), name: null }),
      tf("d", "nn.silu", "c"),
    ],
    shape: [height, width, channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => {
      const gate = 1 / (1 + Math.exp(-meanOf(places.map(([i, j]) => x(n, i, j, c)))));
      const v = gate * x(n, h, w, c);
      return v / (1 + Math.exp(-v));
    },
  },
  "a number on the left": {
    legacy: true,
    layers: [tf("a", "math.subtract", 1, { y: of("p"), name: null })],
    shape: [height, width, channels],
    rule: (x, ...at) => 1 - x(...at),
  },
  "several values in a list": {
    legacy: true,
    layers: [tf("a", "math.negative", "p"), tf("b", "concat", ["p", "a"], { axis: -1, name: "concat" })],
    shape: [height, width, 2 * channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => (c < 3 ? x(n, h, w, c) : -x(n, h, w, c - 3)),
  },
  "a mean over places": {
    legacy: true,
    layers: [tf("a", "math.reduce_mean", "p", { axis: [1, 2], keepdims: false })],
    shape: [channels],
    rule: (x, n = 0, c = 0) => meanOf(places.map(([h, w]) => x(n, h, w, c))),
  },
  "tokens: reshaped, turned and multiplied by each other": {
    legacy: true,
    layers: [
      tf("a", "reshape", "p", { shape: [-1, height * width, channels] }),
      tf("b", "transpose", "a", { perm: [0, 2, 1] }),
      tf("c", "linalg.matmul", "b", { b: of("a") }),
      tf("d", "linalg.matmul", "a", { b: of("c"), transpose_b: true }),
      tf("e", "nn.softmax", "d", { axis: -1 }),
    ],
    shape: [height * width, channels],
    rule: (x, n = 0, t = 0, c = 0) => {
      const token = (i: number, k: number) => x(n, ...(places[i] as readonly [number, number]), k);
      const gram = (k: number, l: number) =>
        range(height * width).reduce((sum, i) => sum + token(i, k) * token(i, l), 0);
      const logits = range(channels).map((k) => range(channels).reduce((sum, l) => sum + token(t, l) * gram(k, l), 0));
      const most = Math.max(...logits);
      const exps = logits.map((each) => Math.exp(each - most));
      return (exps[c] as number) / exps.reduce((a, b) => a + b);
    },
  },
  "a cut-out of rows from the end, every other column and one channel kept as an axis": {
    legacy: true,
    layers: [
      tf("a", "__operators__.getitem", "p", {
        slice_spec: [
          { start: null, stop: null, step: null },
          { start: -3, stop: -1, step: null },
          { start: 3, stop: null, step: -2 },
          -1,
        ],
      }),
      tf("b", "expand_dims", "a", { axis: -1 }),
    ],
    shape: [2, 2, 1],
    rule: (x, n = 0, h = 0, w = 0) => x(n, h + 1, 3 - 2 * w, 2),
  },
  "slices and a new axis in Keras 3": {
    layers: [
      op("a", "GetItem", [value("p"), [slice(null, null, null), slice(1, null, null), 2, null]]),
      op("b", "Squeeze", [value("a")], { axis: 2 }),
    ],
    shape: [3, channels],
    rule: (x, n = 0, h = 0, c = 0) => x(n, h + 1, 2, c),
  },
  "a border of reflected pixels, and one of numbers": {
    legacy: true,
    layers: [
      tf("a", "pad", "p", {
        paddings: [
          [0, 0],
          [1, 1],
          [0, 2],
          [0, 0],
        ],
        mode: "REFLECT",
        constant_values: 0,
      }),
      tf("b", "pad", "a", {
        paddings: [
          [0, 0],
          [0, 0],
          [1, 0],
          [0, 0],
        ],
        mode: "CONSTANT",
        constant_values: 7,
      }),
    ],
    shape: [height + 2, width + 3, channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => {
      const mirror = (i: number, size: number) => (i < 0 ? -i : i < size ? i : 2 * size - 2 - i);
      return w === 0 ? 7 : x(n, mirror(h - 1, height), mirror(w - 1, width), c);
    },
  },
  "rows and columns reversed": {
    legacy: true,
    layers: [tf("a", "reverse", "p", { axis: [1, 2] })],
    shape: [height, width, channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => x(n, height - 1 - h, width - 1 - w, c),
  },
  "a cut image, right at the start": {
    layers: [
      layer(
        "Cropping2D",
        "a",
        {
          cropping: [
            [1, 0],
            [0, 2],
          ],
          data_format: "channels_last",
        },
        "p",
      ),
      op("b", "Max", [value("a")], { axis: [1, 2], keepdims: true }),
      op("c", "Subtract", [value("a"), value("b")]),
    ],
    shape: [height - 1, width - 2, channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => {
      const left = places.filter(([i, j]) => i >= 1 && j < width - 2);
      return x(n, h + 1, w, c) - Math.max(...left.map(([i, j]) => x(n, i, j, c)));
    },
  },
  "operators as TensorFlow 2.3 wrote them": {
    legacy: true,
    layers: [
      operator("a", "Sub", ["p"], { 0: 1 }),
      operator("b", "RealDiv", ["a"], { 1: [2, 4, 8] }),
      operator("c", "Mean", ["b"], { 1: [1, 2] }, { keep_dims: { b: true } }),
      operator("d", "Mul", ["b", "c"], {}),
    ],
    shape: [height, width, channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => {
      const scaled = (i: number, j: number) => (1 - x(n, i, j, c)) / ([2, 4, 8][c] as number);
      return scaled(h, w) * meanOf(places.map(([i, j]) => scaled(i, j)));
    },
  },
  "channels of length 1 behind layers that only training knows": {
    layers: [
      layer("RandAugment", "a", {}, "p"),
      layer("Identity", "b", {}, "a"),
      layer("UnitNormalization", "c", { axis: -1 }, "b"),
    ],
    shape: [height, width, channels],
    rule: (x, n = 0, h = 0, w = 0, c = 0) => x(n, h, w, c) / Math.hypot(...range(channels).map((k) => x(n, h, w, k))),
  },
  "InceptionResNetV2's share of the second input, Python code of Keras 2 itself": {
    legacy: true,
    layers: [
      tf("a", "math.square", "p"),
      layer("Lambda", "b", { function: [kerasCode, null, null], arguments: { scale: 0.17 } }, "p", "a"),
    ],
    shape: [height, width, channels],
    rule: (x, ...at) => x(...at) + 0.17 * x(...at) ** 2,
  },
  "cut values and GELU in its two forms": {
    layers: [
      op("a", "Clip", [value("p")], { x_min: -1, x_max: 1.5 }),
      op("b", "Gelu", [value("a")], { approximate: true }, "nn"),
      op("c", "LeakyRelu", [value("b")], { negative_slope: 0.3 }, "nn"),
    ],
    shape: [height, width, channels],
    rule: (x, ...at) => {
      const v = Math.min(1.5, Math.max(-1, x(...at)));
      const g = (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
      return g < 0 ? 0.3 * g : g;
    },
  },
  "larger pixels, then the largest of four": {
    legacy: true,
    layers: [
      tf("a", "image.resize", "p", { size: [2 * height, 2 * width], method: "nearest", antialias: false }),
      tf("b", "nn.max_pool2d", "a", { ksize: 2, strides: 2, padding: "VALID", data_format: "NHWC" }),
    ],
    shape: [height, width, channels],
    rule: (x, ...at) => x(...at),
  },
};

describe("what a model computes between layers", () => {
  it.each(Object.entries(cases))("%s", async (_, { legacy = false, layers, shape, rule }) => {
    // Once as the image comes, once as planes.
    for (const before of [{ ...tf("p", "identity", "x"), inbound_nodes: [["x", 0, 0, {}]] }, planes]) {
      const result = await run(graphOf([before, ...layers], legacy));
      expect(result.dims).toEqual([batch, ...shape]);
      const expected = Array.from({ length: result.size }, (_, i) => rule(pixel, ...indexOf(i, shape)));
      const worst = Math.max(...floats(result).map((each, i) => Math.abs(each - (expected[i] as number))));
      expect(worst).toBeLessThan(2e-5);
    }
  });

  it.each<[string, Entry[], string]>([
    [
      "a function without a translation",
      [tf("a", "math.cumsum", "x", { axis: 1 })],
      "expected a layer that Fovea knows, got TensorFlow's function math.cumsum: export",
    ],
    [
      "somebody's Lambda",
      [layer("Lambda", "a", { function: ["4wEA", null, null], arguments: {} }, "x")],
      "expected a layer that Fovea knows, got Python code (a Lambda)",
    ],
    ["a part of the batch", [tf("a", "__operators__.getitem", "x", { slice_spec: 0 })], "expected the whole batch"],
    ["too many places", [op("a", "GetItem", [value("x"), [ellipsis, 1, 1, 1, 1, 1]])], "expected an index of 4 axes"],
    ["a shape that is computed", [tf("a", "reshape", "x", { shape: [of("x"), 60] })], 'expected no input "shape"'],
    [
      "another batch",
      [tf("a", "reshape", "x", { shape: [3, -1] })],
      "newshape: expected whole numbers, -1 for the batch",
    ],
    ["a cast to whole numbers", [tf("a", "cast", "x", { dtype: "uint8" })], "dtype: expected real numbers, got uint8"],
    ["an axis before the batch", [tf("a", "expand_dims", "x", { axis: 0 })], "axis: expected one from 1 to 4, got 0"],
  ])("refuses %s", (_, layers, message) => {
    expect(() => graphOf(layers, true)).toThrow(`m.h5: layer "a": ${message}`);
  });
});
