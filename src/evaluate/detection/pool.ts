/** @file The boxes of one class from all scenes, the surest first, with what becomes of them. */

import { at } from "../../foundation/present.js";
import type { ClassInScene } from "./match-boxes.js";
import { matchBoxes } from "./match-boxes.js";
import { verdict } from "./precision-curve.js";

/** Areas of objects, in square pixels; both ends belong to it. */
export interface AreaRange {
  readonly name: "all" | "small" | "medium" | "large";
  readonly least: number;
  readonly most: number;
}

/** COCO's: small up to 32 x 32 pixels, large from 96 x 96 on. */
export const areaRanges: readonly AreaRange[] = [
  { name: "all", least: 0, most: 1e10 },
  { name: "small", least: 0, most: 32 ** 2 },
  { name: "medium", least: 32 ** 2, most: 96 ** 2 },
  { name: "large", least: 96 ** 2, most: 1e10 },
];

/** The boxes of a class in all scenes. */
export interface Pool {
  readonly scenes: readonly ClassInScene[];
  /** Places in the scenes' boxes, one scene behind the other, by falling score; of one score in their order. */
  readonly order: Uint32Array;
  /** The place of each box, in the same row, among those of its own scene. */
  readonly ranks: Uint32Array;
}

export function poolOf(scenes: readonly ClassInScene[]): Pool {
  const scores = Float64Array.from(scenes.flatMap(({ found }) => found.map(({ score }) => score)));
  const ranks = Uint32Array.from(scenes.flatMap(({ found }) => found.map((_, rank) => rank)));
  const order = Uint32Array.from(scores.keys()).sort((a, b) => at(scores, b) - at(scores, a) || a - b);
  return { scenes, order, ranks };
}

export interface PooledVerdicts {
  /** Of the boxes in the pool's order. */
  readonly verdicts: Uint8Array;
  /** How many objects are to be found. */
  readonly objects: number;
}

/**
 * What becomes of the boxes where objects of one size are measured: objects of others are ignored, and so are boxes of others that are no object.
 * @param least overlap from which on a box is an object
 */
export function verdictsOf({ scenes, order }: Pool, range: AreaRange, least: number): PooledVerdicts {
  const outside = (area: number) => area < range.least || area > range.most;
  const inScenes = new Uint8Array(order.length);
  let [objects, place] = [0, 0];
  for (const scene of scenes) {
    const ignored = scene.objects.map(
      ({ ignored: always = false, box, area = box.width * box.height }) => always || outside(area),
    );
    for (const each of ignored) if (!each) objects++;
    const matches = ignored.length > 0 ? matchBoxes(scene, ignored, least) : undefined;
    for (const [i, { box }] of scene.found.entries()) {
      const match = matches?.[i] ?? -1;
      const isIgnored = match < 0 ? outside(box.width * box.height) : ignored[match];
      inScenes[place++] = isIgnored ? verdict.ignored : match < 0 ? verdict.wrong : verdict.correct;
    }
  }
  const verdicts = new Uint8Array(order.length);
  for (const [i, each] of order.entries()) verdicts[i] = inScenes[each] ?? 0;
  return { verdicts, objects };
}

/** The verdicts of the surest boxes of each scene alone. */
export function surestOf({ order, ranks }: Pool, verdicts: Uint8Array, most: number): Uint8Array {
  return verdicts.filter((_, i) => at(ranks, at(order, i)) < most);
}
