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
}

export function sampledGraphs(
  what: AppendMethodOptions<SampledMethod>,
  { against, ...options }: SampledGraphOptions,
): SampledGraphs {
  const { model } = what;
  const samples = samplesGraph(what, against);
  const op = new Builder(copyGraph(model.graph));
  const { target: _, ...answers } = appendTarget(op, model, against);
  const outputs = [...namedOutputs(op, answers), appendSum(op, model)];
  const cut = findCut(op.graph, what.layer.name, outputs);
  return {
    ...samples,
    whole: prune(op.graph, outputs),
    cut,
    front: prune(op.graph, [...cut, own("sum")]),
    combine: combineGraph(what, samples.sums, { against, ...options }),
  };
}

/** Images [N, ...], classes and S samples to the sums over these samples. */
function samplesGraph(
  what: AppendMethodOptions<SampledMethod>,
  against: boolean,
): Pick<SampledGraphs, "tail" | "sums"> {
  const { model, method } = what;
  const op = new Builder(copyGraph(model.graph));
  const { images, way } = sampledImages(op.scope(`fovea/${method.name}`), model, method);
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
  { noise = 0 }: SampledMethod,
): { readonly images: Value; readonly way: Way } {
  const { graph } = op;
  const { name, type, dims = [] } = input;
  const network = graph.nodes;
  graph.nodes = [];
  graph.inputs = graph.inputs.filter((each) => each.name !== name);
  graph.types.set(name, { type: type as "float32", dims });
  const sizes: readonly Dim[] = dims.slice(1);
  const images = op.input(own("images"), "float32", [oneByOne ? 1 : "images", ...sizes]);
  const baseline = op.input(names.baseline, "float32", [oneByOne ? 1 : "baselines", ...sizes]);
  const trailing = op.ints(sizes.map((_, i) => i + 1));
  const at = op.Unsqueeze(op.input(names.at, "float32", ["S"]), op.ints([1, ...sizes.map((_, i) => i + 2)]));
  const whole = op.Sub(images, baseline);
  const moved = op.Mul(at, whole);
  let sampled = op.Add(moved, baseline);
  if (noise > 0) {
    const noiseInput = op.Unsqueeze(op.input(names.noise, "float32", ["S", ...sizes]), op.ints([1]));
    const extreme = (which: "ReduceMax" | "ReduceMin") => op[which](images, trailing, { keepdims: 1 });
    const deviation = op.Mul(op.scalar(noise), op.Sub(extreme("ReduceMax"), extreme("ReduceMin")));
    sampled = op.Add(sampled, op.Mul(noiseInput, deviation));
  }
  const shape = op.Concat(op.ints([-1]), op.Shape(images, { start: 1 }), { axis: 0 });
  op.named(name, op.Reshape(sampled, shape));
  graph.nodes.push(...network);
  const distance = () => op.Reshape(op.Expand(op.Unsqueeze(whole, op.ints([0])), op.Shape(moved)), shape);
  return { images, way: { distance } };
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
