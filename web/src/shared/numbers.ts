/** @file Numbers of the page that need another form than those of reports and the command line. */

import { percent } from "../../../src/foundation/words.js";

/** A share, such as a probability, as `97.3 %`; nearly all or nothing is not rounded to it. */
export function formatShare(share: number): string {
  if (share === 0 || share === 1) return percent(share, 0);
  if (share > 0.9995) return "> 99.9 %";
  if (share < 0.0005) return "< 0.1 %";
  return percent(share, 1);
}

/** A share in whole percents, e.g. of a progress. */
export function wholePercent(share: number): string {
  return percent(Math.round(100 * share) / 100, 0);
}

/** Milliseconds as `4.2 ms`, `42 ms` or `4.2 s`. */
export function shortDuration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}
