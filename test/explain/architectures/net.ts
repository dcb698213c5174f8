/** @file Building blocks of tiny networks with seeded weights, spelled as the exporters spell them. */

import { Builder, float } from "../../../src/onnx/builder.js";
import type { Graph, Value } from "../../../src/onnx/graph.js";
import { float32, floats, int64, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";

export interface NetOptions {
  /** Without mixing, what reads other places (attention, mixing layers) adds nothing: each place then tells of itself only. */
  readonly mixing?: boolean;
  /** Shapes computed at run time from Shape nodes, as TorchScript writes them, or constants with -1. Default false. */
  readonly shapes?: boolean;
}

/** A network that takes pictures [N, 3, height, width], and a score for each of five classes. */
export interface Architecture {
  readonly name: string;
  readonly build: (options: NetOptions) => Graph;
  /** The grid of the layer that `auto` should choose. */
  readonly grid: readonly [number, number];
  readonly layout: "nchw" | "nhwc" | "tokens";
  /** Tokens before the grid's. Default 0. */
  readonly skip?: number;
  /** Default: the last feature map. */
  readonly reason?: RegExp;
  /** Default [N, 3, 16, 32]. */
  readonly input?: readonly [number, number, number];
}

export interface ConvOptions {
  readonly kernel?: readonly [number, number];
  readonly stride?: number;
  readonly group?: number;
  readonly bias?: boolean;
  readonly pads?: readonly number[];
}

export const classes = 5;

export class Net {
  readonly op = new Builder();
  readonly #mixing: boolean;
  readonly #shapes: boolean;
  #count = 0;

  constructor({ mixing = true, shapes = false }: NetOptions = {}) {
    this.#mixing = mixing;
    this.#shapes = shapes;
  }

  picture(height = 16, width = 32): Value {
    return this.op.input("pixels", "float32", ["N", 3, height, width]);
  }

  finish(scores: Value): Graph {
    this.op.output(scores, "scores");
    return this.op.graph;
  }

  weight(dims: readonly number[], of = dims): Value {
    const fan = dims.slice(-1)[0] as number;
    const seed = `weight ${this.#count++}`;
    const scale = Math.sqrt(3 / Math.max(1, of.length > 1 ? of.slice(1).reduce((a, b) => a * b, 1) : fan));
    return this.op.constant(randomTensor(dims, seed, { interval: [-scale, scale] }), seed);
  }

  scales(count: number): Value {
    return this.op.constant(randomTensor([count], `scale ${this.#count++}`, { interval: [0.6, 1.4] }), "scale");
  }

  conv(
    x: Value,
    from: number,
    to: number,
    { kernel = [3, 3], stride = 1, group = 1, bias = true, pads }: ConvOptions = {},
  ): Value {
    const [above, left] = kernel.map((size) => (size - 1) >> 1) as [number, number];
    const attributes = {
      kernel_shape: kernel,
      strides: [stride, stride],
      group,
      pads: pads ?? [above, left, kernel[0] - 1 - above, kernel[1] - 1 - left],
    };
    return this.op.Conv(
      x,
      this.kernel([to, from / group, ...kernel]),
      bias ? this.weight([to]) : undefined,
      attributes,
    );
  }

  /** Without mixing, only the middle is left of kernels that have one: those of patches have none. */
  kernel(dims: readonly number[]): Value {
    const [, , height = 1, width = 1] = dims;
    const name = this.weight(dims);
    if (this.#mixing || height % 2 === 0 || width % 2 === 0) return name;
    const middle = ((height - 1) >> 1) * width + ((width - 1) >> 1);
    const values = floats(this.op.graph.initializers.get(name) as Tensor);
    const kept = values.map((value, i) => (i % (height * width) === middle ? value : 0));
    return this.op.constant(float32(dims, kept), "kernel");
  }

  /** Patches without overlap. */
  patches(x: Value, from: number, to: number, size: number): Value {
    return this.conv(x, from, to, { kernel: [size, size], stride: size, pads: [0, 0, 0, 0] });
  }

  batchNorm(x: Value, channels: number): Value {
    const inputs = [x, this.scales(channels), this.weight([channels]), this.weight([channels]), this.scales(channels)];
    return this.op.node("BatchNormalization", inputs)[0] as Value;
  }

  convRelu(x: Value, from: number, to: number, options: ConvOptions = {}): Value {
    return this.op.Relu(this.batchNorm(this.conv(x, from, to, { bias: false, ...options }), to));
  }

  /** Without mixing, windows that are moved by one hold one place. */
  pool(kind: "MaxPool" | "AveragePool", x: Value, of: number, stride = of, more: Record<string, number> = {}): Value {
    const size = !this.#mixing && stride === 1 ? 1 : of;
    const pad = stride < size ? (size - 1) >> 1 : 0;
    const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads: [pad, pad, pad, pad], ...more };
    return this.op.node(kind, [x], attributes)[0] as Value;
  }

  silu(x: Value): Value {
    return this.op.Mul(x, this.op.Sigmoid(x));
  }

  gelu(x: Value): Value {
    const { op } = this;
    const share = op.Add(op.Erf(op.Div(x, op.scalar(Math.SQRT2))), op.scalar(1));
    return op.Mul(op.Mul(x, share), op.scalar(0.5));
  }

  layerNorm(x: Value, channels: number): Value {
    return this.op.node("LayerNormalization", [x, this.scales(channels), this.weight([channels])], {
      axis: -1,
      epsilon: float(1e-5),
    })[0] as Value;
  }

  /** The same in the single steps of opsets before 17. */
  layerNormInSteps(x: Value, channels: number): Value {
    const { op } = this;
    const centred = op.Sub(x, op.ReduceMean(x, op.ints([-1])));
    const variance = op.ReduceMean(op.Pow(centred, op.scalar(2)), op.ints([-1]));
    const normal = op.Div(centred, op.Sqrt(op.Add(variance, op.scalar(1e-5))));
    return op.Add(op.Mul(normal, this.scales(channels)), this.weight([channels]));
  }

  /** Over the last axis. */
  linear(x: Value, from: number, to: number, bias = true): Value {
    const product = this.op.MatMul(x, this.weight([from, to], [to, from]));
    return bias ? this.op.Add(product, this.weight([to])) : product;
  }

  /** What takes other places into account goes through here: zero without mixing. */
  mixed(x: Value): Value {
    return this.#mixing ? x : this.op.Mul(x, this.op.scalar(0));
  }

  /** A reshape whose first size is the batch, or as many times it. */
  reshape(x: Value, sizes: readonly number[], times = 1, batchOf = x): Value {
    const { op } = this;
    if (!this.#shapes) return op.Reshape(x, op.ints([-1, ...sizes]));
    const batch = op.Gather(op.Shape(batchOf), op.int(0), { axis: 0 });
    const first = op.Unsqueeze(times === 1 ? batch : op.Mul(batch, op.int(times)), op.ints([0]));
    const others = sizes.map((size) => op.Unsqueeze(op.constant(int64([size], [])), op.ints([0])));
    return op.Reshape(x, op.Concat(first, ...others, { axis: 0 }));
  }

  /** Back from windows: the batch is what is left over. */
  unwindow(x: Value, sizes: readonly number[]): Value {
    return this.op.Reshape(x, this.op.ints([-1, ...sizes]));
  }

  transpose(x: Value, ...perm: number[]): Value {
    return this.op.Transpose(x, { perm });
  }

  slice(x: Value, axis: number, from: number, to: number, step = 1): Value {
    const { op } = this;
    return op.Slice(x, op.ints([from]), op.ints([to]), op.ints([axis]), op.ints([step]));
  }

  /** [N, T, D] from planes. */
  tokens(x: Value, channels: number, count: number): Value {
    return this.transpose(this.reshape(x, [channels, count]), 0, 2, 1);
  }

  /** Learned tokens [1, K, D] for every picture of the batch of `like`. */
  learned(count: number, channels: number, like: Value): Value {
    const { op } = this;
    const batch = op.Shape(like, { start: 0, end: 1 });
    return op.Expand(this.weight([1, count, channels]), op.Concat(batch, op.ints([count, channels]), { axis: 0 }));
  }

  /** Multi-headed attention of `x` to `y`, both [N, T, D], with an output layer. */
  attention(x: Value, from: number, to: number, channels: number, heads = 2, y = x): Value {
    const { op } = this;
    const size = channels / heads;
    const split = (value: Value, count: number) =>
      this.transpose(this.reshape(value, [count, heads, size]), 0, 2, 1, 3);
    const [q, k, v] = [
      split(this.linear(x, channels, channels), from),
      split(this.linear(y, channels, channels), to),
      split(this.linear(y, channels, channels), to),
    ];
    const weights = op.Softmax(op.Mul(op.MatMul(q, this.transpose(k, 0, 1, 3, 2)), op.scalar(size ** -0.5)), {
      axis: -1,
    });
    const joined = this.reshape(this.transpose(op.MatMul(weights, v), 0, 2, 1, 3), [from, channels]);
    return this.mixed(this.linear(joined, channels, channels));
  }

  mlp(x: Value, channels: number, inner = 2 * channels): Value {
    return this.linear(this.gelu(this.linear(x, channels, inner)), inner, channels);
  }

  /** Attention and linear layers, each behind a normalisation and with a way around. */
  block(x: Value, count: number, channels: number): Value {
    const { op } = this;
    const attended = op.Add(x, this.attention(this.layerNorm(x, channels), count, count, channels));
    return op.Add(attended, this.mlp(this.layerNorm(attended, channels), channels));
  }

  /** Global average and a linear layer. */
  head(x: Value, channels: number): Value {
    return this.gemm(this.op.Flatten(this.op.GlobalAveragePool(x)), channels);
  }

  gemm(x: Value, channels: number): Value {
    return this.op.Gemm(x, this.weight([classes, channels]), this.weight([classes]), { transB: 1 });
  }

  constant(dims: readonly number[], values: readonly number[]): Value {
    return this.op.constant(float32(dims, values));
  }
}
