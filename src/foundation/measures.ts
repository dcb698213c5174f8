/** @file Probabilities and times as people write them where they stand for themselves. */

import { duration, percent } from "./words.js";

/** A probability as `97.3 %`; nearly all or nothing is not rounded to it: `> 99.9 %`, `< 0.1 %`. */
export function shareInWords(share: number): string {
  if (share === 0 || share === 1) return percent(share, 0);
  if (share > 0.9995) return "> 99.9 %";
  return share < 0.0005 ? "< 0.1 %" : percent(share, 1);
}

/** What something took, as `6 ms`, `2.6 s`, `42 s` or `2 min 8 s`. */
export function elapsed(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 9950 ? `${(milliseconds / 1000).toFixed(1)} s` : duration(milliseconds);
}
