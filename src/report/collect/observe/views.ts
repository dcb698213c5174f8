/** @file Small changes of an image, under which a sure prediction stays the same. */

import type { Model } from "../../../model/model.js";
import type { Tensor } from "../../../onnx/tensor.js";
import { withPlanes } from "./planes.js";

/** How far views are shifted, as a part of each side. */
const shift = 0.04;

/**
 * A model's input of one image shifted by 4 % to each side, the edge repeated; and mirrored, where that does not
 * make it something else.
 */
export function viewsOf(model: Model, input: Tensor, { mirrored }: { readonly mirrored: boolean }): Tensor[] {
  const shifts = [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const;
  const views = shifts.map(([across, down]) =>
    rearranged(model, input, (x, y, width, height) => {
      const step = (side: number) => Math.max(1, Math.round(shift * side));
      return [x - across * step(width), y - down * step(height)];
    }),
  );
  return mirrored ? [...views, rearranged(model, input, (x, y, width) => [width - 1 - x, y])] : views;
}

/** @param from where a pixel comes from; outside, the nearest one inside */
function rearranged(
  model: Model,
  input: Tensor,
  from: (x: number, y: number, width: number, height: number) => readonly [number, number],
): Tensor {
  return withPlanes(model, input, ({ width, height, values }) =>
    values.map((_, i) => {
      const [x, y] = from(i % width, Math.floor(i / width), width, height);
      const [column, row] = [Math.max(0, Math.min(width - 1, x)), Math.max(0, Math.min(height - 1, y))];
      return values[row * width + column] as number;
    }),
  );
}
