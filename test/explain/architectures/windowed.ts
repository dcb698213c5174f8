/** @file Tiny networks in the manner of the model zoos' transformers over windows of a grid. */

import type { Value } from "../../../src/onnx/graph.js";
import { type Architecture, Net } from "./net.js";

/** [N, 4, 8, C] to windows of 2x2 places, [N*8, 4, C]. */
function windows(net: Net, x: Value, channels: number, height = 4, width = 8): Value {
  const split = net.reshape(x, [height / 2, 2, width / 2, 2, channels]);
  return net.unwindow(net.transpose(split, 0, 1, 3, 2, 4, 5), [4, channels]);
}

function unwindowed(net: Net, x: Value, channels: number, like: Value, height = 4, width = 8): Value {
  const split = net.reshape(x, [height / 2, width / 2, 2, 2, channels], 1, like);
  return net.reshape(net.transpose(split, 0, 1, 3, 2, 4, 5), [height, width, channels]);
}

/** Turns one axis: the first `by` elements go to the end. */
function rolled(net: Net, x: Value, axis: number, by: number, size: number): Value {
  return net.op.Concat(net.slice(x, axis, by, size), net.slice(x, axis, 0, by), { axis });
}

/** Attention in windows with a bias gathered from a table; `x` is [N*8, 4, C]. */
function windowAttention(
  net: Net,
  x: Value,
  channels: number,
  unit: (value: Value) => Value = (value) => value,
): Value {
  const { op } = net;
  const heads = (value: Value) => net.transpose(net.unwindow(value, [4, 2, channels / 2]), 0, 2, 1, 3);
  const [q, k, v] = [0, 1, 2].map(() => heads(net.linear(x, channels, channels))) as [Value, Value, Value];
  const index = op.ints(Array.from({ length: 16 }, (_, i) => (i * 5) % 9));
  const bias = net.transpose(
    op.Reshape(op.Gather(net.weight([9, 2]), index, { axis: 0 }), op.ints([4, 4, 2])),
    2,
    0,
    1,
  );
  const scores = op.Add(op.MatMul(unit(q), net.transpose(unit(k), 0, 1, 3, 2)), op.Unsqueeze(bias, op.ints([0])));
  const joined = net.transpose(op.MatMul(op.Softmax(scores, { axis: -1 }), v), 0, 2, 1, 3);
  return net.mixed(net.linear(net.unwindow(joined, [4, channels]), channels, channels));
}

/** Four neighbours to the channels of one place, by strided slices. */
function merged(net: Net, x: Value): Value {
  const parts = [0, 1].flatMap((column) => [0, 1].map((row) => net.slice(net.slice(x, 1, row, 4, 2), 2, column, 8, 2)));
  return net.op.Concat(...parts, { axis: -1 });
}

const meanPlanes = (net: Net, x: Value) => net.op.ReduceMean(x, net.op.ints([1, 2]), { keepdims: 0 });

export const windowed: readonly Architecture[] = [
  {
    name: "Swin: windows, shifted by rolls, patches merged by strided slices",
    grid: [2, 4],
    layout: "nhwc",
    build: (options) => {
      const net = new Net(options);
      let x = net.layerNorm(net.transpose(net.patches(net.picture(), 3, 8, 4), 0, 2, 3, 1), 8);
      for (const shift of [0, 1]) {
        let y = net.layerNorm(x, 8);
        if (shift) y = rolled(net, rolled(net, y, 1, 1, 4), 2, 1, 8);
        y = unwindowed(net, windowAttention(net, windows(net, y, 8), 8), 8, x);
        if (shift) y = rolled(net, rolled(net, y, 1, 3, 4), 2, 7, 8);
        x = net.op.Add(x, y);
        x = net.op.Add(x, net.mlp(net.layerNorm(x, 8), 8));
      }
      x = net.linear(net.layerNorm(merged(net, x), 32), 32, 12, false);
      x = net.op.Add(x, net.mlp(net.layerNorm(x, 12), 12));
      return net.finish(net.gemm(meanPlanes(net, net.layerNorm(x, 12)), 12));
    },
  },
  {
    name: "Swin without a grid: sequences between the windows, patches merged by reshapes",
    grid: [2, 4],
    layout: "tokens",
    reason: /before they are taken together/,
    build: (options) => {
      const net = new Net(options);
      let x = net.layerNorm(net.tokens(net.patches(net.picture(), 3, 8, 4), 8, 32), 8);
      const y = net.reshape(net.layerNorm(x, 8), [4, 8, 8]);
      const attended = unwindowed(net, windowAttention(net, windows(net, y, 8), 8), 8, x);
      x = net.op.Add(x, net.reshape(attended, [32, 8]));
      x = net.op.Add(x, net.mlp(net.layerNorm(x, 8), 8));
      const neighbours = net.transpose(net.reshape(x, [2, 2, 4, 2, 8]), 0, 1, 3, 4, 2, 5);
      x = net.linear(net.layerNorm(net.reshape(neighbours, [8, 32]), 32), 32, 12, false);
      x = net.op.Add(x, net.mlp(net.layerNorm(x, 12), 12));
      return net.finish(net.gemm(net.op.ReduceMean(net.layerNorm(x, 12), net.op.ints([1]), { keepdims: 0 }), 12));
    },
  },
  {
    name: "Swin v2: cosines, normalisation behind, the mean over planes with channels first",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      const unit = (value: Value) => op.Div(value, op.Clip(op.ReduceL2(value, op.ints([-1])), op.scalar(1e-12)));
      let x = net.layerNorm(net.transpose(net.patches(net.picture(), 3, 8, 4), 0, 2, 3, 1), 8);
      const turned = rolled(net, rolled(net, x, 1, 1, 4), 2, 1, 8);
      const attended = unwindowed(net, windowAttention(net, windows(net, turned, 8), 8, unit), 8, x);
      x = op.Add(x, net.layerNorm(rolled(net, rolled(net, attended, 1, 3, 4), 2, 7, 8), 8));
      x = op.Add(x, net.layerNorm(net.mlp(x, 8), 8));
      return net.finish(net.head(net.transpose(net.layerNorm(x, 8), 0, 3, 1, 2), 8));
    },
  },
  {
    name: "MaxViT and CoAtNet: depthwise kernels, windows of rank four, then a sparse grid",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      const x = net.convRelu(net.picture(), 3, 8, { stride: 4 });
      const deep = op.Add(x, net.conv(net.convRelu(x, 8, 8, { group: 8 }), 8, 8, { kernel: [1, 1] }));
      let y = net.transpose(deep, 0, 2, 3, 1);
      // Windows as timm has them, [N*8, 2, 2, C], normalised as such.
      const cut = net.transpose(net.reshape(y, [2, 2, 4, 2, 8]), 0, 1, 3, 2, 4, 5);
      const inWindows = net.layerNorm(net.unwindow(cut, [2, 2, 8]), 8);
      const attended = windowAttention(net, net.unwindow(inWindows, [4, 8]), 8);
      y = op.Add(y, unwindowed(net, attended, 8, x));
      // The grid: places two rows and four columns apart see each other.
      const spread = net.transpose(net.reshape(net.layerNorm(y, 8), [2, 2, 2, 4, 8]), 0, 2, 4, 1, 3, 5);
      const gridded = windowAttention(net, net.unwindow(spread, [4, 8]), 8);
      const back = net.transpose(net.reshape(gridded, [2, 4, 2, 2, 8], 1, x), 0, 3, 1, 4, 2, 5);
      y = op.Add(y, net.reshape(back, [4, 8, 8]));
      y = op.Add(y, net.mlp(net.layerNorm(y, 8), 8));
      const pooled = op.Flatten(op.GlobalAveragePool(net.transpose(y, 0, 3, 1, 2)));
      return net.finish(net.gemm(op.Tanh(net.linear(net.layerNorm(pooled, 8), 8, 8)), 8));
    },
  },
];
