/** @file All metrics by name. */

import { itemNamed } from "../../foundation/error.js";
import { adcc } from "./faithfulness/adcc.js";
import { averageDrop } from "./faithfulness/average-drop.js";
import { deletion } from "./faithfulness/deletion.js";
import { increaseInConfidence } from "./faithfulness/increase-in-confidence.js";
import { infidelity } from "./faithfulness/infidelity.js";
import { insertion } from "./faithfulness/insertion.js";
import { road, roadLeastFirst, roadMostFirst } from "./faithfulness/road.js";
import { boxIou } from "./localisation/box-iou.js";
import { energyPointingGame } from "./localisation/energy-pointing-game.js";
import { pointingGame } from "./localisation/pointing-game.js";
import { topKIntersection } from "./localisation/top-k-intersection.js";
import type { Metric } from "./metric.js";
import { maxSensitivity } from "./robustness/max-sensitivity.js";
import { complexity } from "./spread/complexity.js";
import { sparseness } from "./spread/sparseness.js";

/** All metrics, in the order in which they are printed. */
export const metrics: readonly Metric[] = [
  ...[deletion, insertion, roadMostFirst, roadLeastFirst, road],
  ...[averageDrop, increaseInConfidence, adcc, infidelity, maxSensitivity, sparseness, complexity],
  ...[pointingGame, energyPointingGame, boxIou, topKIntersection],
];

/**
 * The metric of that name.
 * @throws FoveaError `unknown-name`
 */
export function metricNamed(name: string): Metric {
  return itemNamed("metric", name, metrics);
}
