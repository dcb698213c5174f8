/** @file What methods have in common that mask superpixels and fit a linear model to the scores. */

import { solveCholesky } from "../../../foundation/cholesky.js";
import type { Superpixels } from "../../../image/superpixels/connect.js";
import type { Builder } from "../../../onnx/builder.js";
import { float32, int64 } from "../../../onnx/tensor.js";
import type { CombineInputs, MaskInputs, PassMethod, PassPlan } from "../../method.js";

/** Which superpixels are there in a pass: 1 or 0 for each. */
export type Coalition = Uint8Array;

/** The weights of a linear model of M superpixels, each of which is a sum over passes: a share of the score of each. */
export interface Regression {
  readonly coalitions: readonly Coalition[];
  /** [coalitions, M]. */
  readonly shares: Float64Array;
  /** Of the score of the image as it is, [M]. */
  readonly ofWhole: Float64Array;
}

/** Masks of superpixels, and the map in which each place has the weight of its superpixel. */
export const onSuperpixels: Pick<
  PassMethod,
  "at" | "needsGradient" | "masks" | "superpixels" | "samples" | "quick" | "mask" | "combine"
> = {
  at: "image",
  needsGradient: false,
  masks: "image",
  superpixels: 50,
  samples: 1000,
  quick: { samples: 200 },
  mask: (op, inputs) => atPlaces(op, inputs, inputs.planned("coalition", "float32", ["b", "M"])),
  combine(op, inputs: CombineInputs) {
    const { values, base, planned } = inputs;
    const ofPasses = op.MatMul(values, planned("share", "float32", ["b", "M"]));
    const ofWhole = op.MatMul(base, planned("share-of-whole", "float32", [1, "M"]));
    return { evidence: atPlaces(op, inputs, op.Add(ofPasses, ofWhole)) };
  },
};

/** Numbers of superpixels, [b, M], at their places, [b, 1, ...places]. */
function atPlaces(op: Builder, { axes, planned }: MaskInputs, ofSuperpixels: string): string {
  const places = Array.from({ length: axes }, (_, i) => `S${i}`);
  const labels = planned("labels", "int64", places);
  return op.Unsqueeze(op.Gather(ofSuperpixels, labels, { axis: 1 }), op.ints([1]));
}

export function regressionPlan(
  { labels, count }: Superpixels,
  sizes: readonly number[],
  { coalitions, shares, ofWhole }: Regression,
): PassPlan {
  const passes = coalitions.length;
  return {
    count: passes,
    rows: {
      coalition: float32([passes, count], Float32Array.from(coalitions.flatMap((coalition) => [...coalition]))),
      share: float32([passes, count], Float32Array.from(shares)),
    },
    shared: {
      labels: int64([...labels], [...sizes]),
      "share-of-whole": float32([1, count], Float32Array.from(ofWhole)),
    },
  };
}

/**
 * (Xᵀ W X + λ I)⁻¹ B, [M, columns].
 * @param rows of X, M numbers each, in the order of the weights
 * @param right B, [M, columns]
 */
export function solveNormal(
  rows: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  penalty: number,
  right: Float64Array,
): Float64Array {
  const size = rows[0]?.length ?? 1;
  const gram = new Float64Array(size * size);
  for (const [s, row] of rows.entries())
    for (let i = 0; i < size; i++) {
      const factor = (weights[s] ?? 0) * (row[i] ?? 0);
      if (factor !== 0)
        for (let j = 0; j < size; j++) gram[i * size + j] = (gram[i * size + j] ?? 0) + factor * (row[j] ?? 0);
    }
  for (let i = 0; i < size; i++) gram[i * size + i] = (gram[i * size + i] ?? 0) + penalty;
  return solveCholesky(gram, right);
}
