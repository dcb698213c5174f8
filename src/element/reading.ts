/** @file The reading of one place: the map's value there, its share of the peak, and the original pixel. */

import { formatNumber } from "../image/figure/format-number.js";
import { placeMap } from "../image/picture/resize.js";
import type { ShownMap } from "./map-data.js";

export interface Reading {
  /** A pixel of the image: column and row. */
  readonly x: number;
  readonly y: number;
  /** The map's value at its middle; undefined where the network saw nothing. */
  readonly value: number | undefined;
  /** Of the peak; below zero for evidence against. */
  readonly share: number;
  /** Red, green and blue of the image; undefined where another site does not let them be read. */
  readonly pixel: readonly number[] | undefined;
}

export function readingAt(heat: ShownMap, image: HTMLImageElement, x: number, y: number): Reading {
  const { map, peak, signed } = heat;
  const box = heat.box ?? { x: 0, y: 0, width: image.naturalWidth, height: image.naturalHeight };
  const [across, down] = [(x + 0.5 - box.x) / box.width, (y + 0.5 - box.y) / box.height];
  const isInside = across >= 0 && across <= 1 && down >= 0 && down <= 1;
  const value = isInside ? placeMap(map, { ...box, x: box.x - x, y: box.y - y }, 1, 1).values[0] : undefined;
  const share = peak === 0 ? 0 : (value ?? 0) / peak;
  return { x, y, value, share: signed ? share : Math.max(0, share), pixel: pixelOf(image, x, y) };
}

/** In words: how strong the map is, and where. */
export function wordsOf({ x, y, value, share }: Reading, relative: boolean): [strength: string, place: string] {
  const place = `x ${x}, y ${y}`;
  if (value === undefined) return ["not seen by the network", place];
  return [`${percent(share)} of the peak${relative ? "" : `, ${formatNumber(value)}`}`, place];
}

function percent(share: number): string {
  return `${formatNumber(Math.round(100 * share))} %`;
}

/** The place of the largest magnitude, in pixels of the image. */
export function strongestPlace({ map, signed, box }: ShownMap, { naturalWidth, naturalHeight }: HTMLImageElement) {
  const size = (value: number) => (signed ? Math.abs(value) : value);
  let [strongest, largest] = [0, Number.NEGATIVE_INFINITY];
  for (const [i, value] of map.values.entries()) {
    if (size(value) > largest) [strongest, largest] = [i, size(value)];
  }
  const { x, y, width, height } = box ?? { x: 0, y: 0, width: naturalWidth, height: naturalHeight };
  const place = (start: number, length: number, cell: number, cells: number, end: number) =>
    Math.min(end - 1, Math.max(0, Math.floor(start + ((cell + 0.5) / cells) * length)));
  return {
    x: place(x, width, strongest % map.width, map.width, naturalWidth),
    y: place(y, height, Math.floor(strongest / map.width), map.height, naturalHeight),
  };
}

let pen: CanvasRenderingContext2D | null | undefined;

/** Transparency lies over white. */
function pixelOf(image: HTMLImageElement, x: number, y: number): number[] | undefined {
  // A canvas that another site's image was drawn to stays unreadable.
  pen ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });
  if (!pen) return undefined;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 1, 1);
  pen.drawImage(image, x, y, 1, 1, 0, 0, 1, 1);
  try {
    return [...pen.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
  } catch {
    pen = undefined;
    return undefined;
  }
}
