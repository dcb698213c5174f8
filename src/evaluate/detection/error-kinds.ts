/** @file What kind of error each wrong box is, and each object that was missed. */

import type { SceneObject } from "../../data/scenes/scene-set.js";
import { at } from "../../foundation/present.js";
import type { DetectedScene, FoundBox } from "./detected-scene.js";
import { classIn, matchBoxes } from "./match-boxes.js";
import { overlapOf } from "./overlap.js";

/** The kinds, as TIDE has them, in the order in which a box is asked for them. */
export const errorKinds = ["localisation", "classification", "duplicate", "background", "both", "missed"] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** What each kind means, for people. */
export const errorMeanings: Readonly<Record<ErrorKind, string>> = {
  localisation: "the right class, but the box does not fit",
  classification: "a box that fits, but the wrong class",
  duplicate: "an object that a surer box has found already",
  background: "a box where no object is",
  both: "the wrong class, and the box does not fit",
  missed: "an object that no box comes near",
};

/** From this overlap on a box is an object (t_f). */
export const leastFound = 0.5;
/** Up to this overlap a box has nothing to do with an object (t_b). */
export const mostBackground = 0.1;

/** An error. */
export interface DetectionError {
  readonly kind: ErrorKind;
  /** Number of the scene. */
  readonly scene: number;
  /** The wrong box; undefined of an object that was missed. */
  readonly found?: FoundBox;
  /** The object that the box is about, or that was missed; undefined for background. */
  readonly object?: SceneObject;
  /** Of the box and the object, 0 to 1. */
  readonly overlap: number;
}

/** A box with the object that it is. */
export interface CorrectBox {
  readonly found: FoundBox;
  readonly object: SceneObject;
}

/** A scene's boxes that count, and what each of them is. */
export interface JudgedScene {
  /** Those that are not ignored, class by class, the surest first. */
  readonly boxes: readonly FoundBox[];
  readonly correct: readonly CorrectBox[];
  readonly errors: readonly DetectionError[];
}

/**
 * Judges the boxes of scenes. Boxes that are ignored objects, as average precision has it, are neither correct nor errors.
 *
 * TIDE's kinds (Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", ECCV 2020, section 2.2), with t_f = 0.5 and
 * t_b = 0.1, by the largest overlap of a wrong box with an object of its own and of another class: with one of its class from t_b to t_f it is
 * localisation; with one of another class from t_f on, classification; with one of its class from t_f on, which a surer box has, a duplicate; up to
 * t_b with all, background; else both. Where several hold, the first in this order counts, as in their program (`tidecv`). An object without a box
 * is missed unless a localisation or a classification error is about it. Objects that are ignored are left out; the 100 surest boxes of each class
 * count, as for average precision (theirs: 100 of all classes).
 */
export function judgeScenes(scenes: readonly DetectedScene[], classCount: number): readonly JudgedScene[] {
  return scenes.map((scene, index) => judgeScene(scene, index, classCount));
}

function judgeScene(scene: DetectedScene, index: number, classCount: number): JudgedScene {
  const boxes: FoundBox[] = [];
  const correct: CorrectBox[] = [];
  const wrong: FoundBox[] = [];
  for (let classIndex = 0; classIndex < classCount; classIndex++) {
    const ofClass = classIn(scene, classIndex);
    if (ofClass === undefined) continue;
    const ignored = ofClass.objects.map((object) => object.ignored === true);
    for (const [i, match] of matchBoxes(ofClass, ignored, leastFound).entries()) {
      const found = at(ofClass.found, i);
      if (!ignored[match]) boxes.push(found);
      if (match < 0) wrong.push(found);
      else if (!ignored[match]) correct.push({ found, object: at(ofClass.objects, match) });
    }
  }
  const objects = scene.objects.filter(({ ignored }) => !ignored);
  const taken = new Set(correct.map(({ object }) => object));
  const errors = wrong.map((found): DetectionError => ({ scene: index, found, ...kindOf(found, objects) }));
  const reached = new Set(errors.flatMap(({ kind, object }) => (canBeRight(kind) && object ? [object] : [])));
  const missed = objects
    .filter((object) => !taken.has(object) && !reached.has(object))
    .map((object): DetectionError => ({ kind: "missed", scene: index, object, overlap: 0 }));
  return { boxes, correct, errors: [...errors, ...missed] };
}

/** Whether boxes of a kind would be right with another class or place. */
export function canBeRight(kind: ErrorKind): boolean {
  return kind === "localisation" || kind === "classification";
}

type About = Pick<DetectionError, "kind" | "object" | "overlap">;

function kindOf(found: FoundBox, objects: readonly SceneObject[]): About {
  const own = nearest(
    found,
    objects.filter(({ classIndex }) => classIndex === found.classIndex),
  );
  const other = nearest(
    found,
    objects.filter(({ classIndex }) => classIndex !== found.classIndex),
  );
  const most = Math.max(own.overlap, other.overlap);
  if (own.overlap >= mostBackground && own.overlap <= leastFound) return { kind: "localisation", ...own };
  if (other.overlap >= leastFound) return { kind: "classification", ...other };
  if (own.overlap >= leastFound) return { kind: "duplicate", ...own };
  if (most <= mostBackground) return { kind: "background", overlap: most };
  return { kind: "both", ...other };
}

/** The object that a box overlaps most; the first of several. */
function nearest(found: FoundBox, objects: readonly SceneObject[]): Omit<About, "kind"> {
  let best: Omit<About, "kind"> = { overlap: 0 };
  for (const object of objects) {
    const overlap = overlapOf(found.box, object.box);
    if (overlap > best.overlap) best = { object, overlap };
  }
  return best;
}
