/** @file The target that every model has: the scores of its classes. */

import { appendScores } from "../run/classifier.js";
import type { Target, TargetKind } from "./target.js";

/** The model's class scores before any final softmax or sigmoid, [N, classes]. */
export function classScores(): Target {
  return { title: "class scores", build: (op, model) => appendScores(op, model).scores };
}

export const classScoresKind = {
  name: "class-scores",
  does: "Shows which regions raise the score of a class: the target of every model that is given no other.",
  create: classScores,
} as const satisfies TargetKind<Record<string, never>>;
