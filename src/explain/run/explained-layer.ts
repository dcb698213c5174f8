/** @file The layer that a method explains, and notes for readers of its maps. */

import { isQuantized } from "../../autodiff/no-rule.js";
import { FoveaError } from "../../foundation/error.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import { type ChosenLayer, imageLayer } from "../../model/layers/layer.js";
import type { GridOptions } from "../../model/layers/layout.js";
import type { Model } from "../../model/model.js";
import { dimsOf, isOptimised } from "../../onnx/graph.js";
import type { CamMethod } from "../method.js";
import { isStraightThrough, nodesBetween, noRuleError } from "./gradients.js";

/**
 * The image where the method explains pixels, else the layer of that name.
 * @throws FoveaError as `chooseLayer`; `unsupported-operator` for a model of whole numbers, or of onnxruntime's own operators,
 *   without such layers; `bad-input` for a layer that is given to a method that takes none
 */
export function explainedLayer(
  { at = "layer", name }: CamMethod,
  model: Model,
  layer: string | number,
  options: GridOptions = {},
): ChosenLayer {
  if (at === "layer") return chooseFloatLayer(model, layer, options);
  if (layer === "auto" || layer === model.input.name) return imageLayer(model);
  throw new FoveaError("bad-input", `layer ${layer}: expected none for ${name}, which explains pixels`);
}

/** `chooseLayer`; in a model of whole numbers or onnxruntime's own operators, where there may be nothing to choose, says that. */
function chooseFloatLayer(model: Model, layer: string | number, options: GridOptions): ChosenLayer {
  try {
    return chooseLayer(model, layer, options);
  } catch (error) {
    const between = nodesBetween(model.graph, model.input.name, model.scores);
    const reason = between.find(isQuantized) ?? between.find(isOptimised);
    if (!(error instanceof FoveaError) || error.code !== "bad-graph" || reason === undefined) throw error;
    throw noRuleError(reason, error);
  }
}

/** Sentences that a reader of a map should know about how it was computed. */
export function explanationNotes(
  model: Model,
  { name, doubt }: ChosenLayer,
  { needsGradient, note }: CamMethod,
): string[] {
  const { precision, target } = model;
  const places = dimsOf(model.graph, model.scores)?.slice(2) ?? [];
  return [
    ...(doubt === undefined ? [] : [doubt]),
    ...(target === undefined ? [] : [`what is explained: ${target}`]),
    ...(places.some((size) => size !== 1)
      ? [`the scores are [N, classes, ${places.join(", ")}]: each place of each class counts as a class of its own`]
      : []),
    ...(precision === "float32" ? [] : [`computed in float32; the file computes in ${precision}`]),
    ...(needsGradient && isStraightThrough(model, name)
      ? ["the model is quantised: the gradient is the straight-through one, which takes rounding for the identity"]
      : []),
    ...(note === undefined ? [] : [note]),
  ];
}
