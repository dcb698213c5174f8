/** @file The end of the colour scale, and the maps that share it. */

import { formatNumber } from "../../../../src/image/figure/format-number.js";
import { mapPeak } from "../../../../src/image/map/heatmap.js";
import type { ExplanationView } from "../../engine/api.js";
import type { Studio } from "../../shell/studio.svelte.js";

export interface Scale {
  /** The raw value of the last colour. */
  readonly peak: number;
  /** For and against. */
  readonly signed: boolean;
  readonly words: string;
}

export function scaleOf({ view, explanation, peaks }: Studio): Scale {
  const signed = view.signed || view.minus !== undefined;
  const evidence = explanation?.maps[0]?.evidence;
  if (explanation === undefined || evidence === undefined) return { peak: 0, signed, words: "" };
  const what = ofScore(explanation) ?? "relative evidence";
  if (view.scale === "own") return { peak: mapPeak(evidence, { signed }), signed, words: what };
  const { peak, pictures } = peaks.common(explanation, signed);
  return { peak, signed, words: `${what}; common scale of ${pictures} picture${pictures === 1 ? "" : "s"} seen` };
}

/** What the numbers of a map are a part of, where they are one: `of the score, 7.82`. */
export function ofScore({ sharesScore, scores, maps, request }: ExplanationView): string | undefined {
  const score = scores[maps[0]?.class ?? 0];
  if (!sharesScore || score === undefined || request.against) return undefined;
  const minus = request.minus === undefined ? 0 : (scores[request.minus] ?? 0);
  return `of the score ${formatNumber(score - minus)}, per cell`;
}
