/** @file The peaks of the maps seen so far, for one scale that pictures share. */

import { mapPeak } from "../../../src/image/map/heatmap.js";
import type { ExplanationView } from "../engine/api.js";

interface Peak {
  readonly positive: number;
  readonly magnitude: number;
}

/** Peaks of comparable maps: those of one method, layer and target of one model. */
export class Peaks {
  readonly #byKey = new Map<string, Map<string, Peak>>();

  /** @param picture its key */
  add(explanation: ExplanationView, picture: string): void {
    const { evidence } = explanation.maps[0] ?? {};
    if (evidence === undefined) return;
    const key = keyOf(explanation);
    const peaks = this.#byKey.get(key) ?? new Map<string, Peak>();
    this.#byKey.set(key, peaks);
    peaks.set(picture, { positive: mapPeak(evidence), magnitude: mapPeak(evidence, { signed: true }) });
  }

  /** The largest, and of how many pictures. */
  common(explanation: ExplanationView, signed: boolean): { readonly peak: number; readonly pictures: number } {
    const peaks = [...(this.#byKey.get(keyOf(explanation))?.values() ?? [])];
    const values = peaks.map(({ positive, magnitude }) => (signed ? magnitude : positive));
    return { peak: Math.max(0, ...values), pictures: peaks.length };
  }
}

function keyOf({ request: { method, minus, against }, layer }: ExplanationView): string {
  return JSON.stringify([method, layer.name, minus, against]);
}
