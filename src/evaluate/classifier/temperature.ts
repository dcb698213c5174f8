/** @file Temperature scaling: one number that brings a classifier's confidence to what it is worth. */

import { FoveaError } from "../../foundation/error.js";

/** Scores of labelled images before the softmax, or the logarithms of their probabilities. */
export interface ScoredImages {
  /** [count, classes], row by row. */
  readonly scores: ArrayLike<number>;
  readonly classes: number;
  /** The true class of each image; -1 for one that the classifier does not know, which is left out. */
  readonly labels: ArrayLike<number>;
}

/** A softmax is hardly made sharper or flatter than this: beyond it nothing is learned of a confidence. */
const range = { least: 0.05, most: 20 } as const;
const halvings = 40;

/**
 * The temperature T that makes the true classes likeliest under softmax(scores / T): the least mean negative logarithm (Guo et al.,
 * "On calibration of modern neural networks", ICML 2017, section 4.2). Above 1 for a classifier that is too sure. The loss is convex
 * in 1 / T, so its derivative is halved to its zero; T is kept within 0.05 to 20, the ends of which classifiers get that are always
 * right or no better than chance.
 * @throws FoveaError `bad-input` for no labelled image, `shape-mismatch` for scores of another size
 */
export function fitTemperature({ scores, classes, labels }: ScoredImages): number {
  if (scores.length !== labels.length * classes) {
    const expected = `${labels.length} images × ${classes} classes`;
    throw new FoveaError("shape-mismatch", `temperature: scores: expected ${expected}, got ${scores.length}`);
  }
  const known = knownRows(labels);
  if (known.length === 0) throw new FoveaError("bad-input", "temperature: expected labelled images, got none");
  const bounded = new Float64Array(scores.length);
  // A class that is masked out has a score of minus infinity, of which 0 is no multiple.
  for (let i = 0; i < bounded.length; i++) bounded[i] = Math.max(scores[i] ?? 0, -1e6);
  const images = { scores: bounded, classes, labels, known };
  let [low, high] = [Math.log(1 / range.most), Math.log(1 / range.least)];
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (slope(images, Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.exp((low + high) / 2);
}

/** Positions of images with a label. */
function knownRows(labels: ArrayLike<number>): Uint32Array {
  const known = new Uint32Array(labels.length);
  let count = 0;
  for (let i = 0; i < labels.length; i++) if ((labels[i] ?? -1) >= 0) known[count++] = i;
  return known.subarray(0, count);
}

interface KnownImages extends ScoredImages {
  /** Of those that have a label. */
  readonly known: Uint32Array;
}

/** Derivative of the mean negative logarithm by 1 / T: the mean over images of E[score] - score of the truth. */
function slope({ scores, classes, labels, known }: KnownImages, inverse: number): number {
  let total = 0;
  for (const image of known) {
    const first = image * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[first + k] ?? 0);
    let [sum, expected] = [0, 0];
    for (let k = 0; k < classes; k++) {
      const score = scores[first + k] ?? 0;
      const share = Math.exp(inverse * (score - largest));
      sum += share;
      expected += share * score;
    }
    total += expected / sum - (scores[first + (labels[image] ?? 0)] ?? 0);
  }
  return total / known.length;
}

/**
 * Probabilities at another temperature: softmax(ln p / T), row by row, which equals softmax(scores / T) for p = softmax(scores).
 * @param probabilities [count, classes]
 */
export function atTemperature(probabilities: Float32Array, classes: number, temperature: number): Float32Array {
  const scaled = probabilities.slice();
  for (let from = 0; from < scaled.length; from += classes) {
    const row = scaled.subarray(from, from + classes);
    const largest = row.reduce((most, p) => Math.max(most, p), 0);
    row.set(row.map((p) => (p / largest) ** (1 / temperature)));
    const sum = row.reduce((total, value) => total + value, 0);
    row.set(row.map((value) => value / sum));
  }
  return scaled;
}

/** The smallest positive float32: the probability of a softmax that underflowed to 0. */
const smallest = 2 ** -149;

/** The logarithms of probabilities, as scores to fit a temperature on: they differ from the scores by a constant for each image. */
export function logarithms(probabilities: Float32Array): Float64Array {
  const scores = new Float64Array(probabilities.length);
  for (let i = 0; i < scores.length; i++) scores[i] = Math.log(Math.max(probabilities[i] ?? 0, smallest));
  return scores;
}
