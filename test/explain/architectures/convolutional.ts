/** @file Tiny networks in the manner of the model zoos' convolutional architectures. */

import type { Value } from "../../../src/onnx/graph.js";
import { type Architecture, Net } from "./net.js";

/** Squeeze and excitation. */
function excited(net: Net, x: Value, channels: number, gate: (value: Value) => Value): Value {
  const squeezed = net.op.ReduceMean(x, net.op.ints([2, 3]));
  const inner = net.op.Relu(net.conv(squeezed, channels, 2, { kernel: [1, 1] }));
  return net.op.Mul(x, gate(net.conv(inner, 2, channels, { kernel: [1, 1] })));
}

const activation = (net: Net, op: string) => (x: Value) => net.op.node(op, [x])[0] as Value;

export const convolutional: readonly Architecture[] = [
  {
    name: "VGG: max pools, an adaptive pool, linear layers",
    grid: [2, 4],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      let x = net.pool("MaxPool", net.op.Relu(net.conv(net.picture(), 3, 6)), 2);
      x = net.pool("MaxPool", net.op.Relu(net.conv(x, 6, 8)), 4);
      const hidden = net.op.Relu(
        net.op.Gemm(net.op.Flatten(net.pool("AveragePool", x, 1)), net.weight([12, 64]), undefined, { transB: 1 }),
      );
      return net.finish(net.gemm(hidden, 12));
    },
  },
  {
    name: "DenseNet: everything joined to everything before",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      let x = net.pool("MaxPool", net.convRelu(net.picture(), 3, 6), 3, 2);
      let channels = 6;
      for (const stage of [0, 1]) {
        for (const _ of [0, 1]) {
          const grown = net.conv(net.op.Relu(net.batchNorm(x, channels)), channels, 4, { bias: false });
          x = net.op.Concat(x, grown, { axis: 1 });
          channels += 4;
        }
        if (stage > 0) continue;
        x = net.pool(
          "AveragePool",
          net.conv(net.op.Relu(net.batchNorm(x, channels)), channels, 8, { kernel: [1, 1] }),
          2,
        );
        channels = 8;
      }
      return net.finish(net.head(net.op.Relu(net.batchNorm(x, channels)), channels));
    },
  },
  {
    name: "Inception-v3: lopsided kernels, a pool that leaves the padding out",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const x = net.convRelu(net.convRelu(net.picture(), 3, 6, { stride: 2 }), 6, 6, { stride: 2 });
      const long = net.convRelu(net.convRelu(x, 6, 4, { kernel: [1, 7] }), 4, 4, { kernel: [7, 1] });
      const pooled = net.convRelu(net.pool("AveragePool", x, 3, 1, { count_include_pad: 0 }), 6, 4, { kernel: [1, 1] });
      const counted = net.pool("AveragePool", x, 3, 1, { count_include_pad: 1 });
      const joined = net.op.Concat(net.convRelu(x, 6, 4, { kernel: [1, 1] }), long, pooled, counted, { axis: 1 });
      return net.finish(
        net.gemm(net.op.Squeeze(net.op.ReduceMean(joined, net.op.ints([2, 3])), net.op.ints([2, 3])), 18),
      );
    },
  },
  {
    name: "ShuffleNet: channels split, and shuffled by reshapes",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      let x = net.convRelu(net.convRelu(net.picture(), 3, 4, { stride: 2 }), 4, 8, { stride: 2 });
      for (const _ of [0, 1]) {
        const [kept, worked] = net.op.node("Split", [x, net.op.ints([4, 4])], { axis: 1 }, 2) as [Value, Value];
        const deep = net.batchNorm(net.conv(net.convRelu(worked, 4, 4, { kernel: [1, 1] }), 4, 4, { group: 4 }), 4);
        const joined = net.op.Concat(kept, net.convRelu(deep, 4, 4, { kernel: [1, 1] }), { axis: 1 });
        const shuffled = net.transpose(net.reshape(joined, [2, 4, 4, 8]), 0, 2, 1, 3, 4);
        x = net.reshape(shuffled, [8, 4, 8]);
      }
      return net.finish(net.gemm(net.op.ReduceMean(x, net.op.ints([2, 3]), { keepdims: 0 }), 8));
    },
  },
  {
    name: "EfficientNet and MNASNet: depthwise kernels, excitation, SiLU",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const stem = net.silu(net.batchNorm(net.conv(net.picture(), 3, 6, { stride: 4, bias: false }), 6));
      const wide = net.silu(net.batchNorm(net.conv(stem, 6, 12, { kernel: [1, 1], bias: false }), 12));
      const deep = net.silu(net.batchNorm(net.conv(wide, 12, 12, { kernel: [5, 5], group: 12, bias: false }), 12));
      const narrow = net.conv(
        excited(net, deep, 12, (x) => net.op.Sigmoid(x)),
        12,
        6,
        { kernel: [1, 1] },
      );
      const x = net.op.Add(stem, narrow);
      return net.finish(net.head(net.silu(net.conv(x, 6, 10, { kernel: [1, 1] })), 10));
    },
  },
  {
    name: "RegNet and ResNeXt: grouped kernels, excitation in the middle",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const stem = net.convRelu(net.picture(), 3, 8, { stride: 2 });
      const inner = net.convRelu(net.convRelu(stem, 8, 8, { kernel: [1, 1] }), 8, 8, { stride: 2, group: 4 });
      const worked = net.batchNorm(
        net.conv(
          excited(net, inner, 8, (x) => net.op.Sigmoid(x)),
          8,
          12,
          { kernel: [1, 1] },
        ),
        12,
      );
      const around = net.batchNorm(net.conv(stem, 8, 12, { kernel: [1, 1], stride: 2 }), 12);
      return net.finish(net.head(net.op.Relu(net.op.Add(worked, around)), 12));
    },
  },
  {
    name: "MobileNetV3: HardSwish, HardSigmoid, a convolution behind the global pool",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const [swish, gate] = [activation(net, "HardSwish"), activation(net, "HardSigmoid")];
      const stem = swish(net.batchNorm(net.conv(net.picture(), 3, 6, { stride: 4, bias: false }), 6));
      const deep = net.convRelu(stem, 6, 6, { kernel: [5, 5], group: 6 });
      const x = net.op.Add(stem, net.conv(excited(net, deep, 6, gate), 6, 6, { kernel: [1, 1] }));
      const wide = swish(net.batchNorm(net.conv(x, 6, 10, { kernel: [1, 1], bias: false }), 10));
      const hidden = swish(net.conv(net.op.GlobalAveragePool(wide), 10, 12, { kernel: [1, 1] }));
      return net.finish(net.gemm(net.op.Flatten(hidden), 12));
    },
  },
  {
    name: "GhostNet: cheap copies joined and cut off",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const stem = net.convRelu(net.picture(), 3, 6, { stride: 4 });
      const first = net.convRelu(stem, 6, 5, { kernel: [1, 1] });
      const cheap = net.convRelu(first, 5, 5, { group: 5 });
      const ghost = net.slice(net.op.Concat(first, cheap, { axis: 1 }), 1, 0, 9);
      const x = net.op.Add(net.conv(ghost, 9, 6, { kernel: [1, 1] }), stem);
      return net.finish(net.head(net.op.Relu(x), 6));
    },
  },
  {
    name: "ConvNeXt: channels last around the linear layers, a normalisation behind the pool",
    grid: [2, 4],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const normalized = (x: Value, channels: number) =>
        net.transpose(net.layerNorm(net.transpose(x, 0, 2, 3, 1), channels), 0, 3, 1, 2);
      let x = normalized(net.patches(net.picture(), 3, 6, 4), 6);
      let channels = 6;
      for (const stage of [0, 1]) {
        const deep = net.transpose(net.conv(x, channels, channels, { kernel: [7, 7], group: channels }), 0, 2, 3, 1);
        const worked = net.mlp(net.layerNorm(deep, channels), channels);
        const scaled = net.transpose(net.op.Mul(worked, net.weight([channels])), 0, 3, 1, 2);
        x = net.op.Add(scaled, x);
        if (stage === 0) x = net.patches(normalized(x, channels), 6, 8, 2);
        channels = 8;
      }
      return net.finish(net.gemm(net.op.Flatten(normalized(net.op.GlobalAveragePool(x), 8)), 8));
    },
  },
  {
    name: "PoolFormer: pools for attention, a normalisation over everything by reshapes",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const norm = (x: Value) => {
        const flat = net.reshape(x, [1, 6 * 32]);
        const [normal] = net.op.node("InstanceNormalization", [flat, net.constant([1], [1]), net.constant([1], [0])]);
        const back = net.reshape(normal as Value, [6, 4, 8]);
        return net.op.Add(net.op.Mul(back, net.weight([6, 1, 1])), net.weight([6, 1, 1]));
      };
      let x = net.patches(net.picture(), 3, 6, 4);
      const normal = norm(x);
      x = net.op.Add(x, net.op.Sub(net.pool("AveragePool", normal, 3, 1, { count_include_pad: 0 }), normal));
      x = net.op.Add(x, net.conv(net.gelu(net.conv(norm(x), 6, 12, { kernel: [1, 1] })), 12, 6, { kernel: [1, 1] }));
      return net.finish(net.gemm(net.layerNorm(net.op.ReduceMean(x, net.op.ints([-2, -1]), { keepdims: 0 }), 6), 6));
    },
  },
  {
    name: "HRNet: resolutions fused by resizing",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const fine = net.convRelu(net.picture(), 3, 6, { stride: 4 });
      const coarse = net.convRelu(fine, 6, 8, { stride: 2 });
      const scales = net.constant([4], [1, 1, 2, 2]);
      const enlarged = net.op.Resize(net.conv(coarse, 8, 6, { kernel: [1, 1] }), undefined, scales, {
        mode: "nearest",
        coordinate_transformation_mode: "asymmetric",
        nearest_mode: "floor",
      });
      return net.finish(net.head(net.op.Relu(net.op.Add(fine, enlarged)), 6));
    },
  },
  {
    name: "MobileViT: patches unfolded to sequences of one place each, and folded back",
    grid: [4, 8],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const x = net.silu(net.conv(net.picture(), 3, 6, { stride: 4 }));
      // [N*C*2, 2, 4, 2] to [N*4, 8, C]: four sequences, each of the same place in every patch of two by two.
      const split = net.transpose(net.unwindow(x, [2, 4, 2]), 0, 2, 1, 3);
      const sequences = net.transpose(net.unwindow(split, [6, 8, 4]), 0, 3, 2, 1);
      const tokens = net.block(net.unwindow(sequences, [8, 6]), 8, 6);
      const back = net.transpose(net.unwindow(net.layerNorm(tokens, 6), [4, 8, 6]), 0, 3, 2, 1);
      const folded = net.unwindow(net.transpose(net.unwindow(back, [4, 2, 2]), 0, 2, 1, 3), [6, 4, 8]);
      return net.finish(net.head(net.silu(net.conv(net.op.Concat(x, folded, { axis: 1 }), 12, 8)), 8));
    },
  },
  {
    name: "EfficientFormerV2: convolutions over attention, which has the shape of planes",
    grid: [2, 4],
    layout: "nchw",
    build: (options) => {
      const net = new Net(options);
      const x = net.patches(net.picture(), 3, 6, 8);
      const heads = (value: Value, last: boolean) => {
        const split = net.reshape(value, [2, 3, 8]);
        return last ? split : net.transpose(split, 0, 1, 3, 2);
      };
      const [q, k, v] = [
        heads(net.conv(x, 6, 6, { kernel: [1, 1] }), false),
        heads(net.conv(x, 6, 6, { kernel: [1, 1] }), true),
        heads(net.conv(x, 6, 6, { kernel: [1, 1] }), false),
      ];
      const talk = (value: Value) => net.conv(value, 2, 2, { kernel: [1, 1] });
      const share = talk(net.op.Softmax(talk(net.op.Add(net.op.MatMul(q, k), net.weight([1, 2, 8, 8]))), { axis: -1 }));
      const joined = net.reshape(net.transpose(net.op.MatMul(share, v), 0, 1, 3, 2), [6, 2, 4]);
      const y = net.op.Add(x, net.mixed(net.conv(net.op.Relu(joined), 6, 6, { kernel: [1, 1] })));
      return net.finish(
        net.gemm(net.op.ReduceMean(net.reshape(net.batchNorm(y, 6), [6, 8]), net.op.ints([-1]), { keepdims: 0 }), 6),
      );
    },
  },
];
