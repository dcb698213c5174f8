/** @file Sparseness. */

import { shownMap } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/**
 * Chalasani et al., "Concise Explanations of Neural Networks using Adversarial Training", ICML 2020, section 3: the Gini index of the
 * map's values at the input's size. 0 for a map that is the same everywhere, towards 1 for one that is a single point;
 * undefined for a map of zeros.
 */
export const sparseness: Metric = {
  name: "sparseness",
  title: "Sparseness",
  paper: "Chalasani et al., ICML 2020",
  better: "higher",
  baseline: "a uniform map has 0, uniform noise 1/3",
  passes: "none",
  weakness: "A map can be as sharp as can be in the wrong place.",
  kind: "spread",
  measure: async (trial) => gini(shownMap(trial).values),
};

/** Gini index of values that are not negative: 1 - 2 Σ v₍ₖ₎ / ‖v‖₁ · (d - k + ½) / d, sorted rising, k from 1; undefined for zeros. */
export function gini(values: Float32Array): number | undefined {
  const sorted = values.slice().sort();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  if (total === 0) return undefined;
  const count = sorted.length;
  const weighted = sorted.reduce((sum, value, i) => sum + (value / total) * ((count - i - 0.5) / count), 0);
  return 1 - 2 * weighted;
}
