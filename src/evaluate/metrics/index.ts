/** @file All metrics by name. */

import { itemNamed } from "../../foundation/error.js";
import { adcc } from "./adcc.js";
import { averageDrop } from "./average-drop.js";
import { boxIou } from "./box-iou.js";
import { complexity } from "./complexity.js";
import { deletion } from "./deletion.js";
import { energyPointingGame } from "./energy-pointing-game.js";
import { increaseInConfidence } from "./increase-in-confidence.js";
import { infidelity } from "./infidelity.js";
import { insertion } from "./insertion.js";
import { maxSensitivity } from "./max-sensitivity.js";
import type { Metric } from "./metric.js";
import { pointingGame } from "./pointing-game.js";
import { road, roadLeastFirst, roadMostFirst } from "./road.js";
import { sparseness } from "./sparseness.js";
import { topKIntersection } from "./top-k-intersection.js";

/** In the order in which they are printed. */
export const metrics: readonly Metric[] = [
  ...[deletion, insertion, roadMostFirst, roadLeastFirst, road],
  ...[averageDrop, increaseInConfidence, adcc, infidelity, maxSensitivity, sparseness, complexity],
  ...[pointingGame, energyPointingGame, boxIou, topKIntersection],
];

/** @throws FoveaError `unknown-name` */
export function metricNamed(name: string): Metric {
  return itemNamed("metric", name, metrics);
}
