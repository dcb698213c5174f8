/**
 * @file Sharpens a region that maps point to. A mean map is coarse and adds up all that the model uses: a cue, and parts of the object
 * beside it. A cue with a pattern of its own tells the label in every small window on it; a part of an object tells less.
 */

import { at } from "../../foundation/present.js";
import type { Mask } from "../../image/map/mask.js";
import { pieces } from "../../image/map/pieces.js";
import { contentReader, overlap, union } from "./regions.js";
import { chanceOf, type LabelledPixels, tellsLabel } from "./tells.js";

export interface Sharpener {
  /** What a region is really about, the whole before its pieces; each at several levels, the usual one first. Empty where it cannot be said. */
  sharpen(region: Mask): Mask[][];
  /** How often the window on a region that tells most tells the label. */
  bestWindow(region: Mask): number;
}

/** Sides of the windows, as shares of the image's. */
const windowSides = [1 / 7, 2 / 7] as const;
/** How much of what a whole region tells, above chance, one window on it must tell. */
const enough = 0.85;
/** How much of what the best window tells a place must tell, for it to belong to the pattern; the usual one first. */
const levels = [0.7, 0.9, 0.5] as const;

/**
 * Finds the places where small windows of the images tell the label (`tellsLabel`) nearly as well as a whole region does; what a place tells is the mean
 * of the windows on it, above chance.
 */
export function sharpener(images: LabelledPixels): Sharpener {
  const chance = chanceOf(images.labels);
  const fields = new Map<number, Float32Array>();
  const fieldOf = (share: number, region: Mask) => {
    const field = fields.get(share) ?? toldField(images, region, share);
    fields.set(share, field);
    return field;
  };
  const best = (share: number, region: Mask) =>
    fieldOf(share, region).reduce((most, told, i) => (region.places[i] === 1 ? Math.max(most, told) : most), 0);
  return {
    sharpen(region) {
      const least = enough * toldBy(images, region);
      const share = windowSides.find((each) => best(each, region) >= least);
      if (share === undefined || best(share, region) === 0) return [];
      return sharpened(region, fieldOf(share, region), best(share, region));
    },
    bestWindow: (region) => chance + Math.max(...windowSides.map((share) => best(share, region))),
  };
}

/** The pieces that the region touches, at every level: together, and one by one. */
function sharpened(region: Mask, field: Float32Array, best: number): Mask[][] {
  const [usual, ...others] = levels.map((level) =>
    pieces({ ...region, places: Uint8Array.from(field, (told) => (told >= level * best ? 1 : 0)) }),
  );
  const touching = (mask: Mask, all: readonly Mask[] = []) => all.filter((piece) => overlap(piece, mask) > 0);
  const found = touching(region, usual);
  const atLevels = (mask: Mask) => [
    mask,
    ...others
      .map((all) => touching(mask, all))
      .filter(({ length }) => length > 0)
      .map(union),
  ];
  return [...(found.length > 1 ? [union(found)] : []), ...found].map(atLevels);
}

/** For each place the mean of what the windows on it tell, [height * width]. Windows are half of their side apart. */
function toldField(images: LabelledPixels, { height, width }: Mask, share: number): Float32Array {
  const sums = new Float32Array(height * width);
  const counts = new Float32Array(height * width);
  for (const window of windowsOf(width, height, share)) {
    const told = toldBy(images, window);
    window.places.forEach((place, i) => {
      if (place === 0) return;
      sums[i] = at(sums, i) + told;
      counts[i] = at(counts, i) + 1;
    });
  }
  return sums.map((sum, i) => sum / Math.max(1, at(counts, i)));
}

function windowsOf(width: number, height: number, share: number): Mask[] {
  const [across, down] = [width, height].map((side) => startsOf(side, Math.max(2, Math.round(share * side))));
  return (down ?? []).flatMap((rows) =>
    (across ?? []).map((columns) => {
      const places = new Uint8Array(width * height);
      for (let y = rows.from; y < rows.to; y++) places.fill(1, y * width + columns.from, y * width + columns.to);
      return { width, height, places };
    }),
  );
}

/** Where windows of a length lie along a side: half of it apart, the last at the end. */
function startsOf(side: number, length: number): { readonly from: number; readonly to: number }[] {
  const step = Math.floor(length / 2);
  const count = Math.max(0, Math.ceil((side - length) / step)) + 1;
  return Array.from({ length: count }, (_, i) => Math.min(i * step, side - length)).map((from) => ({
    from,
    to: from + length,
  }));
}

/** What a region's content tells of the label, above chance. */
function toldBy(images: LabelledPixels, region: Mask): number {
  const { right, chance } = tellsLabel(images, contentReader(region));
  return Math.max(0, right.value - chance);
}
