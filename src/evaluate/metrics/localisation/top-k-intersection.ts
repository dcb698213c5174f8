/** @file Top-k intersection. */

import { mapPeak } from "../../../image/map/heatmap.js";
import { trialOrder } from "../../trial/perturbation-curve.js";
import { fullMap, sizeOfInput } from "../../trial/trial.js";
import type { Metric } from "../metric.js";

/** Share of all pixels that are the top ones. */
const share = 0.05;

/**
 * Theiner et al., "Interpretable Semantic Photo Geolocation", WACV 2022, section 4.2: the share of the k pixels with the most evidence
 * that lie on the object; k is a twentieth of all pixels here. 0 to 1; undefined for a map of zeros.
 */
export const topKIntersection: Metric = {
  name: "top-k-intersection",
  title: "Top-k intersection",
  paper: "Theiner et al., WACV 2022",
  better: "higher",
  baseline: "random pixels: the object's share of the area",
  passes: "none",
  weakness: "An object smaller than the k pixels cannot reach 1.",
  kind: "localisation",
  async measure(trial) {
    const { boxes } = trial;
    if (boxes === undefined || mapPeak(fullMap(trial)) === 0) return undefined;
    const { width, height } = sizeOfInput(trial);
    const top = trialOrder(trial).subarray(0, Math.max(1, Math.round(share * width * height)));
    const on = top.filter((i) => {
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      return boxes.some((box) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height);
    });
    return on.length / top.length;
  },
};
