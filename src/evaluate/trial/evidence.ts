/** @file Where on a picture a map's evidence lies: its share inside boxes, and whether it peaks there. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak } from "../../image/map/heatmap.js";
import type { Box } from "../../image/picture/resize.js";
import type { Size } from "./trial.js";

/**
 * The share of a map's sum that lies inside the union of boxes, 0 to 1: the energy-based pointing game (Wang et al., Score-CAM,
 * 2020). A pixel counts by the part of it that the boxes cover; values below zero count as zero. Undefined for a map without
 * a value above zero.
 * @param boxes in pixels of the map; the part outside of it holds nothing
 */
export function evidenceInside(map: FloatMap, boxes: readonly Box[]): number | undefined {
  if (mapPeak(map) === 0) return undefined;
  const rows = Array.from({ length: map.height }, (_, y) => y);
  const total = sum(rows.map((y) => rowSum(map, y, 0, map.width)));
  const inside = sum(
    separate(boxes).map(({ x, y, width, height }) => {
      const touched = rows.slice(Math.max(0, Math.floor(y)), Math.max(0, Math.ceil(y + height)));
      return sum(touched.map((row) => overlap(row, y, y + height) * rowSum(map, row, x, x + width)));
    }),
  );
  return Math.min(1, inside / total);
}

/** The share of a picture's area that the union of boxes covers, which is the share of a uniform map. */
export function areaInside({ width, height }: Size, boxes: readonly Box[]): number {
  const within = boxes.map((box) => {
    const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)];
    const [right, bottom] = [Math.min(width, box.x + box.width), Math.min(height, box.y + box.height)];
    return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
  });
  return sum(separate(within).map((box) => box.width * box.height)) / (width * height);
}

export interface PointingOptions {
  /** How far from a box the maximum may lie, in pixels; Zhang et al. allow 15. Default 0. */
  readonly tolerance?: number;
}

/**
 * The pointing game (Zhang et al., Excitation Backprop, 2016): 1 where the map's maximum lies in one of the boxes or within
 * the tolerance of one, else 0. Where several pixels share the maximum, as at the edge of every enlarged map, the share of
 * them that do: the average of a choice among them. Undefined for a map without a value above zero.
 * @param boxes in pixels of the map
 */
export function pointingGame(
  map: FloatMap,
  boxes: readonly Box[],
  { tolerance = 0 }: PointingOptions = {},
): number | undefined {
  const peak = mapPeak(map);
  if (peak === 0) return undefined;
  let [hits, count] = [0, 0];
  for (let i = 0; i < map.values.length; i++) {
    if (map.values[i] !== peak) continue;
    const [x, y] = [(i % map.width) + 0.5, Math.floor(i / map.width) + 0.5];
    if (boxes.some((box) => distance(x, y, box) <= tolerance)) hits++;
    count++;
  }
  return hits / count;
}

/**
 * The border of a picture as boxes.
 * @param share its width, as a part of each side; above 0 and at most 0.5
 */
export function borderOf({ width, height }: Size, share = 0.1): Box[] {
  const [across, down] = [part("border", share) * width, share * height];
  return [
    { x: 0, y: 0, width, height: down },
    { x: 0, y: height - down, width, height: down },
    { x: 0, y: 0, width: across, height },
    { x: width - across, y: 0, width: across, height },
  ];
}

/**
 * The four corners of a picture as boxes.
 * @param share width and height of each, as a part of the side; above 0 and at most 0.5
 */
export function cornersOf({ width, height }: Size, share = 0.2): Box[] {
  const [across, down] = [part("corners", share) * width, share * height];
  return [0, width - across].flatMap((x) => [0, height - down].map((y) => ({ x, y, width: across, height: down })));
}

function part(what: string, share: number): number {
  if (share > 0 && share <= 0.5) return share;
  throw new FoveaError("bad-input", `${what}: expected a share above 0 and at most 0.5 of each side, got ${share}`);
}

/** The union as boxes that do not overlap: cut at every top and bottom, touching parts between two cuts joined. */
function separate(boxes: readonly Box[]): Box[] {
  const cuts = [...new Set(boxes.flatMap(({ y, height }) => [y, y + height]))].sort((a, b) => a - b);
  return cuts.slice(1).flatMap((bottom, i) => {
    const top = at(cuts, i);
    const spans: { left: number; right: number }[] = [];
    const crossing = boxes.filter(({ y, height }) => y <= top && y + height >= bottom);
    for (const { x, width } of crossing.sort((a, b) => a.x - b.x)) {
      const last = spans.at(-1);
      if (last && x <= last.right) last.right = Math.max(last.right, x + width);
      else spans.push({ left: x, right: x + width });
    }
    return spans.map(({ left, right }) => ({ x: left, y: top, width: right - left, height: bottom - top }));
  });
}

/** The sum of a row of the map from `left` to `right`. */
function rowSum({ values, width }: FloatMap, y: number, left: number, right: number): number {
  let total = 0;
  for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++)
    total += overlap(x, left, right) * Math.max(0, values[y * width + x] as number);
  return total;
}

/** How much of the pixel from `at` to `at + 1` lies between two places. */
function overlap(at: number, from: number, to: number): number {
  return Math.max(0, Math.min(at + 1, to) - Math.max(at, from));
}

/** From a point to the nearest one of a box. */
function distance(x: number, y: number, box: Box): number {
  const across = Math.max(box.x - x, 0, x - box.x - box.width);
  const down = Math.max(box.y - y, 0, y - box.y - box.height);
  return Math.hypot(across, down);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
