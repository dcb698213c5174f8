/** @file Places in a scene, none of which covers another. */

import type { Random } from "../../foundation/random.js";
import type { Box } from "../../image/picture/resize.js";
import type { Ink } from "./ink.js";
import { sceneSide } from "./scene-set.js";

/** Between objects, in pixels. */
const gap = 3;
const attempts = 40;

/**
 * Draws at a size and place of its own where nothing is yet; undefined where no room was found. Large ones are as frequent as small ones
 * by the logarithm.
 * @param sizes the smallest and the largest, in pixels
 */
export function placeInk(
  taken: Box[],
  source: Random,
  [shortest, longest]: readonly [number, number],
  draw: (side: number, x: number, y: number) => Ink,
): Ink | undefined {
  const size = shortest * (longest / shortest) ** source.uniform();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const side = Math.max(shortest, size * (1 - attempt / attempts));
    const [x, y] = [source.uniform() * (sceneSide - side), source.uniform() * (sceneSide - side)];
    if (taken.some((box) => overlaps(box, grown({ x, y, width: side, height: side })))) continue;
    const ink = draw(side, x, y);
    // A slanted digit may reach beyond its square.
    if (taken.some((box) => overlaps(box, grown(ink.box)))) continue;
    taken.push(ink.box);
    return ink;
  }
  return undefined;
}

function grown({ x, y, width, height }: Box): Box {
  return { x: x - gap, y: y - gap, width: width + 2 * gap, height: height + 2 * gap };
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
