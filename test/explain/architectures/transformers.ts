/** @file Tiny networks in the manner of the model zoos' transformers over sequences of tokens. */

import type { Value } from "../../../src/onnx/graph.js";
import { type Architecture, Net, type NetOptions } from "./net.js";

const beforeAttention = /before the last attention: behind it only the class token/;
const together = /before they are taken together/;
const attentionPool = /before an attention takes them together/;

/** Patches of 4x4 pixels: 32 tokens of the grid 4x8, with learned ones before them. */
function embedded(net: Net, before = 0, channels = 8): Value {
  const patches = net.tokens(net.patches(net.picture(), 3, channels, 4), channels, 32);
  if (before === 0) return net.op.Add(patches, net.weight([1, 32, channels]));
  const all = net.op.Concat(net.learned(before, channels, patches), patches, { axis: 1 });
  return net.op.Add(all, net.weight([1, 32 + before, channels]));
}

const token = (net: Net, x: Value, index = 0) => net.op.Gather(x, net.op.int(index), { axis: 1 });
const mean = (net: Net, x: Value) => net.op.ReduceMean(x, net.op.ints([1]), { keepdims: 0 });

function vit(before: number): (options: NetOptions) => ReturnType<Net["finish"]> {
  return (options) => {
    const net = new Net(options);
    let x = embedded(net, before);
    for (const _ of [0, 1]) x = net.block(x, 32 + before, 8);
    return net.finish(net.gemm(token(net, net.layerNorm(x, 8)), 8));
  };
}

export const transformers: readonly Architecture[] = [
  { name: "ViT: a class token", grid: [4, 8], layout: "tokens", skip: 1, reason: beforeAttention, build: vit(1) },
  { name: "ViT with four registers", grid: [4, 8], layout: "tokens", skip: 5, reason: beforeAttention, build: vit(5) },
  {
    name: "ViT of an old opset: normalisation in single steps, queries, keys and values in one layer",
    grid: [4, 8],
    layout: "tokens",
    skip: 1,
    reason: beforeAttention,
    build: (options) => {
      const net = new Net(options);
      let x = embedded(net, 1);
      for (const _ of [0, 1]) {
        const all = net.reshape(net.linear(net.layerNormInSteps(x, 8), 8, 24), [33, 3, 2, 4]);
        const apart = net.transpose(all, 2, 0, 3, 1, 4);
        const [q, k, v] = [0, 1, 2].map((i) => net.op.Gather(apart, net.op.int(i), { axis: 0 })) as [
          Value,
          Value,
          Value,
        ];
        const share = net.op.Softmax(net.op.MatMul(q, net.transpose(k, 0, 1, 3, 2)), { axis: -1 });
        const joined = net.reshape(net.transpose(net.op.MatMul(share, v), 0, 2, 1, 3), [33, 8]);
        x = net.op.Add(x, net.mixed(net.linear(joined, 8, 8)));
        x = net.op.Add(x, net.mlp(net.layerNormInSteps(x, 8), 8));
      }
      return net.finish(net.gemm(token(net, net.layerNormInSteps(x, 8)), 8));
    },
  },
  {
    name: "ViT of torchvision: the sequence before the batch, heads folded into it",
    grid: [4, 8],
    layout: "tokens",
    skip: 1,
    reason: beforeAttention,
    build: (options) => {
      const net = new Net(options);
      let x = embedded(net, 1);
      for (const _ of [0, 1]) {
        const first = net.transpose(net.layerNorm(x, 8), 1, 0, 2);
        const heads = (value: Value) => net.transpose(net.op.Reshape(value, net.op.ints([33, -1, 4])), 1, 0, 2);
        const [q, k, v] = [0, 1, 2].map(() => heads(net.linear(first, 8, 8))) as [Value, Value, Value];
        const share = net.op.Softmax(net.op.MatMul(q, net.transpose(k, 0, 2, 1)), { axis: -1 });
        const joined = net.op.Reshape(net.transpose(net.op.MatMul(share, v), 1, 0, 2), net.op.ints([33, -1, 8]));
        x = net.op.Add(x, net.mixed(net.transpose(net.linear(joined, 8, 8), 1, 0, 2)));
        x = net.op.Add(x, net.mlp(net.layerNorm(x, 8), 8));
      }
      return net.finish(net.gemm(token(net, net.layerNorm(x, 8)), 8));
    },
  },
  {
    name: "DeiT distilled: two tokens, two heads",
    grid: [4, 8],
    layout: "tokens",
    skip: 2,
    reason: beforeAttention,
    build: (options) => {
      const net = new Net(options);
      const x = net.layerNorm(net.block(net.block(embedded(net, 2), 34, 8), 34, 8), 8);
      const both = [0, 1].map((i) => net.gemm(token(net, x, i), 8)) as [Value, Value];
      return net.finish(net.op.Div(net.op.Add(...both), net.op.scalar(2)));
    },
  },
  {
    name: "CaiT: the class token joins late and reads the others alone",
    grid: [4, 8],
    layout: "tokens",
    skip: 1,
    reason: beforeAttention,
    build: (options) => {
      const net = new Net(options);
      const x = net.block(embedded(net), 32, 8);
      let only = net.learned(1, 8, x);
      for (const _ of [0, 1]) {
        const both = net.layerNorm(net.op.Concat(only, x, { axis: 1 }), 8);
        const asked = net.attention(net.slice(both, 1, 0, 1), 1, 33, 8, 2, both);
        only = net.op.Add(only, net.op.Mul(asked, net.weight([8])));
        only = net.op.Add(only, net.mlp(net.layerNorm(only, 8), 8));
      }
      const all = net.layerNorm(net.op.Concat(only, x, { axis: 1 }), 8);
      return net.finish(net.gemm(token(net, all), 8));
    },
  },
  {
    name: "BEiT and EVA: the mean of the patches, a gate in the linear layers, rotated queries and keys",
    grid: [4, 8],
    layout: "tokens",
    reason: together,
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      let x = embedded(net, 1);
      for (const _ of [0, 1]) {
        const y = net.layerNorm(x, 8);
        const heads = (value: Value) => net.transpose(net.reshape(value, [33, 2, 4]), 0, 2, 1, 3);
        // Rotary positions for the patches only, as EVA-02 has them.
        const rotated = (value: Value) => {
          const patches = net.slice(value, 2, 1, 33);
          const [even, odd] = [net.slice(patches, 3, 0, 4, 2), net.slice(patches, 3, 1, 4, 2)].map((each) =>
            op.Unsqueeze(each, op.ints([4])),
          );
          const turned = op.Reshape(op.Concat(op.Neg(odd), even, { axis: 4 }), op.Shape(patches));
          const moved = op.Add(op.Mul(patches, net.weight([32, 4])), op.Mul(turned, net.weight([32, 4])));
          return op.Concat(net.slice(value, 2, 0, 1), moved, { axis: 2 });
        };
        const [q, k, v] = [
          rotated(heads(net.linear(y, 8, 8))),
          rotated(heads(net.linear(y, 8, 8))),
          heads(net.linear(y, 8, 8)),
        ];
        const bias = net.weight([1, 2, 33, 33]);
        const share = op.Softmax(op.Add(op.MatMul(q, net.transpose(k, 0, 1, 3, 2)), bias), { axis: -1 });
        x = op.Add(
          x,
          net.mixed(net.linear(net.reshape(net.transpose(op.MatMul(share, v), 0, 2, 1, 3), [33, 8]), 8, 8)),
        );
        const z = net.layerNorm(x, 8);
        x = op.Add(
          x,
          net.linear(net.layerNorm(op.Mul(net.silu(net.linear(z, 8, 12)), net.linear(z, 8, 12)), 12), 12, 8),
        );
      }
      return net.finish(net.gemm(net.layerNorm(mean(net, net.slice(x, 1, 1, 33)), 8), 8));
    },
  },
  {
    name: "SigLIP: a learned query takes the tokens together",
    grid: [4, 8],
    layout: "tokens",
    reason: attentionPool,
    build: (options) => {
      const net = new Net(options);
      const x = net.layerNorm(net.block(embedded(net), 32, 8), 8);
      const pooled = net.attention(net.learned(1, 8, x), 1, 32, 8, 2, x);
      const all = net.op.Add(pooled, net.mlp(net.layerNorm(pooled, 8), 8));
      return net.finish(net.gemm(token(net, all), 8));
    },
  },
  {
    name: "MLP-Mixer: linear layers over the places",
    grid: [4, 8],
    layout: "tokens",
    reason: together,
    build: (options) => {
      const net = new Net(options);
      let x = net.tokens(net.patches(net.picture(), 3, 8, 4), 8, 32);
      for (const _ of [0, 1]) {
        const across = net.mlp(net.transpose(net.layerNorm(x, 8), 0, 2, 1), 32, 12);
        x = net.op.Add(x, net.mixed(net.transpose(across, 0, 2, 1)));
        x = net.op.Add(x, net.mlp(net.layerNorm(x, 8), 8));
      }
      return net.finish(net.gemm(mean(net, net.layerNorm(x, 8)), 8));
    },
  },
  {
    name: "gMLP: one half gates the other through a layer over the places",
    grid: [4, 8],
    layout: "tokens",
    reason: together,
    build: (options) => {
      const net = new Net(options);
      let x = net.tokens(net.patches(net.picture(), 3, 8, 4), 8, 32);
      const inner = net.gelu(net.linear(net.layerNorm(x, 8), 8, 12));
      const [u, v] = net.op.node("Split", [inner, net.op.ints([6, 6])], { axis: 2 }, 2) as [Value, Value];
      const across = net.linear(net.transpose(net.layerNorm(v, 6), 0, 2, 1), 32, 32);
      const gate = net.op.Add(net.mixed(net.transpose(across, 0, 2, 1)), net.op.scalar(1));
      x = net.op.Add(x, net.linear(net.op.Mul(u, gate), 6, 8));
      return net.finish(net.gemm(mean(net, net.layerNorm(x, 8)), 8));
    },
  },
  {
    name: "XCiT: attention between channels, convolutions between tokens, then a class token",
    grid: [4, 8],
    layout: "tokens",
    skip: 1,
    reason: beforeAttention,
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      let x = net.tokens(net.patches(net.picture(), 3, 8, 4), 8, 32);
      const heads = () => net.transpose(net.reshape(net.linear(net.layerNorm(x, 8), 8, 8), [32, 2, 4]), 0, 2, 3, 1);
      const unit = (value: Value) => op.Div(value, op.Max(op.ReduceL2(value, op.ints([-1])), op.scalar(1e-6)));
      const [q, k, v] = [unit(heads()), unit(heads()), heads()];
      const share = op.Softmax(op.Mul(op.MatMul(q, net.transpose(k, 0, 1, 3, 2)), net.weight([2, 1, 1])), { axis: -1 });
      const joined = net.reshape(net.transpose(op.MatMul(share, v), 0, 3, 1, 2), [32, 8]);
      x = op.Add(x, net.linear(joined, 8, 8));
      const planes = net.reshape(net.transpose(net.layerNorm(x, 8), 0, 2, 1), [8, 4, 8]);
      const local = net.batchNorm(net.gelu(net.conv(planes, 8, 8, { group: 8 })), 8);
      x = op.Add(x, net.tokens(local, 8, 32));
      const both = net.layerNorm(op.Concat(net.learned(1, 8, x), x, { axis: 1 }), 8);
      const asked = op.Add(net.slice(both, 1, 0, 1), net.attention(net.slice(both, 1, 0, 1), 1, 33, 8, 2, both));
      const all = net.layerNorm(op.Concat(asked, net.slice(both, 1, 1, 33), { axis: 1 }), 8);
      return net.finish(net.gemm(token(net, all), 8));
    },
  },
  {
    name: "PVT: keys and values of a coarser grid",
    grid: [4, 8],
    layout: "tokens",
    reason: together,
    build: (options) => {
      const net = new Net(options);
      const x = embedded(net);
      const y = net.layerNorm(x, 8);
      const planes = net.reshape(net.transpose(y, 0, 2, 1), [8, 4, 8]);
      const coarse = net.layerNorm(net.tokens(net.patches(planes, 8, 8, 2), 8, 8), 8);
      const attended = net.op.Add(x, net.attention(y, 32, 8, 8, 2, coarse));
      const all = net.op.Add(attended, net.mlp(net.layerNorm(attended, 8), 8));
      return net.finish(net.gemm(mean(net, net.layerNorm(all, 8)), 8));
    },
  },
  {
    name: "LeViT: normalisation of a sequence as rows of one matrix, places as the last axis",
    grid: [4, 8],
    layout: "tokens",
    reason: together,
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      const rows = (x: Value, from: number, to: number) => {
        const y = op.MatMul(x, net.weight([from, to], [to, from]));
        return op.Reshape(net.batchNorm(op.Reshape(y, op.ints([-1, to])), to), op.Shape(y));
      };
      let x = net.tokens(net.patches(net.picture(), 3, 8, 4), 8, 32);
      const all = net.reshape(rows(x, 8, 24), [32, 2, 12]);
      const [q, k, v] = op.node("Split", [all, op.ints([4, 4, 4])], { axis: 3 }, 3) as [Value, Value, Value];
      const share = op.Softmax(
        op.Add(op.MatMul(net.transpose(q, 0, 2, 1, 3), net.transpose(k, 0, 2, 3, 1)), net.weight([2, 32, 32])),
        { axis: -1 },
      );
      const joined = net.reshape(net.transpose(op.MatMul(share, net.transpose(v, 0, 2, 1, 3)), 0, 2, 1, 3), [32, 8]);
      x = op.Add(x, net.mixed(rows(op.node("HardSwish", [joined])[0] as Value, 8, 8)));
      return net.finish(net.gemm(mean(net, x), 8));
    },
  },
  {
    name: "CvT: queries, keys and values by convolutions, a class token beside the planes",
    grid: [4, 8],
    layout: "tokens",
    skip: 1,
    reason: beforeAttention,
    build: (options) => {
      const net = new Net(options);
      const x = embedded(net, 1);
      const y = net.layerNorm(x, 8);
      const [only, patches] = net.op.node("Split", [y, net.op.ints([1, 32])], { axis: 1 }, 2) as [Value, Value];
      const planes = net.reshape(net.transpose(patches, 0, 2, 1), [8, 4, 8]);
      const projected = () =>
        net.op.Concat(only, net.tokens(net.batchNorm(net.conv(planes, 8, 8, { group: 8 }), 8), 8, 32), { axis: 1 });
      const heads = (value: Value) => net.transpose(net.reshape(net.linear(value, 8, 8), [33, 2, 4]), 0, 2, 1, 3);
      const [k, v, q] = [heads(projected()), heads(projected()), heads(projected())];
      const share = net.op.Softmax(net.op.MatMul(q, net.transpose(k, 0, 1, 3, 2)), { axis: -1 });
      const joined = net.reshape(net.transpose(net.op.MatMul(share, v), 0, 2, 1, 3), [33, 8]);
      return net.finish(net.gemm(token(net, net.layerNorm(net.op.Add(x, net.mixed(net.linear(joined, 8, 8))), 8)), 8));
    },
  },
  {
    name: "attention written with Einsum",
    grid: [4, 8],
    layout: "tokens",
    reason: together,
    build: (options) => {
      const net = new Net(options);
      const { op } = net;
      let x = embedded(net);
      const heads = () => net.reshape(net.linear(net.layerNorm(x, 8), 8, 8), [32, 2, 4]);
      const [q, k, v] = [heads(), heads(), heads()];
      const share = op.Softmax(op.node("Einsum", [q, k], { equation: "bihd,bjhd->bhij" })[0], { axis: -1 });
      const joined = op.node("Einsum", [share, v], { equation: "bhij,bjhd->bihd" })[0] as Value;
      x = op.Add(x, net.mixed(net.linear(net.reshape(joined, [32, 8]), 8, 8)));
      return net.finish(net.gemm(mean(net, net.layerNorm(x, 8)), 8));
    },
  },
];
