/** @file Options of explainers that are of the wrong kind, refused before anything is built. */

import { badInput, checkMethod, checkOptions, isObject } from "../../foundation/check.js";
import { baselineNames } from "../../model/input/baseline-names.js";
import type { Included } from "../method.js";
import type { Augmentation, ExplainerOptions, ExplainOptions } from "../options.js";
import { isBaseline } from "./sampled/baselines.js";

const included: readonly Included[] = ["activation", "gradient", "attribution"];

/** @throws FoveaError `bad-input` */
export function checkExplainerOptions(options: Omit<ExplainerOptions, "runtime">): void {
  checkOptions("explainer", options);
  const { layer, layers, include, augment, baseline, grid } = options;
  const layerKinds = "a name, or a number of the last stages";
  if (layer !== undefined && !isLayer(layer)) throw badInput("layer", layerKinds, layer);
  if (layers !== undefined && !Array.isArray(layers)) throw badInput("layers", "an array", layers);
  const wrong = layers?.find((each) => !isLayer(each));
  if (wrong !== undefined) throw badInput("layers", layerKinds, wrong);
  if (include !== undefined && !Array.isArray(include)) throw badInput("include", "an array", include);
  const other = include?.find((each) => !included.includes(each));
  if (other !== undefined) throw badInput("include", included.join(", "), other);
  if (augment !== undefined && !isAugmentation(augment)) throw badInput("augment", "true, false or an object", augment);
  if (baseline !== undefined && !isBaseline(baseline))
    throw badInput("baseline", `a tensor or one of ${baselineNames.join(", ")}`, baseline);
  if (grid !== undefined && !isObject(grid)) throw badInput("grid", "height and width", grid);
}

/** @throws FoveaError `bad-input` */
export function checkExplainOptions(options: ExplainOptions): void {
  checkOptions("explain", options);
  checkMethod("signal", "an AbortSignal", options.signal, "throwIfAborted");
  const { progress } = options;
  if (progress !== undefined && typeof progress !== "function") throw badInput("progress", "a function", progress);
}

function isLayer(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function isAugmentation(value: boolean | Augmentation): boolean {
  if (typeof value === "boolean") return true;
  return isObject(value) && (value.scales === undefined || Array.isArray(value.scales));
}
