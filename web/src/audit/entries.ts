/** @file Classified images: which class was taken for which, and how often. */

import type { OpenPicture } from "../shared/open-picture.js";

/** An image with the model's prediction; classes are indices of the model's. */
export interface Entry {
  readonly picture: OpenPicture;
  readonly predicted: number;
  /** Probability of the predicted class. */
  readonly confidence: number;
  /** Of the folder; undefined where nobody knows. */
  readonly truth: number | undefined;
  /** Probability of the true class. */
  readonly ofTruth: number | undefined;
  /** URL; undefined where the picture itself is small. */
  readonly thumbnail: string | undefined;
}

/** A class that no folder has. */
export const other = "other";

/** Undefined where nobody knows. */
export function isRight({ truth, predicted }: Entry): boolean | undefined {
  return truth === undefined ? undefined : truth === predicted;
}

/** Which class was taken for which. */
export interface Confusion {
  /** Classes that folders have, in the model's order. */
  readonly classes: readonly number[];
  /** Rows are true classes; columns are the predicted ones, with a last one for all others where there are any. */
  readonly counts: readonly (readonly number[])[];
  readonly others: boolean;
}

/** @param folderClasses classes that folders have */
export function countConfusions(entries: readonly Entry[], folderClasses: ReadonlySet<number>): Confusion {
  const classes = [...folderClasses].sort((a, b) => a - b);
  const place = new Map(classes.map((index, i) => [index, i]));
  const labelled = entries.filter(({ truth }) => truth !== undefined);
  const others = labelled.some(({ predicted }) => !folderClasses.has(predicted));
  const counts = classes.map(() => new Array<number>(classes.length + (others ? 1 : 0)).fill(0));
  for (const { truth, predicted } of labelled) {
    const row = counts[place.get(truth as number) as number] as number[];
    const column = place.get(predicted) ?? classes.length;
    row[column] = (row[column] as number) + 1;
  }
  return { classes, counts, others };
}

/** A class that was taken for another, and how often. */
export interface Confused {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
}

/** The most frequent first. */
export function findConfusedPairs(entries: readonly Entry[]): Confused[] {
  const pairs = new Map<string, Confused>();
  for (const { truth, predicted } of entries) {
    if (truth === undefined || truth === predicted) continue;
    const key = `${truth}>${predicted}`;
    pairs.set(key, { truth, predicted, count: (pairs.get(key)?.count ?? 0) + 1 });
  }
  return [...pairs.values()].sort((a, b) => b.count - a.count || a.truth - b.truth || a.predicted - b.predicted);
}

/** How often each class was predicted, the most frequent first. */
export function countPredictions(entries: readonly Entry[]): { readonly predicted: number; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const { predicted } of entries) counts.set(predicted, (counts.get(predicted) ?? 0) + 1);
  return [...counts]
    .map(([predicted, count]) => ({ predicted, count }))
    .sort((a, b) => b.count - a.count || a.predicted - b.predicted);
}
