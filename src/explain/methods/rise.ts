/** @file RISE. */

import { random } from "../../foundation/random.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import type { MaskInputs, PassMethod } from "../method.js";

export interface RiseOptions {
  /** Cells of a mask along each side. Default 7. */
  readonly cells?: number;
  /** The share of cells that stay visible. Default 0.5. */
  readonly visible?: number;
  /** How a grid goes on beyond the centres of its outermost cells: by their values, or mirrored. Default `repeat`. */
  readonly edge?: "repeat" | "mirror";
}

/** RISE with other masks. */
export function riseWith({ cells = 7, visible = 0.5, edge = "repeat" }: RiseOptions = {}): PassMethod {
  return {
    name: "rise",
    title: "RISE",
    aliases: ["randomized-input-sampling"],
    paper: "Petsiuk et al., BMVC 2018",
    at: "image",
    needsGradient: false,
    masks: "image",
    measures: "probability",
    samples: 4000,
    quick: { samples: 500 },
    additive: true,
    plan({ sizes, samples, seed }) {
      const source = random(seed).fork("rise");
      const perGrid = cells ** sizes.length;
      const grids = new Float32Array(samples * perGrid);
      const shifts = new Float32Array(samples * sizes.length);
      for (let i = 0; i < samples; i++) {
        for (let j = 0; j < perGrid; j++) grids[i * perGrid + j] = source.uniform() < visible ? 1 : 0;
        for (const [axis, length] of sizes.entries())
          shifts[sizes.length * i + axis] = source.below(Math.ceil(length / cells));
      }
      return {
        count: samples,
        rows: {
          grid: float32([samples, ...sizes.map(() => cells)], grids),
          shift: float32([samples, sizes.length], shifts),
        },
      };
    },
    mask(op, inputs) {
      const shape = op.Concat(op.ints([0, 1]), inputs.size, { axis: 0 });
      return op.Reshape(smoothMasks(op, inputs, cells, edge), shape);
    },
    combine(op, inputs) {
      const { values, size, samples } = inputs;
      const masks = smoothMasks(op, inputs, cells, edge);
      const centred = op.Sub(op.Div(masks, op.scalar(visible)), op.scalar(1));
      const sum = op.Div(op.MatMul(values, centred), op.scalar(samples));
      return { evidence: op.Reshape(sum, op.Concat(op.ints([0, 1]), size, { axis: 0 })) };
    },
  };
}

/**
 * Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, eq. 6: the class's
 * probability under N random masks, each a grid of s x s cells that are visible with probability p, enlarged to s + 1 cells'
 * size and moved by up to a cell:
 * S(λ) = 1/(p N) Σᵢ f(I ∘ Mᵢ) Mᵢ(λ). The map is S less the mean probability under the masks, so that zero stands for pixels
 * that do not matter: the paper leaves that to the colours of its figures. A cell's size is rounded up, as in the authors'
 * code: rounded down, as in the paper, the enlarged grid may not cover the image. Beyond the outermost cells' centres the grid is
 * continued by their values; the authors' code mirrors it there (scikit-image's `reflect`): the variant `rise-authors`. The map has
 * the image's size.
 */
export const rise: PassMethod = {
  ...riseWith(),
  variants: [
    {
      method: {
        ...riseWith({ edge: "mirror" }),
        name: "rise-authors",
        title: "RISE, as its authors' code",
        aliases: [],
      },
      says: "the authors' code: beyond the centres of its outermost cells a grid is mirrored, not continued by their values",
    },
  ],
};

/**
 * Grids of cells, each of them enlarged linearly along every axis with half-pixel centres and moved by their shifts: [b, places]. Along
 * an axis that is a product with a matrix of hat functions.
 */
function smoothMasks(
  op: Builder,
  { axes, size, planned }: MaskInputs,
  cells: number,
  edge: NonNullable<RiseOptions["edge"]>,
): Value {
  const shift = planned("shift", "float32", ["b", axes]);
  const along = (axis: number) => {
    const length = op.Gather(size, op.int(axis));
    const pixel = op.Cast(op.Range(op.int(0), length, op.int(1)), { to: 1 });
    const cell = op.Ceil(op.Div(op.Cast(length, { to: 1 }), op.scalar(cells)));
    const moved = op.Add(op.Add(pixel, op.scalar(0.5)), op.Gather(shift, op.ints([axis]), { axis: 1 }));
    const last = op.scalar(cells - 1);
    const enlarged = op.Mul(cell, op.scalar((cells + 1) / cells));
    const beyond = op.Sub(op.Div(moved, enlarged), op.scalar(0.5));
    const place =
      edge === "mirror" ? op.Sub(last, op.Abs(op.Sub(last, op.Abs(beyond)))) : op.Clip(beyond, op.scalar(0), last);
    const knots = op.constant(
      float32(
        [cells],
        Array.from({ length: cells }, (_, i) => i),
      ),
      "knots",
    );
    const distance = op.Abs(op.Sub(op.Unsqueeze(place, op.ints([2])), knots));
    return op.Relu(op.Sub(op.scalar(1), distance));
  };
  // The first axis is enlarged and goes behind the others, until each has had its turn.
  let masks = planned("grid", "float32", ["b", ...Array<number>(axes).fill(cells)]);
  for (let axis = 0; axis < axes; axis++) {
    const enlarged = op.MatMul(along(axis), op.Reshape(masks, op.ints([0, cells, -1])));
    masks = op.Transpose(enlarged, { perm: [0, 2, 1] });
  }
  return op.Reshape(masks, op.ints([0, -1]));
}
