/** @file The fit of the box around the map's largest part to the object's box. */

import { type FloatMap, mapPeak } from "../../../image/map/heatmap.js";
import type { Box } from "../../../image/picture/resize.js";
import { fullMap } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/** Share of the map's maximum from which on a pixel belongs to the object. */
const threshold = 0.15;

/**
 * Selvaraju et al., "Grad-CAM", IJCV 2020, section 4.1: the map is cut at 15 % of its maximum, and a box drawn around the largest
 * connected part; intersection over union of that box and the object's, of several the best. 0 to 1; the paper counts from
 * 0.5 on as found. Undefined for a map of zeros.
 */
export const boxIou: Metric = {
  name: "box-iou",
  title: "IoU of the box at 15 % of the maximum",
  paper: "Selvaraju et al., IJCV 2020",
  better: "higher",
  baseline: "a uniform map's box is the whole image: the share of the area that the object's box covers",
  passes: "none",
  weakness: "It hangs on the threshold: the same map with another contrast gets another box.",
  kind: "localisation",
  async measure(trial) {
    const map = fullMap(trial);
    if (trial.boxes === undefined || mapPeak(map) === 0) return undefined;
    const part = largestPart(map, threshold * mapPeak(map));
    return Math.max(0, ...trial.boxes.map((box) => intersectionOverUnion(part, box)));
  },
};

/** The box around the most pixels of at least `least` that touch at their sides; of equal parts the first one from the top. */
export function largestPart({ width, height, values }: FloatMap, least: number): Box {
  const free = Array.from(values, (value) => value >= least);
  let [most, box]: [number, Box] = [0, { x: 0, y: 0, width: 0, height: 0 }];
  for (let start = 0; start < free.length; start++) {
    if (!free[start]) continue;
    free[start] = false;
    const part = [start];
    // The list grows while it is gone through.
    for (const i of part) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (const [near, inside] of [
        [i - 1, x > 0],
        [i + 1, x < width - 1],
        [i - width, y > 0],
        [i + width, y < height - 1],
      ] as const) {
        if (!inside || !free[near]) continue;
        free[near] = false;
        part.push(near);
      }
    }
    if (part.length > most) [most, box] = [part.length, boxAround(part, width)];
  }
  return box;
}

function boxAround(pixels: readonly number[], width: number): Box {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (const i of pixels) {
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function intersectionOverUnion(a: Box, b: Box): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const both = Math.max(0, across) * Math.max(0, down);
  const either = a.width * a.height + b.width * b.height - both;
  return either > 0 ? both / either : 0;
}
