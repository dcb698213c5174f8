/** @file Baselines for measures of evidence: maps that don't depend on the picture. */

import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { type Box, placeMap } from "../../image/picture/resize.js";
import type { Size } from "./trial.js";

/**
 * The same value everywhere the network looked: the average of random maps, so that its measures are their expected ones.
 * @param seen the part of the picture that the network saw; default all of it
 */
export function uniformMap({ width, height }: Size, seen: Box = { x: 0, y: 0, width, height }): FloatMap {
  return placeMap({ width: 1, height: 1, values: Float32Array.of(1) }, seen, width, height);
}

/**
 * A Gaussian around the middle of the part that the network saw, its standard deviation a quarter of each side: photographers put
 * objects there. Its maximum is the centre point.
 * @param seen the part of the picture that the network saw; default all of it
 */
export function centreMap(size: Size, seen: Box = { x: 0, y: 0, width: size.width, height: size.height }): FloatMap {
  const { values } = gaussianMap(size, seen);
  return { ...size, values: uniformMap(size, seen).values.map((value, i) => value * at(values, i)) };
}

/** A Gaussian around the middle of a box, its standard deviation a quarter of each side, which goes on beyond the box. */
export function gaussianMap(size: Size, box: Box): FloatMap {
  const along = (count: number, start: number, length: number) =>
    Float64Array.from({ length: count }, (_, i) => {
      const deviations = (i + 0.5 - start - length / 2) / (length / 4);
      return Math.exp(-(deviations ** 2) / 2);
    });
  const [across, down] = [along(size.width, box.x, box.width), along(size.height, box.y, box.height)];
  const values = Float32Array.from(
    { length: size.width * size.height },
    (_, i) => at(across, i % size.width) * at(down, Math.floor(i / size.width)),
  );
  return { ...size, values };
}
