/** @file The classes that a report is about: those of its data, then those that only its models have. */

import type { MatchedClasses } from "../../model/match-classes.js";

/**
 * @param own the data's classes
 * @param matched which of each model's classes they are
 * @returns the report's classes, and for each model the class of the report that each of its own is
 */
export function reportedClasses(
  own: readonly string[],
  matched: readonly MatchedClasses[],
): { names: string[]; classes: number[][] } {
  const names = [...own];
  const classes = matched.map(({ classes: all, indices }) =>
    all.map((name, index) => {
      const label = indices.indexOf(index);
      if (label >= 0) return label;
      const place = names.indexOf(name, own.length);
      return place >= 0 ? place : names.push(name) - 1;
    }),
  );
  return { names, classes };
}
