/** @file Regions of mean maps: where they are hot, how much of single maps lies there, and whether that is off the object. */

import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak } from "../../image/map/heatmap.js";
import type { Mask } from "../../image/map/mask.js";
import { type Box, resizeMap } from "../../image/picture/resize.js";

/** The mean of maps of one size. */
export function meanMap(maps: readonly FloatMap[]): FloatMap {
  const { width, height } = at(maps, 0);
  const values = new Float32Array(width * height);
  for (const map of maps)
    map.values.forEach((value, i) => {
      values[i] = (values[i] as number) + value / maps.length;
    });
  return { width, height, values };
}

/** Where a map is above a share of its peak, at an image's size. */
export function regionAbove(map: FloatMap, share: number, width: number, height: number): Mask {
  const large = resizeMap(map, width, height);
  const threshold = share * mapPeak(large);
  return { width, height, places: Uint8Array.from(large.values, (value) => (value > threshold ? 1 : 0)) };
}

/** The share of a mask's places that are meant. */
export function areaOf({ places }: Mask): number {
  return places.reduce((sum, place) => sum + place, 0) / places.length;
}

/**
 * How concentrated maps are in a region: the mean share of a map that lies there, over the region's share of the image. 1 is a map
 * that is as strong elsewhere. Maps of zeros are left out; 0 where nothing is left.
 */
export function concentrationIn(mask: Mask, maps: readonly FloatMap[]): number {
  const area = areaOf(mask);
  const shares = maps.flatMap((map) => {
    const { values } = resizeMap(map, mask.width, mask.height);
    const all = values.reduce((sum, value) => sum + value, 0);
    return all > 0 ? [values.reduce((sum, value, i) => sum + (mask.places[i] === 1 ? value : 0), 0) / all] : [];
  });
  if (shares.length === 0 || area === 0) return 0;
  return shares.reduce((sum, share) => sum + share, 0) / shares.length / area;
}

/** The mean share of a region that lies outside each image's boxes; images without boxes are left out, null where none is left. */
export function offObject(mask: Mask, boxes: readonly (readonly Box[])[]): number | null {
  const shares = boxes.flatMap((each) => {
    if (each.length === 0) return [];
    let [inside, all] = [0, 0];
    mask.places.forEach((place, i) => {
      if (place === 0) return;
      const [x, y] = [(i % mask.width) + 0.5, Math.floor(i / mask.width) + 0.5];
      all++;
      if (each.some((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)) inside++;
    });
    return all > 0 ? [1 - inside / all] : [];
  });
  return shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null;
}

/** The places of any of the masks, of one size. */
export function union(masks: readonly Mask[]): Mask {
  const { width, height, places } = at(masks, 0);
  return { width, height, places: places.map((_, i) => (masks.some((mask) => mask.places[i] === 1) ? 1 : 0)) };
}

/** How alike two masks are: places of both over places of either (Jaccard). */
export function overlap(a: Mask, b: Mask): number {
  let [both, either] = [0, 0];
  a.places.forEach((place, i) => {
    if (place === 1 && b.places[i] === 1) both++;
    if (place === 1 || b.places[i] === 1) either++;
  });
  return either > 0 ? both / either : 0;
}

/** Sides of the grid that a region's content is read on. */
const grid = 6;

/**
 * Reads the content of a region as few numbers: means of the cells of a grid over its bounds, in each channel; places that are not meant
 * count not.
 */
export function contentReader(mask: Mask): (pixels: Uint8Array) => Float64Array {
  const { width, height, places } = mask;
  const area = width * height;
  const bounds = boundsOf(mask);
  const meant = Array.from(places.keys()).filter((place) => places[place] === 1);
  const cells = meant.map((place) => {
    const [x, y] = [(place % width) - bounds.x, Math.floor(place / width) - bounds.y];
    return Math.floor((y * grid) / bounds.height) * grid + Math.floor((x * grid) / bounds.width);
  });
  const counts = new Float64Array(grid * grid);
  for (const cell of cells) counts[cell] = at(counts, cell) + 1;
  return (pixels) => {
    const sums = new Float64Array((pixels.length / area) * grid * grid);
    for (let c = 0; c * area < pixels.length; c++)
      for (let i = 0; i < cells.length; i++) {
        const sum = c * grid * grid + at(cells, i);
        sums[sum] = at(sums, sum) + at(pixels, c * area + at(meant, i));
      }
    return sums.map((sum, i) => sum / Math.max(1, at(counts, i % (grid * grid))));
  };
}

/** The smallest box about a mask's places. */
export function boundsOf({ width, places }: Mask): Box {
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, 0, 0];
  places.forEach((place, i) => {
    if (place === 0) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x + 1), Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return right === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}
