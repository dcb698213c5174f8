/** @file Gradients for methods that need them: where there are none, what a user can do; where they are not the true ones, says so. */

import { appendGradients, type DifferentiateOptions } from "../../autodiff/differentiate.js";
import { isQuantized, whyNoRule } from "../../autodiff/no-rule.js";
import { FoveaError } from "../../foundation/error.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import { type ChosenLayer, imageLayer } from "../../model/layers/layer.js";
import type { GridOptions } from "../../model/layers/layout.js";
import type { Model } from "../../model/model.js";
import type { Builder } from "../../onnx/builder.js";
import { dimsOf, type Graph, type GraphNode, readsOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import { methods } from "../methods/index.js";
import type { CamMethod } from "../methods/method.js";

/**
 * `appendGradients`, whose refusals also name the methods that need no gradient.
 * @throws FoveaError `unsupported-operator`
 */
export function differentiated(op: Builder, options: DifferentiateOptions): ReadonlyMap<Value, Value> {
  for (const value of options.wrt) {
    const quantized = between(op.graph, value, options.of).find(isQuantized);
    if (quantized) throw inWholeNumbers(quantized);
  }
  try {
    return appendGradients(op, options);
  } catch (error) {
    if (!(error instanceof FoveaError) || error.code !== "unsupported-operator") throw error;
    throw new FoveaError(error.code, `${error.message}${gradientFree()}`, { cause: error });
  }
}

function inWholeNumbers(node: GraphNode, cause?: unknown): FoveaError {
  const { problem, advice } = whyNoRule(node);
  const message = `node "${node.name}": operator ${node.op} ${problem}: ${advice}${gradientFree()}`;
  return new FoveaError("unsupported-operator", message, { cause });
}

function gradientFree(): string {
  const names = methods.filter(({ needsGradient, baseline }) => !needsGradient && !baseline).map(({ name }) => name);
  return names.length === 0 ? "" : `; ${names.join(", ")} need${names.length === 1 ? "s" : ""} no gradient`;
}

/**
 * `chooseLayer`; in a model that computes in whole numbers, where there may be nothing to choose, says that.
 * @throws FoveaError as `chooseLayer`, and `unsupported-operator`
 */
export function chooseFloatLayer(model: Model, wanted: string | number, options: GridOptions = {}): ChosenLayer {
  try {
    return chooseLayer(model, wanted, options);
  } catch (error) {
    const quantized = between(model.graph, model.input.name, model.scores).find(isQuantized);
    if (!(error instanceof FoveaError) || error.code !== "bad-graph" || quantized === undefined) throw error;
    throw inWholeNumbers(quantized, error);
  }
}

/**
 * What a method explains: the image where it explains pixels, else the chosen layer.
 * @throws FoveaError as `chooseLayer`; `bad-input` for a layer that is given to a method that takes none
 */
export function layerFor(
  { at = "layer", name }: CamMethod,
  model: Model,
  wanted: string | number,
  options: GridOptions = {},
): ChosenLayer {
  if (at === "layer") return chooseFloatLayer(model, wanted, options);
  if (wanted === "auto" || wanted === model.input.name) return imageLayer(model);
  throw new FoveaError("bad-input", `layer ${wanted}: expected none for ${name}, which explains pixels`);
}

/** Whether the gradient passes rounding to whole numbers, where it is the straight-through one. */
export function isStraightThrough({ graph, scores }: Model, layer: Value): boolean {
  return between(graph, layer, scores).some(({ op }) => op === "QuantizeLinear");
}

/** What a reader of a map should know about how it was computed. */
export function explanationNotes(model: Model, layer: Value, { needsGradient }: CamMethod): string[] {
  const { precision, target } = model;
  const places = dimsOf(model.graph, model.scores)?.slice(2) ?? [];
  return [
    ...(target === undefined ? [] : [`what is explained: ${target}`]),
    ...(places.some((size) => size !== 1)
      ? [`the scores are [N, classes, ${places.join(", ")}]: each place of each class counts as a class of its own`]
      : []),
    ...(precision === "float32" ? [] : [`computed in float32; the file computes in ${precision}`]),
    ...(needsGradient && isStraightThrough(model, layer)
      ? ["the model is quantised: the gradient is the straight-through one, which takes rounding for the identity"]
      : []),
  ];
}

/** The nodes on the way from one value to another. */
function between(graph: Graph, from: Value, to: Value): GraphNode[] {
  const [after, before] = [descendants(graph, [from]), ancestors(graph, [to])];
  return graph.nodes.filter(
    (node) => readsOf(node).some((value) => after.has(value)) && node.outputs.some((value) => before.has(value)),
  );
}
