/** @file Where the evidence of a map lies, in words. */

import type { FloatMap } from "../../../../src/image/map/heatmap.js";
import { wholePercent } from "../numbers.js";
import { rankIndices } from "../rank.js";

/** Above this share of the map, its evidence is nowhere in particular. */
const spread = 0.35;

const rows = ["top", "", "bottom"] as const;
const columns = ["left", "", "right"] as const;

/** The least share of the map's cells that holds half of what is positive, and the middle of these cells, 0 to 1 across and down. */
export function halfOfEvidence({ width, values }: FloatMap): { share: number; x: number; y: number } | undefined {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  if (total === 0) return undefined;
  let [sum, count, x, y] = [0, 0, 0, 0];
  for (const i of rankIndices(values)) {
    const value = values[i] as number;
    sum += value;
    count++;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
    if (sum >= total / 2) break;
  }
  return { share: count / values.length, x: x / sum / width, y: (y / sum / values.length) * width };
}

/** E.g. `Half of what speaks for it lies in 9 % of the picture, at the top right.`; undefined where nothing does. */
export function evidenceInWords(map: FloatMap): string | undefined {
  const half = halfOfEvidence(map);
  if (half === undefined) return undefined;
  const third = (at: number) => Math.min(2, Math.floor(3 * at)) as 0 | 1 | 2;
  const place = [rows[third(half.y)], columns[third(half.x)]].filter(Boolean).join(" ");
  const where = half.share > spread ? "spread over it" : place === "" ? "in its middle" : `at the ${place}`;
  return `Half of what speaks for it lies in ${wholePercent(half.share)} of the picture, ${where}.`;
}
