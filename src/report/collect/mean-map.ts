/** @file The mean of maps, and of the images under them: added up exactly, so that parts of a dataset give what all of it gives. */

import { ExactSums } from "../../foundation/exact-sums.js";
import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak } from "../../image/map/heatmap.js";
import { type Picture, toRgb } from "../../image/picture/picture.js";
import { resizeMap, resizePicture } from "../../image/picture/resize.js";
import type { Picture as ShownPicture } from "../picture.js";
import { type Encode, overlaid, roundedSize, whole } from "./draw.js";
import type { Observation } from "./observe/observation.js";

export interface MeanMap {
  readonly count: number;
  readonly map: FloatMap;
  /** Of the shape that half of the images are wider than. */
  readonly image: Picture;
}

/** The sums of images whose maps are of one size. */
export interface SizeSums {
  readonly width: number;
  readonly height: number;
  count: number;
  readonly map: ExactSums;
  /** Red, green and blue of each place: whole numbers. */
  readonly pixels: Float64Array;
}

/** Maps and images of one kind, added up. */
export class MapSums {
  /** By their sizes. */
  readonly sizes = new Map<string, SizeSums>();
  /** How many images are of a shape, by 64 times its binary logarithm; and the least shape among those. */
  readonly shapes = new Map<number, { count: number; least: number }>();
  /** Whether all images are grey, and none is larger than its thumbnail. */
  isGrey = true;
  isWhole = true;

  get count(): number {
    return [...this.sizes.values()].reduce((sum, { count }) => sum + count, 0);
  }

  add({ map, thumbnail, size }: Pick<Observation, "map" | "thumbnail" | "size">): void {
    const sums = this.sumsOf(map);
    sums.count++;
    sums.map.add(map.values);
    addTo(sums.pixels, toRgb(resizePicture(thumbnail, map.width, map.height)).pixels);
    this.isGrey &&= thumbnail.channels === 1;
    this.isWhole &&= size.width === thumbnail.width;
    const shape = size.width / size.height;
    this.addShapes(Math.round(64 * Math.log2(shape)), { count: 1, least: shape });
  }

  /** The sums of maps of a size, which are begun where there are none. */
  sumsOf({ width, height }: Pick<FloatMap, "width" | "height">): SizeSums {
    const key = `${width}x${height}`;
    const area = width * height;
    const sums = this.sizes.get(key) ?? {
      ...{ width, height, count: 0 },
      map: new ExactSums(area),
      pixels: new Float64Array(3 * area),
    };
    this.sizes.set(key, sums);
    return sums;
  }

  addShapes(bin: number, { count, least }: { readonly count: number; readonly least: number }): void {
    const shapes = this.shapes.get(bin);
    this.shapes.set(bin, {
      count: (shapes?.count ?? 0) + count,
      least: Math.min(shapes?.least ?? Number.POSITIVE_INFINITY, least),
    });
  }

  /** Adds what another part of the dataset gave. */
  merge({ sizes, shapes, isGrey, isWhole }: MapSums): void {
    for (const part of sizes.values()) {
      const sums = this.sumsOf(part);
      sums.count += part.count;
      for (const values of part.map.parts) sums.map.add(values);
      addTo(sums.pixels, part.pixels);
    }
    for (const [bin, each] of shapes) this.addShapes(bin, each);
    this.isGrey &&= isGrey;
    this.isWhole &&= isWhole;
  }

  /** The mean map over whole images, and their mean; undefined of none. Images of other sizes are stretched to that of most. */
  mean(): MeanMap | undefined {
    const sizes = [...this.sizes].sort(([a, { count: as }], [b, { count: bs }]) => bs - as || (a < b ? -1 : 1));
    const [first] = sizes.map(([, sums]) => sums);
    if (first === undefined) return undefined;
    const { width, height } = first;
    const values = new Float64Array(width * height);
    const pixels = new Float64Array(3 * width * height);
    for (const [, sums] of sizes) {
      const { map, image } = meanOfSize(sums);
      addTo(values, resizeMap(map, width, height).values, sums.count);
      addTo(pixels, resizePicture(image, width, height).pixels, sums.count);
    }
    const { count } = this;
    const mean = (sum: number) => sum / count;
    const rgb: Picture = {
      width,
      height,
      channels: 3,
      pixels: Uint8Array.from(pixels, (sum) => Math.round(mean(sum))),
    };
    const map = { width, height, values: Float32Array.from(values, mean) };
    return { count, map, image: this.#reshaped(this.isGrey ? firstChannel(rgb) : rgb) };
  }

  /** The mean of thumbnails in the shape of the images. */
  #reshaped(image: Picture): Picture {
    if (this.isWhole) return image;
    const bins = [...this.shapes].sort(([a], [b]) => a - b).map(([, each]) => each);
    const half = Math.floor(this.count / 2);
    let before = 0;
    const middle = bins.find(({ count }) => {
      before += count;
      return before > half;
    });
    const shape = middle?.least ?? 1;
    const { width, height } = roundedSize({ width: Math.min(1, shape), height: Math.min(1, 1 / shape) }, longest);
    return resizePicture(image, width, height);
  }
}

/** Longest side of the mean of images that are larger than their thumbnails. */
const longest = 160;

function meanOfSize({ width, height, count, map, pixels }: SizeSums): {
  readonly map: FloatMap;
  readonly image: Picture;
} {
  const values = Float32Array.from(map.totals(), (sum) => sum / count);
  const image = {
    width,
    height,
    channels: 3,
    pixels: Uint8Array.from(pixels, (sum) => Math.round(sum / count)),
  } as const;
  return { map: { width, height, values }, image };
}

function firstChannel({ width, height, pixels }: Picture): Picture {
  return {
    width,
    height,
    channels: 1,
    pixels: Uint8Array.from({ length: width * height }, (_, i) => at(pixels, 3 * i)),
  };
}

/** The mean map over the mean image, on a scale of its own. */
export async function drawnMean(
  { map, image }: MeanMap,
  encode: Encode,
): Promise<{ readonly picture: ShownPicture; readonly scale: number }> {
  const scale = mapPeak(map);
  return { scale, picture: await overlaid({ picture: image, box: whole(image) }, map, scale, encode) };
}

function addTo(sums: Float64Array, values: ArrayLike<number>, times = 1): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + times * (values[i] as number);
}
