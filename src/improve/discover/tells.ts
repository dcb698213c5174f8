/** @file How well a few numbers of an image alone tell its label: naive Bayes on binned values, each image judged by the others. */

import { type Proportion, proportion } from "../../evaluate/statistics/proportion.js";
import { groupBy } from "../../foundation/group-by.js";
import { at } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";

/** Images, and what they are. */
export interface LabelledPixels {
  readonly pixels: readonly Uint8Array[];
  readonly labels: readonly number[];
  readonly classes: number;
}

export interface Told {
  /** How often the label was told right. */
  readonly right: Proportion;
  /** How often the most frequent label alone is right. */
  readonly chance: number;
  /** Of answers and labels together, in bits (Shannon 1948). */
  readonly information: number;
}

/** Parts that the images are divided into: each is judged by what the others teach. */
const folds = 5;
/** Bins of a value at most. */
const bins = 12;

/**
 * Tells labels from a few numbers of each image.
 * @param measure gives them, equally many of each
 */
export function tellsLabel(
  { pixels, labels, classes }: LabelledPixels,
  measure: (pixels: Uint8Array) => ArrayLike<number>,
): Told {
  const values = pixels.map(measure);
  const binned = binnedColumns(values);
  const source = random(1).fork("folds");
  const fold = labels.map(() => source.below(folds));
  const answers = labels.map(() => 0);
  for (let held = 0; held < folds; held++) {
    const judge = learn(
      binned.filter((_, i) => fold[i] !== held),
      labels.filter((_, i) => fold[i] !== held),
      classes,
    );
    fold.forEach((own, i) => {
      if (own === held) answers[i] = judge(at(binned, i));
    });
  }
  const right = answers.filter((answer, i) => answer === labels[i]).length;
  return {
    right: proportion(right, labels.length),
    chance: chanceOf(labels),
    information: mutualInformation(answers, labels, classes),
  };
}

/** How often the most frequent label alone is right. */
export function chanceOf(labels: readonly number[]): number {
  const counts = [...groupBy(labels, (label) => label).values()].map(({ length }) => length);
  return Math.max(0, ...counts) / Math.max(1, labels.length);
}

/** The bin of each value among those of its column. */
function binnedColumns(values: readonly ArrayLike<number>[]): number[][] {
  const width = values[0]?.length ?? 0;
  const edges = Array.from({ length: width }, (_, k) => edgesOf(Float64Array.from(values, (row) => at(row, k)).sort()));
  return values.map((row) => edges.map((each, k) => each.filter((edge) => at(row, k) > edge).length));
}

/** Upper edges of equally full bins, but one for the most frequent value alone: a patch in one image of four is not lost in its background. */
function edgesOf(sorted: Float64Array): number[] {
  const [from, to] = longestRun(sorted);
  const rest = [...sorted.subarray(0, from), ...sorted.subarray(to)];
  if (rest.length === 0) return [];
  const equal = Array.from({ length: bins - 3 }, (_, b) => at(rest, Math.floor(((b + 1) / (bins - 2)) * rest.length)));
  const own = [...(from > 0 ? [at(sorted, from - 1)] : []), ...(to < sorted.length ? [at(sorted, from)] : [])];
  return [...new Set([...equal, ...own])];
}

/** Where equal values follow each other the longest. */
function longestRun(sorted: Float64Array): readonly [from: number, to: number] {
  let best: readonly [number, number] = [0, 0];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    if (to - from > best[1] - best[0]) best = [from, to];
  }
  return best;
}

/** Naive Bayes with one image of every kind added (Laplace). */
function learn(rows: readonly number[][], labels: readonly number[], classes: number): (row: number[]) => number {
  const width = rows[0]?.length ?? 0;
  const counts = Array.from({ length: classes }, () => new Float64Array(width * bins).fill(1));
  const totals = new Float64Array(classes).fill(1);
  rows.forEach((row, i) => {
    const label = at(labels, i);
    const own = at(counts, label);
    row.forEach((bin, k) => {
      own[k * bins + bin] = at(own, k * bins + bin) + 1;
    });
    totals[label] = at(totals, label) + 1;
  });
  return (row) => {
    const scores = counts.map((own, c) => {
      const total = at(totals, c);
      return row.reduce((sum, bin, k) => sum + Math.log(at(own, k * bins + bin) / (total + bins)), Math.log(total));
    });
    return scores.indexOf(Math.max(...scores));
  };
}

function mutualInformation(a: readonly number[], b: readonly number[], classes: number): number {
  const together = new Float64Array(classes * classes);
  const [ofA, ofB] = [new Float64Array(classes), new Float64Array(classes)];
  a.forEach((x, i) => {
    const y = at(b, i);
    together[x * classes + y] = at(together, x * classes + y) + 1;
    ofA[x] = at(ofA, x) + 1;
    ofB[y] = at(ofB, y) + 1;
  });
  let bits = 0;
  together.forEach((count, i) => {
    if (count === 0) return;
    const independent = at(ofA, Math.floor(i / classes)) * at(ofB, i % classes);
    bits += (count / a.length) * Math.log2((count * a.length) / independent);
  });
  return Math.max(0, bits);
}
