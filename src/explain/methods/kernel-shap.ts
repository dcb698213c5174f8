/** @file KernelSHAP on superpixels. */

import { permutation, type Random, random } from "../../foundation/random.js";
import type { PassMethod } from "../method.js";
import {
  type Coalition,
  onSuperpixels,
  type Regression,
  regressionPlan,
  solveNormal,
} from "./parts/superpixel-regression.js";

/** Keeps few coalitions of many superpixels solvable, relative to the mean weight of a superpixel. */
const ridge = 1e-9;

/**
 * Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017. The Shapley values of M superpixels for the
 * score y: theorem 2, weighted least squares Σ_z π(z) (y(z) - y(∅) - Σᵢ φᵢ zᵢ)² over the coalitions z of superpixels that are kept, with
 * π(z) = (M - 1) / (C(M, |z|) |z| (M - |z|)), under the constraint that Σᵢ φᵢ = y(x) - y(∅). Where there are no more coalitions than
 * samples, all of them are taken, and the values are exact; else they are drawn by π, each with its complement (Covert and Lee,
 * "Improving KernelSHAP", AISTATS 2021). What is missing is the zero of the network's input, or the baseline that the explainer's option
 * says. Superpixels are SLIC's (`src/image/superpixels/slic.ts`), of the image as the network gets it.
 */
export const kernelShap: PassMethod = {
  name: "kernel-shap",
  title: "KernelSHAP",
  aliases: ["shap"],
  paper: "Lundberg and Lee, NeurIPS 2017",
  ...onSuperpixels,
  hidden: "zero",
  measures: "score",
  plan({ superpixels, sizes, samples, seed }) {
    const found = superpixels();
    const weighted = coalitionsOf(found.count, samples, random(seed).fork("kernel-shap"));
    return regressionPlan(found, sizes, shapleyRegression(found.count, weighted));
  },
};

interface Weighted {
  readonly coalition: Coalition;
  readonly weight: number;
}

/** All coalitions but none and all superpixels, or as many draws of them, each drawn one once with the number of its draws. */
function coalitionsOf(size: number, samples: number, source: Random): Weighted[] {
  if (2 ** size - 2 <= samples) return allCoalitions(size);
  const drawn = new Map<string, { coalition: Coalition; weight: number }>();
  for (let i = 0; i < samples; i += 2) {
    const coalition = drawCoalition(size, source);
    const pair = [coalition, coalition.map((there) => 1 - there)].slice(0, samples - i);
    for (const each of pair) {
      const key = each.join("");
      const known = drawn.get(key) ?? { coalition: each, weight: 0 };
      drawn.set(key, { ...known, weight: known.weight + 1 });
    }
  }
  return [...drawn.values()];
}

function allCoalitions(size: number): Weighted[] {
  return Array.from({ length: Math.max(0, 2 ** size - 2) }, (_, i) => {
    const coalition = Uint8Array.from({ length: size }, (_, bit) => ((i + 1) >> bit) & 1);
    const kept = coalition.reduce((sum, there) => sum + there, 0);
    return { coalition, weight: (size - 1) / (choose(size, kept) * kept * (size - kept)) };
  });
}

/** By the Shapley kernel: a size by its weight, and of that size any. */
function drawCoalition(size: number, source: Random): Coalition {
  const weights = Array.from({ length: size - 1 }, (_, i) => 1 / ((i + 1) * (size - i - 1)));
  let left = source.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  while (kept < size - 1 && left >= 0) left -= weights[kept++] ?? 0;
  const coalition = new Uint8Array(size);
  for (const i of permutation(size, source).subarray(0, kept)) coalition[i] = 1;
  return coalition;
}

function choose(n: number, k: number): number {
  return Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((product, factor) => product * factor, 1);
}

/** φ = A (y - y(∅)) + u (y(x) - y(∅)), of which the shares of each score are read off; the last coalition is that of no superpixel. */
function shapleyRegression(size: number, weighted: readonly Weighted[]): Regression {
  const columns = weighted.length + 1;
  // Zᵀ W, and a column of ones for the constraint.
  const right = new Float64Array(size * columns);
  for (let i = 0; i < size; i++) {
    weighted.forEach(({ coalition, weight }, s) => {
      right[i * columns + s] = weight * (coalition[i] ?? 0);
    });
    right[i * columns + columns - 1] = 1;
  }
  const rows = weighted.map(({ coalition }) => coalition);
  const weights = weighted.map(({ weight }) => weight);
  const total = rows.reduce((sum, row, s) => sum + (weights[s] ?? 0) * row.reduce((kept, there) => kept + there, 0), 0);
  const solved = solveNormal(
    rows.length > 0 ? rows : [new Uint8Array(size)],
    weights,
    (ridge * total) / size || 1,
    right,
  );
  const columnSums = new Float64Array(columns);
  for (let i = 0; i < size; i++)
    for (let s = 0; s < columns; s++) columnSums[s] = (columnSums[s] ?? 0) + (solved[i * columns + s] ?? 0);
  const ofWhole = Float64Array.from(
    { length: size },
    (_, i) => (solved[i * columns + columns - 1] ?? 0) / (columnSums[columns - 1] ?? 1),
  );
  const shares = new Float64Array(columns * size);
  for (let i = 0; i < size; i++) {
    let ofNone = -(ofWhole[i] ?? 0);
    for (let s = 0; s < columns - 1; s++) {
      const share = (solved[i * columns + s] ?? 0) - (ofWhole[i] ?? 0) * (columnSums[s] ?? 0);
      shares[s * size + i] = share;
      ofNone -= share;
    }
    shares[(columns - 1) * size + i] = ofNone;
  }
  return { coalitions: [...rows, new Uint8Array(size)], shares, ofWhole };
}
