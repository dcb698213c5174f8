/** @file A new last layer on the features of a backbone: standardised features, their layer, and the network with it. */

import type { Examples } from "../../data/dataset.js";
import { at, present } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph } from "../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { Layers, withWeights } from "../network/layers.js";
import { appendEnding, type Head, scoreCount, type Trainable } from "../trainable.js";
import type { Backbone } from "./backbone.js";

/** A linear layer: scores = features · weight' + bias. */
export interface LinearHead {
  /** [scores, width]. */
  readonly weight: Tensor;
  /** [scores]. */
  readonly bias: Tensor;
}

/** Mean and deviation of each feature. */
export interface FeatureScale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Rows that are read at a time. */
const chunk = 256;

/** Mean and deviation of each feature; one that is always the same is left as it is. */
export async function measureFeatures(examples: Examples): Promise<FeatureScale> {
  const [width = 0] = examples.dims;
  const [sum, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let first = 0; first < examples.count; first += chunk) {
    const indices = Array.from({ length: Math.min(chunk, examples.count - first) }, (_, i) => first + i);
    floats(await examples.read(indices)).forEach((value, i) => {
      const k = i % width;
      sum[k] = (sum[k] ?? 0) + value;
      squares[k] = (squares[k] ?? 0) + value * value;
    });
  }
  const mean = Float32Array.from(sum, (total) => total / examples.count);
  const deviation = Float32Array.from(squares, (total, k) => {
    const variance = total / examples.count - at(mean, k) ** 2;
    return variance > smallestVariance * (total / examples.count) ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation };
}

/** Relative to the mean square: a variance below is the rounding of none. */
const smallestVariance = 1e-10;

const [weightName, biasName] = ["head.weight", "head.bias"];

/** A linear layer to train on features, which it takes standardised. */
export function trainableHead(
  { mean, deviation }: FeatureScale,
  classes: number,
  { seed, head }: { readonly seed: number; readonly head: Head },
): Trainable {
  const width = mean.length;
  const build = () => {
    const layers = new Layers("head", random(seed).fork("weights"), true);
    const input = layers.op.input("features", "float32", ["N", width]);
    const logits = layers.linear(input, "head", width, scoreCount(head, classes));
    return { graph: layers.graph, input, logits, parameters: layers.parameters, statistics: [] };
  };
  return {
    classes,
    head,
    example: { type: "float32", dims: [width] },
    prepare: (op, features) => {
      const centred = op.Sub(features, op.constant(float32([width], mean), "mean"));
      return op.Div(centred, op.constant(float32([width], deviation), "deviation"));
    },
    build,
    export(learned) {
      const { graph, logits } = build();
      appendEnding(new Builder(graph), logits, head, classes);
      return withWeights(graph, learned);
    },
  };
}

/** The layer that was trained as a `trainableHead`, for features as they are. */
export function extractHead({ initializers }: Graph, { mean, deviation }: FeatureScale): LinearHead {
  const weight = present(initializers.get(weightName), weightName);
  const bias = present(initializers.get(biasName), biasName);
  const width = mean.length;
  const scaled = floats(weight).map((value, i) => value / at(deviation, i % width));
  const shifted = floats(bias).map((value, score) => {
    const row = scaled.subarray(score * width, (score + 1) * width);
    return row.reduce((sum, factor, i) => sum - factor * at(mean, i), value);
  });
  return { weight: float32(weight.dims, scaled), bias: float32(bias.dims, shifted) };
}

/** A backbone with a layer on its features, to `probabilities`. */
export function attachHead(backbone: Backbone, layer: LinearHead, head: Head, classes: number): Graph {
  const { graph, logits } = appendHead(backbone, layer);
  appendEnding(new Builder(graph), logits, head, classes);
  return graph;
}

/** A copy of the backbone with the layer on its features, and the names of the layer's weights. */
export function appendHead(backbone: Backbone, { weight, bias }: LinearHead) {
  const graph = copyGraph(backbone.graph);
  graph.outputs = [];
  const op = new Builder(graph);
  const names = [op.constant(weight, weightName), op.constant(bias, biasName)];
  const logits = op.layer(op.fresh("logits"), "Gemm", [backbone.features, ...names], { transB: 1 });
  return { graph, logits, names };
}
