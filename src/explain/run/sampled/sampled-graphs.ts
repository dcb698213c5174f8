/** @file The graphs of a method of samples: the image's own scores, one run of samples, and the map from their sums. */

import { findCut } from "../../../model/layers/cut.js";
import type { Model } from "../../../model/model.js";
import { appendSum } from "../../../model/run/classifier.js";
import { own } from "../../../model/run/tensors.js";
import { Builder } from "../../../onnx/builder.js";
import { copyGraph, type Dim, type Graph, type Value } from "../../../onnx/graph.js";
import { prune } from "../../../onnx/prune.js";
import type { SampledMethod, Way } from "../../method.js";
import type { ExplanationGraphs } from "../../options.js";
import { type AppendMethodOptions, methodInputs } from "../append-method.js";
import { appendTarget } from "../append-target.js";
import { overLeanNetwork } from "../lean-network.js";
import { type MapOutputOptions, mapOutputs, namedOutputs } from "../map-outputs.js";

export interface SampledGraphs extends ExplanationGraphs {
  /** Image and class to scores. */
  readonly whole: Graph;
  /** Image, classes and S samples to the sums over these samples. */
  readonly tail: Graph;
  /** Image, class and sums, and `rise` where it is asked for, to the map. */
  readonly combine: Graph;
  /** Names of the sums. */
  readonly sums: readonly string[];
}

/** Names of the inputs. */
export const names = {
  at: own("at"),
  noise: own("noise"),
  baseline: own("baseline"),
  rise: own("rise"),
  sum: (name: string) => own(`sum/${name}`),
  weight: (name: string) => own(`weight/${name}`),
};

export interface SampledGraphOptions extends MapOutputOptions {
  readonly against: boolean;
  /** Standard deviation, relative to the range of the image's values. */
  readonly noise: number;
}

export function sampledGraphs(what: AppendMethodOptions<SampledMethod>, options: SampledGraphOptions): SampledGraphs {
  const { model } = what;
  const { against } = options;
  const samples = overLeanNetwork(model, what.layer.name, (network, onGradients) =>
    samplesGraph(network, { ...what, onGradients }, options),
  );
  const op = new Builder(copyGraph(model.graph));
  const { target: _, ...answers } = appendTarget(op, model, against);
  const outputs = [...namedOutputs(op, answers), appendSum(op, model)];
  const cut = findCut(op.graph, what.layer.name, outputs);
  return {
    ...samples,
    whole: prune(op.graph, outputs),
    cut,
    front: prune(op.graph, [...cut, own("sum")]),
    combine: combineGraph(what, samples.sums, options),
  };
}

/** Images [N, ...], classes and S samples to the sums over these samples. */
function samplesGraph(
  network: Graph,
  what: AppendMethodOptions<SampledMethod>,
  { against, noise }: SampledGraphOptions,
): Pick<SampledGraphs, "tail" | "sums"> {
  const { model, method } = what;
  const op = new Builder(copyGraph(network));
  const { images, way } = sampledImages(op.scope(`fovea/${method.name}`), model, noise);
  const { target } = appendTarget(op, model, against);
  // One class for each image: it is repeated for the samples, which lie one behind the other.
  const tail = op.scope(`fovea/${method.name}`);
  const inputs = methodInputs(tail, target, what);
  const each = method.each(tail, inputs, { distance: () => inputs.imagePlanes(way.distance()) });
  const count = tail.Shape(images, { start: 0, end: 1 });
  const outputs = Object.entries(each).map(([name, value]) => {
    const weights = tail.input(names.weight(name), "float32", ["S"]);
    const rows = tail.Reshape(value, tail.Concat(tail.Shape(weights), tail.ints([-1]), { axis: 0 }));
    const sum = tail.MatMul(tail.Unsqueeze(weights, tail.ints([0])), rows);
    const shape = tail.Concat(count, tail.Shape(value, { start: 1 }), { axis: 0 });
    return tail.named(names.sum(name), tail.Reshape(sum, shape));
  });
  return { tail: prune(op.graph, outputs), sums: Object.keys(each) };
}

/** Puts the nodes that make samples of images before the network. @returns the images, and the way in the input's own layout */
function sampledImages(
  op: Builder,
  { input, oneByOne }: Model,
  noise: number,
): { readonly images: Value; readonly way: Way } {
  const { graph } = op;
  const { name, type, dims = [] } = input;
  const network = graph.nodes;
  graph.nodes = [];
  graph.inputs = graph.inputs.filter((each) => each.name !== name);
  graph.types.set(name, { type: type as "float32", dims });
  const sizes: readonly Dim[] = dims.slice(1);
  const images = op.input(own("images"), "float32", [oneByOne ? 1 : "images", ...sizes]);
  // Of each sample or the same for all, and of each image or the same for all.
  const baseline = op.input(names.baseline, "float32", ["starts", oneByOne ? 1 : "baselines", ...sizes]);
  const at = op.Unsqueeze(op.input(names.at, "float32", ["S"]), op.ints([1, ...sizes.map((_, i) => i + 2)]));
  const noisy = noise > 0 ? noisyImages(op, images, sizes, noise) : op.Unsqueeze(images, op.ints([0]));
  const whole = op.Sub(noisy, baseline);
  const moved = op.Mul(at, whole);
  const shape = op.Concat(op.ints([-1]), op.Shape(images, { start: 1 }), { axis: 0 });
  op.named(name, op.Reshape(op.Add(moved, baseline), shape));
  graph.nodes.push(...network);
  const distance = () => op.Reshape(op.Expand(whole, op.Shape(moved)), shape);
  return { images, way: { distance } };
}

/** The images with noise on them, [S, N, ...]. */
function noisyImages(op: Builder, images: Value, sizes: readonly Dim[], noise: number): Value {
  const noiseInput = op.Unsqueeze(op.input(names.noise, "float32", ["S", ...sizes]), op.ints([1]));
  const trailing = op.ints(sizes.map((_, i) => i + 1));
  const extreme = (which: "ReduceMax" | "ReduceMin") => op[which](images, trailing, { keepdims: 1 });
  const deviation = op.Mul(op.scalar(noise), op.Sub(extreme("ReduceMax"), extreme("ReduceMin")));
  return op.Add(images, op.Mul(noiseInput, deviation));
}

/** The image, its class and the sums to the map. */
function combineGraph(
  what: AppendMethodOptions<SampledMethod>,
  sums: readonly string[],
  { against, ...outputs }: SampledGraphOptions,
): Graph {
  const { model, method } = what;
  const op = new Builder(copyGraph(model.graph));
  const { target } = appendTarget(op, model, against);
  const tail = op.scope(`fovea/${method.name}`);
  const sumInputs = Object.fromEntries(sums.map((name) => [name, tail.input(names.sum(name), "float32")]));
  const inputs = methodInputs(tail, target, what);
  const rise = () => tail.input(names.rise, "float32", ["N"]);
  const summed = { sums: sumInputs, rise };
  const appended = { method, tail, inputs, ...method.combine(tail, inputs, summed) };
  return prune(op.graph, namedOutputs(tail, mapOutputs(appended, outputs)));
}
