/** @file How much better a detector would be without the errors of each kind. */

import type { SceneObject } from "../../data/scenes/scene-set.js";
import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import type { DetectedScene } from "./detected-scene.js";
import { canBeRight, type DetectionError, type ErrorKind, errorKinds, type JudgedScene } from "./error-kinds.js";
import { averagePrecision, precisionCurve, verdict } from "./precision-curve.js";

/** An error kind with its weight. */
export interface ErrorGain {
  readonly kind: ErrorKind;
  /** How many there are, whatever their score. */
  readonly count: number;
  /** By how much AP50 rises where they alone are mended, 0 to 1. */
  readonly gain: number;
}

export interface ErrorGains {
  /** AP50 as it is: the mean over classes that have objects; null without any. */
  readonly ap50: number | null;
  readonly kinds: readonly ErrorGain[];
  /** Where every wrong box is gone. */
  readonly falsePositives: number;
  /** Where every object that was not found is gone. */
  readonly falseNegatives: number;
}

/** A box that counts, in the class for which it counts. */
interface Counted {
  readonly classIndex: number;
  readonly score: number;
  readonly isCorrect: boolean;
}

/**
 * The gain in AP50 of mending all errors of one kind and no others (Bolya et al., ECCV 2020, section 2.3, eq. 4). A box of the wrong class or place
 * becomes right, if it is the surest of those about an object that no other has, and else goes; a duplicate, background, and a box wrong in both go;
 * an object that was missed goes from those to be found. A class of which nothing is left then, neither objects nor boxes, leaves the mean.
 * With all kinds mended AP50 is 1.
 */
export function errorGains(
  scenes: readonly DetectedScene[],
  judged: readonly JudgedScene[],
  classCount: number,
): ErrorGains {
  const objects = Array.from({ length: classCount }, () => 0);
  for (const { objects: all } of scenes)
    for (const { ignored, classIndex } of all) if (!ignored) objects[classIndex] = (objects[classIndex] ?? 0) + 1;
  const measured = { judged, objects };
  const ap50 = mendedPrecision(measured, () => false);
  const gainOf = (mended: (kind: ErrorKind) => boolean) => (mendedPrecision(measured, mended) ?? 0) - (ap50 ?? 0);
  const errors = judged.flatMap((scene) => scene.errors);
  return {
    ap50,
    kinds: errorKinds.map((kind) => ({
      kind,
      count: errors.filter((error) => error.kind === kind).length,
      gain: gainOf((each) => each === kind),
    })),
    falsePositives: (withoutWrong(measured) ?? 0) - (ap50 ?? 0),
    falseNegatives: (withoutUnfound(measured) ?? 0) - (ap50 ?? 0),
  };
}

export interface Measured {
  readonly judged: readonly JudgedScene[];
  /** To be found, of each class. */
  readonly objects: readonly number[];
}

/** AP50 with errors of some kinds mended; null without objects. */
export function mendedPrecision({ judged, objects }: Measured, isMended: (kind: ErrorKind) => boolean): number | null {
  const left = [...objects];
  const counted = judged.flatMap(({ boxes, correct, errors }): Counted[] => {
    for (const { kind, object } of errors)
      if (kind === "missed" && object && isMended(kind)) left[object.classIndex] = at(left, object.classIndex) - 1;
    const surest = surestAbout(errors, new Set(correct.map(({ object }) => object)));
    const errorOf = new Map(errors.map((error) => [error.found, error]));
    return boxes.flatMap((found): Counted[] => {
      const { classIndex, score } = found;
      const error = errorOf.get(found);
      if (error === undefined || !isMended(error.kind)) return [{ classIndex, score, isCorrect: !error }];
      if (!error.object || surest.get(error.object) !== error) return [];
      return [{ classIndex: error.object.classIndex, score, isCorrect: true }];
    });
  });
  return precisionOf(counted, left, objects);
}

function rightOnes(correct: JudgedScene["correct"]): Counted[] {
  return correct.map(({ found: { classIndex, score } }) => ({ classIndex, score, isCorrect: true }));
}

function withoutWrong({ judged, objects }: Measured): number | null {
  return precisionOf(
    judged.flatMap(({ correct }) => rightOnes(correct)),
    objects,
    objects,
  );
}

function withoutUnfound({ judged, objects }: Measured): number | null {
  const found = objects.map(() => 0);
  for (const { correct } of judged)
    for (const { object } of correct) found[object.classIndex] = (found[object.classIndex] ?? 0) + 1;
  const counted = judged.flatMap(({ boxes, correct }) => {
    const right = new Set(correct.map((each) => each.found));
    return boxes.map((box): Counted => ({ classIndex: box.classIndex, score: box.score, isCorrect: right.has(box) }));
  });
  return precisionOf(counted, found, objects);
}

/** Of each object that no box has, the surest error that would be right. */
function surestAbout(errors: readonly DetectionError[], taken: ReadonlySet<SceneObject>) {
  const surest = new Map<SceneObject, DetectionError>();
  for (const error of errors) {
    const { kind, object, found } = error;
    if (!found || !object || !canBeRight(kind) || taken.has(object)) continue;
    const before = surest.get(object)?.found;
    if (before === undefined || before.score < found.score) surest.set(object, error);
  }
  return surest;
}

/** @param left objects to be found @param objects those that there were: other classes are left out */
function precisionOf(counted: readonly Counted[], left: readonly number[], objects: readonly number[]): number | null {
  const byClass = groupBy(counted, ({ classIndex }) => classIndex);
  const precisions = objects.flatMap((before, k) => {
    if (before === 0) return [];
    const ofClass = (byClass.get(k) ?? []).toSorted((a, b) => b.score - a.score);
    const remaining = left[k] ?? 0;
    if (remaining === 0) return ofClass.length === 0 ? [] : [0];
    const verdicts = ofClass.map(({ isCorrect }) => (isCorrect ? verdict.correct : verdict.wrong));
    return [averagePrecision(precisionCurve(verdicts, remaining))];
  });
  if (precisions.length === 0) return objects.some((count) => count > 0) ? 1 : null;
  return precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
}
