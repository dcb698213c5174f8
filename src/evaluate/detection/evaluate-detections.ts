/** @file Everything that is told of a detector on a set: average precision, and its errors by kind. */

import { type AveragePrecision, measurePrecision } from "./average-precision.js";
import type { DetectedScene } from "./detected-scene.js";
import { type ErrorGains, errorGains } from "./error-gains.js";
import { type DetectionError, type ErrorKind, type JudgedScene, judgeScenes } from "./error-kinds.js";

/** The score from which on boxes are usually shown to people. */
export const shownFrom = 0.25;

export interface DetectionEvaluation extends AveragePrecision {
  readonly images: number;
  /** To be found, and those that are ignored. */
  readonly objects: number;
  readonly ignored: number;
  /** Boxes, whatever their score. */
  readonly found: number;
  /** With boxes of every score. */
  readonly errors: ErrorGains;
  /** How many errors of each kind a person meets who is shown the boxes with a score of `shownFrom` or more. */
  readonly shownErrors: Readonly<Record<ErrorKind, number>>;
  /** The same boxes alone, judged, of each scene in order. */
  readonly shown: readonly JudgedScene[];
}

export function evaluateDetections(scenes: readonly DetectedScene[], classes: readonly string[]): DetectionEvaluation {
  const judged = judgeScenes(scenes, classes.length);
  const sure = scenes.map(({ objects, found }) => ({
    objects,
    found: found.filter(({ score }) => score >= shownFrom),
  }));
  const shown = judgeScenes(sure, classes.length);
  const all = scenes.flatMap(({ objects }) => objects);
  const ignored = all.filter((object) => object.ignored).length;
  return {
    images: scenes.length,
    objects: all.length - ignored,
    ignored,
    found: scenes.reduce((sum, { found }) => sum + found.length, 0),
    ...measurePrecision(scenes, classes),
    errors: errorGains(scenes, judged, classes.length),
    shownErrors: countsOf(shown),
    shown,
  };
}

function countsOf(judged: readonly JudgedScene[]): Record<ErrorKind, number> {
  const counts = { localisation: 0, classification: 0, duplicate: 0, background: 0, both: 0, missed: 0 };
  for (const { errors } of judged) for (const { kind } of errors) counts[kind]++;
  return counts;
}

/** The errors of one kind: those of wrong boxes by falling score, those that were missed with the largest objects first. */
export function errorsOfKind(judged: readonly JudgedScene[], kind: ErrorKind): DetectionError[] {
  const size = ({ object }: DetectionError) => (object ? object.box.width * object.box.height : 0);
  return judged
    .flatMap(({ errors }) => errors)
    .filter((error) => error.kind === kind)
    .sort((a, b) => (b.found?.score ?? 0) - (a.found?.score ?? 0) || size(b) - size(a));
}
