/** @file Where the map of a box lies: on its own object, or on others. */

import type { FloatMap } from "../../../image/map/heatmap.js";
import { type Box, resizeMap } from "../../../image/picture/resize.js";
import { areaInside, evidenceInside, pointingGame } from "../../trial/evidence.js";
import type { Size } from "../../trial/trial.js";

/** 0 to 1 each. */
export interface MapPlace {
  /** Whether the map's maximum lies in the object's own box. */
  readonly pointing: number;
  /** The share of the map's sum in the own box. */
  readonly energy: number;
  /** The share of the map's sum in boxes of other objects, but not in the own one. */
  readonly others: number;
}

/** Where an object and the others lie, in pixels of the network's input. */
export interface ObjectPlaces {
  readonly own: Box;
  readonly others: readonly Box[];
  /** Sides of the input. */
  readonly size: Size;
}

/**
 * The measures of a box's map by place (Zhao and Chan, "ODAM: Gradient-based Instance-specific Visual Explanations for Object Detection", ICLR 2023,
 * section 4.3): the pointing game and the energy in the object's own box, and the object discrimination index, the share of the energy that lies in
 * other objects' boxes. What lies in the own box as well does not count for the last, for no map could keep out of it. A blank map finds nothing: all
 * are 0.
 * @param map of any size, over the network's input
 */
export function placeOfMap(map: FloatMap, { own, others, size }: ObjectPlaces): MapPlace {
  const whole = map.width === size.width && map.height === size.height ? map : resizeMap(map, size.width, size.height);
  const energy = evidenceInside(whole, [own]) ?? 0;
  return {
    pointing: pointingGame(whole, [own]) ?? 0,
    energy,
    others: Math.max(0, (evidenceInside(whole, [own, ...others]) ?? 0) - energy),
  };
}

/** The same of a random map: its expected value, the shares of the area. */
export function placeOfChance({ own, others, size }: ObjectPlaces): MapPlace {
  const area = areaInside(size, [own]);
  return { pointing: area, energy: area, others: Math.max(0, areaInside(size, [own, ...others]) - area) };
}

/** A map that is 1 in a box, by the share of each pixel that lies in it, and 0 elsewhere. @param size sides of the map */
export function mapOfBox({ x, y, width, height }: Box, size: Size): FloatMap {
  const along = (count: number, from: number, to: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.max(0, Math.min(i + 1, to) - Math.max(i, from)));
  const [across, down] = [along(size.width, x, x + width), along(size.height, y, y + height)];
  const values = Float32Array.from(
    { length: size.width * size.height },
    (_, i) => (across[i % size.width] ?? 0) * (down[Math.floor(i / size.width)] ?? 0),
  );
  return { ...size, values };
}
