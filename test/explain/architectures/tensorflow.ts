/** @file Tiny networks as converters from TensorFlow and Keras write them: channels last at the door. */

import { float } from "../../../src/onnx/builder.js";
import type { Value } from "../../../src/onnx/graph.js";
import { type Architecture, Net } from "./net.js";

const picture = (net: Net) => net.op.input("input_1", "float32", ["unk__1", 16, 32, 3]);
const toPlanes = (net: Net, x: Value) => net.transpose(x, 0, 3, 1, 2);
const fromPlanes = (net: Net, x: Value) => net.transpose(x, 0, 2, 3, 1);

/** TensorFlow's padding for a stride of two: more behind than before. */
const padded = (net: Net, x: Value) => net.op.Pad(x, net.op.ints([0, 0, 0, 0, 0, 0, 1, 1]));

export const tensorflow: readonly Architecture[] = [
  {
    name: "ResNet of TensorFlow: pads, scaled and shifted channels, scores of a convolution squeezed",
    grid: [4, 8],
    layout: "nchw",
    input: [16, 32, 3],
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      const norm = (x: Value) => op.Add(op.Mul(x, net.weight([1, 6, 1, 1])), net.weight([1, 6, 1, 1]));
      const half = { stride: 2, pads: [0, 0, 0, 0], bias: false };
      let x = op.Relu(norm(net.conv(padded(net, toPlanes(net, picture(net))), 3, 6, half)));
      x = op.Relu(norm(net.conv(padded(net, x), 6, 6, half)));
      x = op.Relu(op.Add(x, norm(net.conv(op.Relu(norm(net.conv(x, 6, 6, { kernel: [1, 1] }))), 6, 6))));
      const pooled = op.ReduceMean(x, op.ints([2, 3]));
      const scores = fromPlanes(net, net.conv(pooled, 6, 5, { kernel: [1, 1], bias: false }));
      return net.finish(op.Softmax(op.Add(op.Squeeze(scores, op.ints([1, 2])), net.weight([5])), { axis: -1 }));
    },
  },
  {
    name: "MobileNet of TensorFlow: transposes around every convolution, ReLU6 by Min and Max",
    grid: [4, 8],
    layout: "nhwc",
    input: [16, 32, 3],
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      const conv = (x: Value, from: number, to: number, stride: number, group = 1) => {
        const y = fromPlanes(
          net,
          net.conv(toPlanes(net, x), from, to, { stride, group, bias: false, kernel: group > 1 ? [3, 3] : [1, 1] }),
        );
        return op.Min(op.Max(op.Add(y, net.weight([to])), op.scalar(0)), op.scalar(6));
      };
      let x = conv(picture(net), 3, 6, 2);
      x = conv(conv(x, 6, 6, 2, 6), 6, 8, 1);
      const pooled = op.ReduceMean(x, op.ints([1, 2]), { keepdims: 0 });
      return net.finish(op.Add(op.MatMul(pooled, net.weight([8, 5])), net.weight([5])));
    },
  },
  {
    name: "Keras: ReLU6 by Clip, a flattened grid with channels last, two dense layers",
    grid: [4, 8],
    layout: "nhwc",
    input: [16, 32, 3],
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      const x = toPlanes(net, picture(net));
      const same = { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" };
      let y = op.Clip(net.batchNorm(op.Conv(x, net.kernel([6, 3, 3, 3]), same), 6), op.scalar(0), op.scalar(6));
      y = op.LeakyRelu(op.Conv(y, net.kernel([6, 6, 3, 3]), net.weight([6]), same), { alpha: float(0.1) });
      const flat = op.Reshape(fromPlanes(net, y), op.ints([-1, 192]));
      const hidden = op.Relu(op.Add(op.MatMul(flat, net.weight([192, 8])), net.weight([8])));
      return net.finish(op.Softmax(op.Add(op.MatMul(hidden, net.weight([8, 5])), net.weight([5])), { axis: 1 }));
    },
  },
  {
    name: "a vision transformer of Keras: patches by a convolution with channels last",
    grid: [4, 8],
    layout: "tokens",
    input: [16, 32, 3],
    reason: /before they are taken together/,
    build: (options) => {
      const net = new Net(options);
      const patches = fromPlanes(net, net.patches(toPlanes(net, picture(net)), 3, 8, 4));
      const x = net.op.Add(net.reshape(patches, [32, 8]), net.weight([32, 8]));
      const all = net.layerNormInSteps(net.block(x, 32, 8), 8);
      const flat = net.reshape(all, [256]);
      return net.finish(net.op.Add(net.op.MatMul(flat, net.weight([256, 5])), net.weight([5])));
    },
  },
];
