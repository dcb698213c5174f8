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
const bins = 24;

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

/** The bin of each value among those of its column; columns of one value, which tell nothing, are left out. */
function binnedColumns(values: readonly ArrayLike<number>[]): Uint8Array[] {
  const columns = Array.from({ length: values[0]?.length ?? 0 }, (_, k) => {
    const column = new Float64Array(values.length);
    values.forEach((row, i) => {
      column[i] = at(row, k);
    });
    const edges = edgesOf(column.slice().sort());
    return edges.length === 0 ? [] : [{ column, edges }];
  }).flat();
  const binned = values.map(() => new Uint8Array(columns.length));
  for (const [k, { column, edges }] of columns.entries())
    for (let i = 0; i < binned.length; i++) at(binned, i)[k] = binOf(at(column, i), edges);
  return binned;
}

/** How many edges a value is above. */
function binOf(value: number, edges: Float64Array): number {
  let [from, to] = [0, edges.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (value > at(edges, middle)) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Upper edges of equally full bins, but one for the most frequent value alone: a patch in one image of four is not lost in its background. */
function edgesOf(sorted: Float64Array): Float64Array {
  const [from, to] = longestRun(sorted);
  const rest = [...sorted.subarray(0, from), ...sorted.subarray(to)];
  if (rest.length === 0) return new Float64Array();
  const equal = Array.from({ length: bins - 3 }, (_, b) => at(rest, Math.floor(((b + 1) / (bins - 2)) * rest.length)));
  const own = [...(from > 0 ? [at(sorted, from - 1)] : []), ...(to < sorted.length ? [at(sorted, from)] : [])];
  return Float64Array.from(new Set([...equal, ...own])).sort();
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
function learn(rows: readonly Uint8Array[], labels: readonly number[], classes: number): (row: Uint8Array) => number {
  const width = rows[0]?.length ?? 0;
  const counts = Array.from({ length: classes }, () => new Float64Array(width * bins).fill(1));
  const totals = new Float64Array(classes).fill(1);
  rows.forEach((row, i) => {
    const label = at(labels, i);
    const own = at(counts, label);
    for (let k = 0; k < width; k++) own[k * bins + at(row, k)] = at(own, k * bins + at(row, k)) + 1;
    totals[label] = at(totals, label) + 1;
  });
  const logs = counts.map((own, c) => own.map((count) => Math.log(count / (at(totals, c) + bins))));
  const priors = totals.map((total) => Math.log(total));
  return (row) => {
    let [best, most] = [0, Number.NEGATIVE_INFINITY];
    for (const [c, own] of logs.entries()) {
      let score = at(priors, c);
      for (let k = 0; k < width; k++) score += at(own, k * bins + at(row, k));
      if (score > most) [best, most] = [c, score];
    }
    return best;
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
