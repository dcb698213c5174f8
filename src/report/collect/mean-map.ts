/** @file The mean of maps, and of the images under them. */

import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak } from "../../image/map/heatmap.js";
import { type Picture, toRgb } from "../../image/picture/picture.js";
import { resizeMap, resizePicture } from "../../image/picture/resize.js";
import type { MeanMapReport } from "../report-data.js";
import { type Encode, overlaid, roundedSize, whole } from "./draw.js";
import type { Observation } from "./observe/observe.js";

export interface MeanMap {
  readonly count: number;
  readonly map: FloatMap;
  /** Of the shape that half of the images are wider than. */
  readonly image: Picture;
}

/**
 * The mean map over whole images, and their mean; undefined of none. Images of different sizes are stretched to one, the
 * size of the first thumbnail.
 */
export function meanMapOf(observations: readonly Observation[]): MeanMap | undefined {
  const [first] = observations;
  if (first === undefined) return undefined;
  const { width, height } = first.map;
  const grey = observations.every(({ thumbnail }) => thumbnail.channels === 1);
  const values = new Float64Array(width * height);
  const pixels = new Float64Array(width * height * (grey ? 1 : 3));
  for (const { map, thumbnail } of observations) {
    const same = map.width === width && map.height === height;
    add(values, same ? map.values : resizeMap(map, width, height).values);
    add(pixels, resizePicture(grey ? thumbnail : toRgb(thumbnail), width, height).pixels);
  }
  const count = observations.length;
  const image: Picture = {
    width,
    height,
    channels: grey ? 1 : 3,
    pixels: Uint8Array.from(pixels, (value) => Math.round(value / count)),
  };
  const map = { width, height, values: Float32Array.from(values, (value) => value / count) };
  return { count, map, image: reshaped(image, observations) };
}

/** Longest side of the mean of images that are larger than their thumbnails. */
const longest = 160;

/** The mean of thumbnails in the shape of the images. */
function reshaped(image: Picture, observations: readonly Observation[]): Picture {
  const sameSize = observations.every(({ size, thumbnail }) => size.width === thumbnail.width);
  if (sameSize) return image;
  const shapes = observations.map(({ size }) => size.width / size.height).sort((a, b) => a - b);
  const shape = at(shapes, Math.floor(shapes.length / 2));
  const { width, height } = roundedSize({ width: Math.min(1, shape), height: Math.min(1, 1 / shape) }, longest);
  return resizePicture(image, width, height);
}

/** The mean map over the mean image, on a scale of its own. */
export async function drawnMean(
  { map, image }: MeanMap,
  encode: Encode,
): Promise<Pick<MeanMapReport, "picture" | "scale">> {
  const scale = mapPeak(map);
  return { scale, picture: await overlaid({ picture: image, box: whole(image) }, map, scale, encode) };
}

function add(sums: Float64Array, values: ArrayLike<number>): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
}
