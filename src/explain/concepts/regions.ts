/** @file Where a concept is in an image: the places that hold at least a third of the most that any place holds of it. */

import { type FloatMap, floatMap } from "../../image/map/heatmap.js";
import { floats, type Tensor } from "../../onnx/tensor.js";

/** The least amount within a concept's region, as a share of its peak over all images: the same rule for every image and concept. */
export const regionShare = 1 / 3;

/** How alike a concept must be in searches from all starts to be called stable. */
export const stableFrom = 0.9;

/** How many concepts are drawn over one image: more have no colours of their own. */
export const mostTogether = 6;

/** The same as they are drawn: 0 to 1, with 1/2 where a region begins. */
export function drawnMaps(...args: Parameters<typeof conceptMaps>): FloatMap[] {
  const drawn = (value: number) => Math.min(1, value / (2 * regionShare));
  return conceptMaps(...args).map((map) => ({ ...map, values: map.values.map(drawn) }));
}

/** The amounts of each concept in one of the images, as shares of the concept's peak. @param amounts float32 [N, K, h, w] */
export function conceptMaps(amounts: Tensor, i: number, all: readonly { readonly peak: number }[]): FloatMap[] {
  const [, count = 0, height = 1, width = 1] = amounts.dims;
  const area = height * width;
  return all.map(({ peak }, k) => {
    const from = (i * count + k) * area;
    const values = floats(amounts).subarray(from, from + area);
    return floatMap(
      width,
      height,
      values.map((value) => (peak > 0 ? value / peak : 0)),
    );
  });
}
