/** @file The graphs of a method of samples: the image's own scores, one run of samples, and the map from their sums. */

import { findCut } from "../../../model/layers/cut.js";
import type { Model } from "../../../model/model.js";
import { fixedBatch } from "../../../model/run/batches.js";
import { appendSum } from "../../../model/run/classifier.js";
import { own } from "../../../model/run/tensors.js";
import { Builder } from "../../../onnx/builder.js";
import { copyGraph, type Graph } from "../../../onnx/graph.js";
import { prune } from "../../../onnx/prune.js";
import type { SampledMethod } from "../../method.js";
import type { ExplanationGraphs } from "../../options.js";
import { type AppendMethodOptions, methodInputs } from "../append-method.js";
import { appendTarget } from "../append-target.js";
import { overLeanNetwork } from "../lean-network.js";
import { type MapOutputOptions, mapOutputs, namedOutputs } from "../map-outputs.js";
import { type AffineStart, affineStart, noStart } from "./affine-start.js";
import { names } from "./names.js";
import { sampledImages } from "./sampled-images.js";
import { gradientSum, sumOverSamples } from "./sums.js";

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
  const start = startFor(op.graph, model, method);
  const sampled = sampledImages(op.scope(`fovea/${method.name}`), model, noise, start);
  const { target } = appendTarget(op, model, against);
  // One class for each image: it is repeated for the samples, which lie one behind the other.
  const tail = op.scope(`fovea/${method.name}`);
  const inputs = methodInputs(tail, target, what);
  const { each } = method;
  const sums =
    typeof each === "function"
      ? Object.entries(each(tail, inputs, { distance: () => inputs.imagePlanes(sampled.distance()) })).map(
          ([name, value]) => [name, sumOverSamples(tail, name, value)] as const,
        )
      : [[each.sum, gradientSum(tail, { sampled, start, inputs }, each)] as const];
  const outputs = sums.map(([name, value]) => tail.named(names.sum(name), value));
  return { tail: prune(op.graph, outputs), sums: sums.map(([name]) => name) };
}

/** Where samples are summed up: behind the affine start where many of them run at once. */
function startFor(graph: Graph, model: Model, { each }: SampledMethod): AffineStart {
  const { input, scores } = model;
  const isLinear = typeof each !== "function";
  return isLinear && takesMany(model) ? affineStart(graph, input.name, scores) : noStart(input.name);
}

/** Whether several samples of an image may run at once. */
export function takesMany(model: Model): boolean {
  return !model.oneByOne && fixedBatch(model) === undefined;
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
