/** @file Layers as graph builders, with their trainable parameters and running statistics. */

import type { Random } from "../../foundation/random.js";
import { Builder, float } from "../../onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { float32, type Tensor } from "../../onnx/tensor.js";

/** How a batch normalisation's running statistics follow the statistics of each batch. */
export interface RunningStatistic {
  /** The running value, a state of the training. */
  readonly running: Value;
  /** The batch's own value; exists in a network built for training. */
  readonly batch: Value;
  readonly channels: number;
}

/** A network in the making. Parameters are initializers of the graph, drawn from `random`. */
export class Layers {
  readonly op: Builder;
  readonly parameters: Value[] = [];
  readonly statistics: RunningStatistic[] = [];
  readonly #random: Random;
  readonly #training: boolean;

  constructor(name: string, random: Random, training: boolean) {
    this.op = new Builder(emptyGraph(name));
    this.#random = random;
    this.#training = training;
  }

  get graph(): Graph {
    return this.op.graph;
  }

  /** A 2-D convolution, weights [outputs, inputs, kernel, kernel] drawn after He et al. 2015. */
  conv(x: Value, name: string, options: ConvOptions): Value {
    const { inputs, outputs, kernel, stride = 1, pad = 0, bias = true, start = 0 } = options;
    const fanIn = inputs * kernel * kernel;
    const weight = this.parameter(`${name}.weight`, [outputs, inputs, kernel, kernel], Math.sqrt(2 / fanIn));
    const shift = bias ? this.parameter(`${name}.bias`, [outputs], 0, start) : undefined;
    return this.op.layer(name, "Conv", [x, weight, shift], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  }

  /**
   * Batch normalisation over [N, C, H, W]. For training it uses the batch's statistics (momentum 0 makes the operator
   * hand them out), for inference the running ones.
   */
  batchNorm(x: Value, name: string, channels: number): Value {
    const scale = this.parameter(`${name}.weight`, [channels], 0, 1);
    const shift = this.parameter(`${name}.bias`, [channels], 0);
    const mean = this.#state(`${name}.running_mean`, channels, 0);
    const variance = this.#state(`${name}.running_var`, channels, 1);
    const inputs = [x, scale, shift, mean, variance];
    if (!this.#training) return this.op.layer(name, "BatchNormalization", inputs, { epsilon: float(1e-5) });
    const attributes = { epsilon: float(1e-5), momentum: float(0), training_mode: 1 };
    const [y, batchMean, batchVariance] = this.op.node("BatchNormalization", inputs, attributes, 3);
    this.statistics.push({ running: mean, batch: batchMean, channels });
    this.statistics.push({ running: variance, batch: batchVariance, channels });
    return y;
  }

  /** y = xW' + b, weights [outputs, inputs] uniform in ±1/√inputs. */
  linear(x: Value, name: string, inputs: number, outputs: number): Value {
    const weight = this.parameter(`${name}.weight`, [outputs, inputs], 1 / Math.sqrt(3 * inputs));
    const bias = this.parameter(`${name}.bias`, [outputs], 0);
    return this.op.layer(name, "Gemm", [x, weight, bias], { transB: 1 });
  }

  relu(x: Value, name: string): Value {
    return this.op.layer(name, "Relu", [x]);
  }

  sigmoid(x: Value, name: string): Value {
    return this.op.layer(name, "Sigmoid", [x]);
  }

  maxPool(x: Value, name: string, size: number): Value {
    return this.op.layer(name, "MaxPool", [x], { kernel_shape: [size, size], strides: [size, size] });
  }

  globalAveragePool(x: Value, name: string): Value {
    return this.flatten(this.op.layer(name, "GlobalAveragePool", [x]), `${name}.flatten`);
  }

  flatten(x: Value, name: string): Value {
    return this.op.layer(name, "Flatten", [x], { axis: 1 });
  }

  /** Numbers that are learned, normal around `mean`. */
  parameter(name: string, dims: readonly number[], deviation: number, mean = 0): Value {
    const source = this.#random.fork(name);
    const size = dims.reduce((a, b) => a * b, 1);
    const values = Float32Array.from(
      { length: size },
      () => mean + (deviation === 0 ? 0 : deviation * source.normal()),
    );
    this.graph.initializers.set(name, float32(dims, values));
    this.parameters.push(name);
    return name;
  }

  #state(name: string, channels: number, value: number): Value {
    this.graph.initializers.set(name, float32([channels], new Float32Array(channels).fill(value)));
    return name;
  }
}

export interface ConvOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on every side; default 0. */
  readonly pad?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** What the bias begins with; default 0. */
  readonly start?: number;
}

/** Replaces initializers by trained values of the same name. */
export function withWeights(graph: Graph, weights: ReadonlyMap<Value, Tensor>): Graph {
  const initializers = new Map(graph.initializers);
  for (const [name, tensor] of weights) if (initializers.has(name)) initializers.set(name, tensor);
  return { ...graph, initializers };
}
