/** @file The target of a segmentation: each class over the region where it is predicted. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Model } from "../model.js";
import { findOutput, type OutputChoice } from "./output.js";
import type { Target, TargetKind } from "./target.js";

/**
 * Seg-Grad-CAM: of each class the mean of its scores over the places where it is the highest (Vinogradova, Dibrov and Myers, AAAI
 * 2020, who take the sum). A class that is predicted nowhere has a score of 0. Classes are ranked by their share of
 * the image, which stands in the place of their probability.
 * @throws FoveaError `shape-mismatch` for an output that is not [N, classes, H, W], `unknown-name`
 */
export function predictedRegions({ output }: OutputChoice = {}): Target {
  return {
    title: "each class over the region where it is predicted",
    build(op, model) {
      const { name, region } = appendRegions(op, model, output);
      return op.Div(sumOfPlaces(op, op.Mul(name, region)), op.Max(sumOfPlaces(op, region), op.scalar(1)));
    },
    shares: {
      of: "of the image",
      build(op, model) {
        const { region } = appendRegions(op, model, output);
        return op.ReduceMean(region, op.ints([2, 3]), { keepdims: 0 });
      },
    },
  };
}

/** The output, and ones where a class is the best of its place, [N, classes, H, W] both. */
function appendRegions(op: Builder, model: Model, output: Value | undefined) {
  const chosen = output ?? (model.task.name === "segmentation" ? model.task.output : undefined);
  const { name, dims } = findOutput(op.graph, model, chosen);
  const [, classes] = dims;
  if (dims.length !== 4 || typeof classes !== "number") {
    const got = `${name} [${dims.join(", ")}]`;
    throw new FoveaError("shape-mismatch", `regions: expected an output [N, classes, H, W], got ${got}`);
  }
  const indices = op.Reshape(op.Range(op.int(0), op.int(classes), op.int(1)), op.ints([1, classes, 1, 1]));
  const best = op.ArgMax(name, { axis: 1, keepdims: 1 });
  return { name, region: op.Cast(op.Equal(best, indices), { to: 1 }) };
}

function sumOfPlaces(op: Builder, value: Value): Value {
  return op.ReduceSum(value, op.ints([2, 3]), { keepdims: 0 });
}

export const predictedRegionsKind = {
  name: "predicted-regions",
  does: "Shows which regions raise the mean score of a class over the region where a segmentation predicts it.",
  create: predictedRegions,
} as const satisfies TargetKind<OutputChoice>;
