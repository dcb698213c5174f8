/** @file The target that tells a class from another: the difference of their scores. */

import { classIndex } from "../class-names.js";
import { appendScores } from "../run/classifier.js";
import type { Target, TargetKind } from "./target.js";

/**
 * Each class's score minus that of another class.
 * @param other index or name of the other class; one that the model lacks is refused by `withTarget` with `unknown-name`
 */
export function classMinus(other: number | string): Target {
  return {
    title: `minus class ${other}`,
    build(op, model) {
      const { scores } = appendScores(op, model);
      return op.Sub(scores, op.Gather(scores, op.ints([classIndex(model, other)]), { axis: 1 }));
    },
  };
}

export const classMinusKind = {
  name: "class-minus",
  does: "Shows which regions raise the score of a class above that of another class.",
  create: ({ other }) => classMinus(other),
} as const satisfies TargetKind<{ readonly other: number | string }>;
