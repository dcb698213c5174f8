/** @file Pictures for the page: images, and maps laid over them where the network looked. */

import { colormap, defaultColormap, defaultDivergingColormap } from "../../image/map/colormap.js";
import { type FloatMap, normalizeMap } from "../../image/map/heatmap.js";
import { overlay } from "../../image/map/overlay.js";
import type { Picture as Pixels } from "../../image/picture/picture.js";
import { type Box, enlargePixels, placeMap, resizePicture } from "../../image/picture/resize.js";
import type { ColourScale, Picture } from "../picture.js";

/** A picture as a data URL; the platform's own encoder. */
export type Encode = (picture: Pixels) => Promise<string>;

/** Small pictures are enlarged by this factor, so that a map laid over them stays smooth. */
const zoom = 4;
const small = 64;
/** Longest side on the page: at most twice the card's pixels, for sharp screens. */
const longest = 480;

/** A whole image, with the part of it that a map explains. */
export interface Ground {
  readonly picture: Pixels;
  readonly box: Box;
}

/** @param most longest side on the page */
export async function plain(picture: Pixels, encode: Encode, most = longest): Promise<Picture> {
  return encoded(shrunk({ picture, box: whole(picture) }, most).picture, encode);
}

/** Longest side of a thumbnail. */
const thumbnailSide = 120;

/** A picture, small; undefined where it is small already. */
export async function thumbnail(picture: Pixels, encode: Encode): Promise<Picture | undefined> {
  if (Math.max(picture.width, picture.height) <= thumbnailSide) return undefined;
  return plain(picture, encode, thumbnailSide);
}

/** A raw map over the whole image: `scale` is the value that the last colour stands for. */
export async function overlaid(
  ground: Ground,
  map: FloatMap,
  scale: number,
  encode: Encode,
  { signed = false } = {},
): Promise<Picture> {
  const { picture, box } = displayGround(ground);
  const placed = placeMap(normalizeMap(map, { signed, peak: scale }), box, picture.width, picture.height);
  return encoded(overlay(picture, placed, { colormap: signed ? defaultDivergingColormap : defaultColormap }), encode);
}

/** The part of a picture that is all of it. */
export function whole({ width, height }: { readonly width: number; readonly height: number }): Box {
  return { x: 0, y: 0, width, height };
}

function displayGround(ground: Ground): Ground {
  const { picture, box } = ground;
  if (Math.max(picture.width, picture.height) > small) return shrunk(ground);
  return { picture: enlargePixels(picture, zoom), box: scaled(box, zoom, zoom) };
}

function shrunk({ picture, box }: Ground, most = longest): Ground {
  const factor = Math.min(1, most / Math.max(picture.width, picture.height));
  const { width, height } = roundedSize(picture, factor);
  const smaller = resizePicture(picture, width, height);
  return { picture: smaller, box: scaled(box, smaller.width / picture.width, smaller.height / picture.height) };
}

/** Sides so many times as long, in whole pixels, at least 1. */
export function roundedSize({ width, height }: { readonly width: number; readonly height: number }, factor: number) {
  const rounded = (side: number) => Math.max(1, Math.round(side * factor));
  return { width: rounded(width), height: rounded(height) };
}

/** A box in pixels of a picture whose sides are so many times as long. */
export function scaled({ x, y, width, height }: Box, across: number, down: number): Box {
  return { x: x * across, y: y * down, width: width * across, height: height * down };
}

async function encoded(picture: Pixels, encode: Encode): Promise<Picture> {
  return { src: await encode(picture), width: picture.width, height: picture.height };
}

/** A colour map as the page draws it. */
export function scaleOf(name: string): ColourScale {
  const { table } = colormap(name);
  const stops = Array.from({ length: 17 }, (_, i) => {
    const at = 3 * Math.round((i * 255) / 16);
    return `rgb(${table[at]}, ${table[at + 1]}, ${table[at + 2]})`;
  });
  return { name, stops };
}
