/** @file Everything that is told of a detector on a set: average precision, and its errors by kind. */

import { type AveragePrecision, measurePrecision } from "./average-precision.js";
import type { DetectedScene } from "./detected-scene.js";
import { type ErrorGains, errorGains } from "./error-gains.js";
import { type DetectionError, type JudgedScene, judgeScenes } from "./error-kinds.js";

export interface DetectionEvaluation extends AveragePrecision {
  readonly images: number;
  /** To be found, and those that are ignored. */
  readonly objects: number;
  readonly ignored: number;
  /** Boxes, whatever their score. */
  readonly found: number;
  readonly errors: ErrorGains;
  /** Of each scene, in order. */
  readonly judged: readonly JudgedScene[];
}

export function evaluateDetections(scenes: readonly DetectedScene[], classes: readonly string[]): DetectionEvaluation {
  const judged = judgeScenes(scenes, classes.length);
  const all = scenes.flatMap(({ objects }) => objects);
  const ignored = all.filter((object) => object.ignored).length;
  return {
    images: scenes.length,
    objects: all.length - ignored,
    ignored,
    found: scenes.reduce((sum, { found }) => sum + found.length, 0),
    ...measurePrecision(scenes, classes),
    errors: errorGains(scenes, judged, classes.length),
    judged,
  };
}

/** The errors of one kind: those of wrong boxes by falling score, those that were missed with the largest objects first. */
export function errorsOfKind(
  { judged }: Pick<DetectionEvaluation, "judged">,
  kind: DetectionError["kind"],
): DetectionError[] {
  const size = ({ object }: DetectionError) => (object ? object.box.width * object.box.height : 0);
  return judged
    .flatMap(({ errors }) => errors)
    .filter((error) => error.kind === kind)
    .sort((a, b) => (b.found?.score ?? 0) - (a.found?.score ?? 0) || size(b) - size(a));
}
