/** @file Which object of its class each found box of a scene is: greedily, the surest box first. */

import type { SceneObject } from "../../data/scenes/scene-set.js";
import { at } from "../../foundation/present.js";
import { type DetectedScene, type FoundBox, mostFound } from "./detected-scene.js";
import { overlapOf } from "./overlap.js";

/** The boxes and objects of one class in a scene. */
export interface ClassInScene {
  /** The surest `mostFound`, the surest first; boxes of one score in the order in which they are given. */
  readonly found: readonly FoundBox[];
  readonly objects: readonly SceneObject[];
  /** Of each found box with each object. */
  readonly overlaps: readonly (readonly number[])[];
}

/** What is there of a class in a scene; undefined where there is nothing. */
export function classIn({ found, objects }: DetectedScene, classIndex: number): ClassInScene | undefined {
  const ofClass = objects.filter((object) => object.classIndex === classIndex);
  const surest = found.filter((each) => each.classIndex === classIndex).sort((a, b) => b.score - a.score);
  if (ofClass.length === 0 && surest.length === 0) return undefined;
  const counted = surest.slice(0, mostFound);
  const overlaps = counted.map(({ box }) => ofClass.map((object) => overlapOf(box, object.box, object.ignored)));
  return { found: counted, objects: ofClass, overlaps };
}

/** What a found box is: -1 for nothing, else the object's index. */
export type Match = number;

/**
 * The object that each found box is (`evaluateImg` of the COCO API): in the order of their scores each takes the object of which it overlaps most
 * and at least `least`, and that no surer box has. One that may be ignored is taken only where no other is left, a crowd by any number of boxes.
 * Of objects with the same overlap the last one is taken.
 * @param ignored whether each object is to be ignored: crowds, and those of another size than is measured
 */
export function matchBoxes(
  { found, objects, overlaps }: ClassInScene,
  ignored: readonly boolean[],
  least: number,
): Match[] {
  const order = [...objects.keys()].sort((a, b) => Number(ignored[a]) - Number(ignored[b]));
  const taken = new Set<number>();
  return found.map((_, i) => {
    const own = at(overlaps, i);
    let [best, most] = [-1, Math.min(least, 1 - 1e-10)];
    for (const k of order) {
      if (taken.has(k) && objects[k]?.ignored !== true) continue;
      if (best >= 0 && !ignored[best] && ignored[k]) break;
      const overlap = own[k] ?? 0;
      if (overlap < most) continue;
      [best, most] = [k, overlap];
    }
    if (best >= 0) taken.add(best);
    return best;
  });
}
