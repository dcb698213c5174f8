/** @file The probability of a class as pixels are taken or given in the order of a map. */

import { at } from "../../foundation/present.js";
import { permutation, random } from "../../foundation/random.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Keep, Replacement } from "./trial.js";
import { fullMap, oncePerTrial, type Trial } from "./trial.js";

/** How a class's probability changes as pixels are taken or given. */
export interface Curve {
  /** Share of the pixels that were taken or given, rising from 0 to 1. */
  readonly shares: readonly number[];
  /** Probability of the class at each. */
  readonly probabilities: readonly number[];
}

/** Steps of a curve: each takes or gives a twentieth of all pixels. */
export const curveSteps = 20;
/** Images of one run. */
const batch = 16;

/**
 * Indices of pixels, those with the highest value first. Pixels of equal value are in random order: where a map is flat it
 * says nothing of which comes first, and the order of rows would.
 */
export function pixelOrder({ values }: FloatMap, seed: number | string): Uint32Array {
  const order = permutation(values.length, random(seed).fork("ties"));
  return order.sort((i, j) => (values[j] as number) - (values[i] as number));
}

/** The order of the trial's map at the input's size. */
export const trialOrder = oncePerTrial((trial: Trial) => pixelOrder(fullMap(trial), trial.seed));

/** A mask that is `inside` for the first pixels of an order, and its opposite for the others. */
export function firstPixels(order: Uint32Array, share: number, inside: 0 | 1): Keep {
  const mask = new Float32Array(order.length).fill(1 - inside);
  for (const pixel of order.subarray(0, Math.round(share * order.length))) mask[pixel] = inside;
  return mask;
}

export interface CurveOptions {
  /** 0: the first pixels of the order are taken; 1: they are given. */
  readonly keep: 0 | 1;
  /** Fills the places of pixels that are taken, or not yet given. */
  readonly replacement: Replacement;
  /** Default 20. */
  readonly steps?: number;
}

/** The probability of a class while pixels are taken or given. Takes (`keep` 0) or gives (1) pixels in an order, the rest being as it was or replaced. */
export async function perturbationCurve(
  { network, image, target }: Pick<Trial, "network" | "image" | "target">,
  order: Uint32Array,
  { keep, replacement, steps = curveSteps }: CurveOptions,
): Promise<Curve> {
  const shares = Array.from({ length: steps + 1 }, (_, i) => i / steps);
  const masks = (some: readonly number[]) => some.map((share) => firstPixels(order, share, keep));
  const probabilities = await inBatches(shares, async (some) =>
    network.probabilities(await network.blended(image, masks(some), replacement), target),
  );
  return { shares, probabilities };
}

/** The numbers of many images, a bounded number of which are in memory. */
export async function inBatches<Item>(
  items: readonly Item[],
  measure: (some: readonly Item[]) => Promise<ArrayLike<number>>,
): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < items.length; i += batch) all.push(...Array.from(await measure(items.slice(i, i + batch))));
  return all;
}

/** Area under a curve of straight lines between its points, over shares from 0 to 1. */
export function areaUnder({ shares, probabilities }: Curve): number {
  let area = 0;
  for (let i = 1; i < shares.length; i++) {
    const [before, after] = [at(probabilities, i - 1), at(probabilities, i)];
    area += (at(shares, i) - at(shares, i - 1)) * 0.5 * (before + after);
  }
  return area;
}

/** Probability of the class for the untouched image. */
export const untouched = oncePerTrial(async ({ network, image, target }: Trial) =>
  at(await network.probabilities(image, target), 0),
);
