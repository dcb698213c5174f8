/** @file The target of a region: the mean of an output over a mask. */

import { badInput } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import type { Dim } from "../../onnx/graph.js";
import { float32, floats, Tensor } from "../../onnx/tensor.js";
import { findOutput, type OutputChoice } from "./output.js";
import type { Target, TargetKind } from "./target.js";

/**
 * Of an output [N, classes, H, W], as segmentation networks have it, each class's mean over a mask.
 * @param mask float32 [H, W] of the output's size; numbers between 0 and 1 count in part
 * @throws FoveaError `shape-mismatch`, `bad-input` for an empty mask, `unknown-name`
 */
export function maskMean(mask: Tensor, { output }: OutputChoice = {}): Target {
  if (!(mask instanceof Tensor) || mask.type !== "float32") throw badInput("mask", "a float32 tensor", mask);
  return {
    title: `the mean over a mask of ${floats(mask).filter((value) => value > 0).length} places`,
    build(op, model) {
      const { name, dims } = findOutput(op.graph, model, output);
      if (!fits(mask, dims)) {
        throw new FoveaError(
          "shape-mismatch",
          `mask: expected one of the size of an output [N, classes, H, W], got a mask [${mask.dims.join(", ")}] for ${name} [${dims.join(", ")}]`,
        );
      }
      const total = floats(mask).reduce((sum, value) => sum + value, 0);
      if (!(total > 0)) throw new FoveaError("bad-input", "mask: expected some place in it, got none");
      const shares = floats(mask).map((value) => value / total);
      const share = op.constant(float32(mask.dims, shares), "mask");
      return op.ReduceSum(op.Mul(name, share), op.ints([2, 3]), { keepdims: 0 });
    },
  };
}

export const maskMeanKind = {
  name: "mask-mean",
  does: "Shows which regions raise the mean of a segmentation output over a mask.",
  create: ({ mask, output }) => maskMean(mask, { output }),
} as const satisfies TargetKind<OutputChoice & { readonly mask: Tensor }>;

function fits(mask: Tensor, dims: readonly Dim[]): boolean {
  const [, , height, width] = dims;
  const agrees = (size: Dim | undefined, i: number) => typeof size !== "number" || size === mask.dims[i];
  return dims.length === 4 && agrees(height, 0) && agrees(width, 1);
}
