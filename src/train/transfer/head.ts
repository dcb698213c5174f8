/** @file Transfer learning: the features of a trained network, a new last layer on them, and the last stages with it. */

import type { Examples } from "../data/dataset.js";
import { FoveaError } from "../foundation/error.js";
import { random } from "../foundation/random.js";
import { appendNormalized } from "../image/input/preprocess.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import { Builder } from "../onnx/builder.js";
import { copyGraph, dimsOf, type Graph, type GraphNode, producers, type Value, type ValueInfo } from "../onnx/graph.js";
import { descendants, distancesTo, prune } from "../onnx/prune.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import { Layers, withWeights } from "./network/layers.js";
import { appendEnding, type Head, scoreCount, type Trainable } from "./trainable.js";

/** A trained network without its last layer. */
export interface Backbone {
  /** From the network's input to `features`. */
  readonly graph: Graph;
  readonly input: Value;
  /** [N, width]. */
  readonly features: Value;
  readonly width: number;
  /** What the features are, in the network's own words: what its last layer read. */
  readonly layer: Value;
}

/** A classifier with the types of its inner values, as `openModel` gives it. */
export interface TrainedClassifier {
  readonly graph: Graph;
  readonly input: ValueInfo;
  readonly scores: Value;
}

/**
 * Takes a classifier's last layer with weights off. What that read becomes the features, averaged over all places where it has
 * places.
 * @param layer another value to take the features from, [N, C], [N, T, C] or [N, C, H, W]. Default: what the last layer reads
 * @throws FoveaError `unknown-name`, `bad-graph` where there is no such layer, or its size is not known
 */
export function backboneOf({ graph, input, scores }: TrainedClassifier, layer?: Value): Backbone {
  const chosen = layer ?? readByLastLayer(graph, input.name, scores);
  const seen = descendants(graph, [input.name]);
  if (chosen === undefined || !seen.has(chosen)) {
    const got = chosen === undefined ? "none" : `"${chosen}"`;
    const expected = "expected a last layer with weights, or the name of a value behind the image";
    throw new FoveaError("bad-graph", `features: ${expected}, got ${got}: name one with --features`);
  }
  const dims = dimsOf(graph, chosen) ?? [];
  const width = dims[dims.length === 3 ? 2 : 1];
  if (typeof width !== "number" || dims.length < 2 || dims.length > 4) {
    throw new FoveaError(
      "bad-graph",
      `features "${chosen}": expected [N, C], [N, T, C] or [N, C, H, W] with a known C, got [${dims.join(", ")}]`,
    );
  }
  const op = new Builder(copyGraph(graph), "features");
  const features = pooled(op, chosen, dims.length);
  return { graph: prune(op.graph, [features]), input: input.name, features, width, layer: chosen };
}

function pooled(op: Builder, value: Value, rank: number): Value {
  if (rank === 4) return op.Flatten(op.GlobalAveragePool(value), { axis: 1 });
  return rank === 3 ? op.ReduceMean(value, op.ints([1]), { keepdims: 0 }) : value;
}

const weighted = new Set(["Gemm", "MatMul", "Conv"]);

/** Of the layers whose second input does not depend on the image: what the one nearest to the scores reads. */
function readByLastLayer(graph: Graph, input: Value, scores: Value): Value | undefined {
  const [made, seen] = [producers(graph), descendants(graph, [input])];
  for (const value of distancesTo(graph, scores).keys()) {
    const { op, inputs } = made.get(value) ?? { op: "", inputs: [] };
    const [read = "", weight = ""] = inputs;
    if (weighted.has(op) && seen.has(read) && !seen.has(weight)) return read;
  }
  return undefined;
}

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
export async function featureScale(examples: Examples): Promise<FeatureScale> {
  const [width = 0] = examples.dims;
  const [sum, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let first = 0; first < examples.count; first += chunk) {
    const indices = Array.from({ length: Math.min(chunk, examples.count - first) }, (_, i) => first + i);
    floats(await examples.read(indices)).forEach((value, i) => {
      const k = i % width;
      sum[k] = (sum[k] as number) + value;
      squares[k] = (squares[k] as number) + value * value;
    });
  }
  const mean = Float32Array.from(sum, (total) => total / examples.count);
  const deviation = Float32Array.from(squares, (total, k) => {
    const variance = total / examples.count - (mean[k] as number) ** 2;
    return variance > smallestVariance * (total / examples.count) ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation };
}

/** Relative to the mean square: below is what rounding leaves of none. */
const smallestVariance = 1e-10;

const [weightName, biasName] = ["head.weight", "head.bias"];

/** A linear layer to train on features, which it takes standardised. */
export function onFeatures(
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

/** The layer that was trained by `onFeatures`, for features as they are. */
export function learnedHead({ initializers }: Graph, { mean, deviation }: FeatureScale): LinearHead {
  const [weight, bias] = [weightName, biasName].map((name) => initializers.get(name) as Tensor) as [Tensor, Tensor];
  const width = mean.length;
  const scaled = floats(weight).map((value, i) => value / (deviation[i % width] as number));
  const shifted = floats(bias).map((value, score) => {
    const row = scaled.subarray(score * width, (score + 1) * width);
    return row.reduce((sum, factor, i) => sum - factor * (mean[i] as number), value);
  });
  return { weight: float32(weight.dims, scaled), bias: float32(bias.dims, shifted) };
}

/** A backbone with a layer on its features, to `probabilities`. */
export function withHead(backbone: Backbone, layer: LinearHead, head: Head, classes: number): Graph {
  const { graph, logits } = joinedWith(backbone, layer);
  appendEnding(new Builder(graph), logits, head, classes);
  return graph;
}

function joinedWith({ graph, features }: Backbone, { weight, bias }: LinearHead) {
  const joined = copyGraph(graph);
  joined.outputs = [];
  const op = new Builder(joined);
  const names = [op.constant(weight, weightName), op.constant(bias, biasName)];
  return { graph: joined, logits: op.layer(op.fresh("logits"), "Gemm", [features, ...names], { transB: 1 }), names };
}

export interface UnfreezeOptions {
  readonly classes: number;
  readonly head: Head;
  /** How the network takes its pixels; they come in its size. */
  readonly preprocessing: Preprocessing;
  /** Everything behind this value is trained. Default: everything. */
  readonly behind?: Value | undefined;
}

/**
 * A backbone whose last stages are trained on pixels together with the new layer. Its normalisation layers keep their running
 * statistics.
 */
export function unfrozen(backbone: Backbone, layer: LinearHead, options: UnfreezeOptions): Trainable {
  const { classes, head, preprocessing, behind } = options;
  const { channels, height, width } = preprocessing;
  return {
    classes,
    head,
    example: { type: "uint8", dims: [channels, height, width] },
    prepare: (op, pixels) => appendNormalized(op, op.Mul(pixels, op.scalar(255)), preprocessing),
    build() {
      const { graph, logits, names } = joinedWith(backbone, layer);
      const parameters = [...weightsBehind(graph, behind ?? backbone.input), ...names];
      return { graph, input: backbone.input, logits, parameters: [...new Set(parameters)], statistics: [] };
    },
    export: (learned) => withWeights(withHead(backbone, layer, head, classes), learned),
  };
}

/** Which inputs of an operator are learned; running statistics are not. */
const learnedInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  PRelu: [1],
};

/** Float weights of the layers behind a value, in the order of the nodes; a bias that is added to a product is one. */
function weightsBehind(graph: Graph, behind: Value): Value[] {
  const seen = descendants(graph, [behind]);
  const products = new Set(graph.nodes.flatMap(({ op, outputs }) => (op === "MatMul" ? outputs : [])));
  const learned = ({ op, inputs }: GraphNode) => {
    if (op === "Add" && inputs.some((input) => products.has(input))) return inputs;
    return (learnedInputs[op] ?? []).map((i) => inputs[i] ?? "");
  };
  return graph.nodes
    .filter(({ inputs }) => inputs.some((input) => seen.has(input)))
    .flatMap(learned)
    .filter((name) => graph.initializers.get(name)?.type === "float32");
}

/** How many numbers of a backbone would be trained behind a value; behind its input where there is none. */
export function learnableBehind({ graph, input }: Backbone, behind: Value = input): number {
  const names = new Set(weightsBehind(graph, behind));
  return [...names].reduce((sum, name) => sum + (graph.initializers.get(name) as Tensor).size, 0);
}
