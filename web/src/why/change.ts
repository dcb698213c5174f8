/** @file What the user changed, as it stands in the address: channels switched off, `24.12`, and weights, `24:0.01`. */

import type { Change } from "./rows.js";

export function readOff(text: string): Set<number> {
  return new Set(text.split(".").flatMap((part) => (/^\d+$/.test(part) ? [Number(part)] : [])));
}

export function readWeights(text: string): Map<number, number> {
  const entries = text.split("_").map((part) => /^(\d+):(-?[\d.]+(?:e-?\d+)?)$/.exec(part));
  return new Map(
    entries.flatMap((found) => {
      const [channel, weight] = [Number(found?.[1]), Number(found?.[2])];
      return found && Number.isFinite(weight) ? [[channel, weight] as const] : [];
    }),
  );
}

export function writeOff(off: Change["off"]): string {
  return [...off].sort((a, b) => a - b).join(".");
}

export function writeWeights(weights: Change["weights"]): string {
  return [...weights].map(([channel, weight]) => `${channel}:${Number(weight.toPrecision(4))}`).join("_");
}
