/** @file The end of the colour scale, and the maps that share it. */

import { mapPeak } from "../../../../src/image/map/heatmap.js";
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
  if (view.scale === "own") return { peak: mapPeak(evidence, { signed }), signed, words: "own scale" };
  const { peak, pictures } = peaks.common(explanation, signed);
  return { peak, signed, words: `common scale of ${pictures} picture${pictures === 1 ? "" : "s"} seen` };
}
