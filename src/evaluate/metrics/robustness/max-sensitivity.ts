/** @file Max-sensitivity. */

import { type FloatMap, mapPeak } from "../../../image/map/heatmap.js";
import type { Metric } from "../metric.js";

const draws = 10;
/** How far a pixel may move, where 0 is black and 1 white. */
const radius = 0.02;

/**
 * Yeh et al., "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019, definition 3.1: the largest ‖Φ(x') - Φ(x)‖ / ‖Φ(x)‖
 * for images x' within a small distance, of which ten are drawn. From 0 on; undefined for a map of zeros.
 */
export const maxSensitivity: Metric = {
  name: "max-sensitivity",
  title: "Max-sensitivity",
  paper: "Yeh et al., NeurIPS 2019",
  better: "lower",
  baseline: "maps that don't look at the image at all have 0",
  passes: `${draws} explanations`,
  weakness: "Steadiness is not truth: a map that ignores the image is perfectly steady.",
  kind: "robustness",
  async measure({ network, image, map, explain, seed }) {
    if (mapPeak(map) === 0) return undefined;
    const others = await explain(network.jittered(image, draws, radius, seed));
    return Math.max(...others.map((other) => distance(other, map) / length(map)));
  },
};

function length({ values }: FloatMap): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

function distance(a: FloatMap, b: FloatMap): number {
  return Math.sqrt(a.values.reduce((sum, value, i) => sum + (value - (b.values[i] as number)) ** 2, 0));
}
