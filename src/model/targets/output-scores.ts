/** @file The target at a position of an output: a pixel, a box, a token. */

import { checkOptions } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Dim, Value } from "../../onnx/graph.js";
import type { Model } from "../model.js";
import { findOutput, type OutputChoice } from "./output.js";
import type { Target, TargetKind } from "./target.js";

export interface OutputScoresOptions extends OutputChoice {
  /**
   * A position on some of its axes, by the axis' number, the batch being 0: a pixel, a box, a token; or `max`, for each class
   * the largest score along the axis (the first of equal ones): the box with the highest score. Default: all of the output.
   */
  readonly at?: Readonly<Record<number, number | "max">>;
  /** The range of numbers there that are the scores, from one index up to another: [5, 85] behind four coordinates. Default all. */
  readonly from?: readonly [number, number] | undefined;
}

/**
 * The scores at a position of an output: the class scores of one pixel, of one box, or a single number.
 * @throws FoveaError `unknown-name`, `bad-input` for a position that is none
 */
export function outputScores(options: OutputScoresOptions): Target {
  checkOptions("outputScores", options);
  const { output, at = {}, from } = options;
  const position = Object.entries(at).map(([axis, index]) => `${axis}=${index}`);
  return {
    title: [output ?? "scores", ...(position.length > 0 ? [`at ${position.join(",")}`] : [])].join(" "),
    build(op, model) {
      const flat = op.Flatten(valueAt(op, model, output, at), { axis: 1 });
      return from === undefined ? flat : range(op, flat, from);
    },
  };
}

export const outputScoresKind = {
  name: "output-scores",
  does: "Shows which regions raise the scores at one position of an output: of a pixel, a box or a token.",
  create: outputScores,
} as const satisfies TargetKind<OutputScoresOptions>;

/** An output at a position, without the axes that the position fixes. */
function valueAt(
  op: Builder,
  model: Model,
  output: Value | undefined,
  at: Readonly<Record<number, number | "max">>,
): Value {
  const { name, dims } = findOutput(op.graph, model, output);
  let value = name;
  // From the last axis on, so that the numbers of the others stay.
  const steps = Object.entries(at).map(([axis, index]) => [Number(axis), index] as const);
  for (const [axis, index] of steps.sort(([a], [b]) => b - a)) {
    if (!(Number.isInteger(axis) && axis > 0 && axis < dims.length && isIndex(index, dims[axis])))
      throw new FoveaError("bad-input", `position ${axis}=${index}: expected one of ${name} [${dims.join(", ")}]`);
    value =
      index === "max"
        ? op.ReduceMax(value, op.ints([axis]), { keepdims: 0 })
        : op.Gather(value, op.int(index), { axis });
  }
  return value;
}

function isIndex(index: number | "max", size: Dim | undefined): boolean {
  return index === "max" || (Number.isInteger(index) && index >= 0 && (typeof size !== "number" || index < size));
}

function range(op: Builder, scores: Value, [start, end]: readonly [number, number]): Value {
  if (start >= 0 && start < end) return op.Slice(scores, op.ints([start]), op.ints([end]), op.ints([1]));
  throw new FoveaError("bad-input", `scores from ${start} to ${end}: expected a range that holds some`);
}
