/** @file The target of a map that a network gives: the mean of it over the places where it is high. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Model } from "../model.js";
import { findEnding } from "../scores/ending.js";
import { findOutput, type OutputChoice } from "./output.js";
import type { Target, TargetKind } from "./target.js";

/**
 * The mean of an output [N, 1, H, W] or [N, H, W] over its high places: those of at least 1/2 where all of an image's values are from 0 to 1,
 * of at least 0 where some are below 0, else of at least half of the largest; the largest alone where there are no others. The mean is taken
 * of the values before a final sigmoid.
 * @throws FoveaError `shape-mismatch` for an output that is no map, `unknown-name`
 */
export function highRegion({ output }: OutputChoice = {}): Target {
  return {
    title: "the mean of the map over its high places",
    classes: ["map"],
    build(op, model) {
      const { name, axes } = planeOf(op, model, output);
      const counted = { keepdims: 1 };
      const [least, most] = [op.ReduceMin(name, axes, counted), op.ReduceMax(name, axes, counted)];
      const ofPositive = op.Where(op.Greater(most, op.scalar(1)), op.Mul(most, op.scalar(0.5)), op.scalar(0.5));
      const limit = op.Min(op.Where(op.Less(least, op.scalar(0)), op.scalar(0), ofPositive), most);
      const region = op.Cast(op.GreaterOrEqual(name, limit), { to: 1 });
      const sum = (value: Value) => op.ReduceSum(value, axes, { keepdims: 0 });
      const mean = op.Div(sum(op.Mul(beforeSigmoid(op, name), region)), sum(region));
      return op.Reshape(mean, op.ints([-1, 1]));
    },
  };
}

export const highRegionKind = {
  name: "high-region",
  does: "Shows which regions raise the map that a network gives, where that is high.",
  create: highRegion,
} as const satisfies TargetKind<OutputChoice>;

function beforeSigmoid(op: Builder, map: Value): Value {
  const ending = findEnding(op.graph, map);
  return ending?.kind === "sigmoid" ? op.Reshape(ending.scores(op), op.Shape(map)) : map;
}

function planeOf(op: Builder, model: Model, output: Value | undefined) {
  const chosen = output ?? (model.task.name === "map" ? model.task.output : undefined);
  const { name, dims } = findOutput(op.graph, model, chosen);
  if (dims.length === 3 || (dims.length === 4 && dims[1] === 1))
    return { name, axes: op.ints(dims.slice(1).map((_, i) => i + 1)) };
  const got = `${name} [${dims.join(", ")}]`;
  throw new FoveaError("shape-mismatch", `map: expected an output [N, 1, H, W] or [N, H, W], got ${got}`);
}
