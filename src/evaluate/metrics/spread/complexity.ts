/** @file Complexity. */

import { shownMap } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/**
 * Bhatt et al., "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, definition 4: the entropy, in nats, of each
 * pixel's share of the map at the input's size. 0 for a single point, log of the number of pixels for a uniform map; undefined for
 * a map of zeros.
 */
export const complexity: Metric = {
  name: "complexity",
  title: "Complexity",
  paper: "Bhatt et al., IJCAI 2020",
  better: "lower",
  baseline: "a uniform map has the most: the logarithm of the number of pixels",
  passes: "none",
  weakness: "It sees only how the map is spread, not where it lies, and depends on the input's size.",
  kind: "spread",
  measure: async (trial) => entropy(shownMap(trial).values),
};

/** Of values that are not negative, as shares of their sum. */
export function entropy(values: Float32Array): number | undefined {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return undefined;
  return values.reduce((sum, value) => (value > 0 ? sum - (value / total) * Math.log(value / total) : sum), 0);
}
