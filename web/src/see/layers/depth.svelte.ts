/** @file The way through the layers: between two of them their maps are blended. */

import { mapPeak } from "../../../../src/image/map/heatmap.js";
import { between, type Heat, heatOver } from "../../shared/map/heat.js";
import type { Studio } from "../../shell/studio.svelte.js";

export class Depth {
  readonly #studio: Studio;
  /** The layer that is nearest. */
  readonly nearest = $derived.by(() =>
    this.at === undefined ? undefined : this.#studio.layerMaps[Math.round(this.at)]?.layer,
  );
  /** 0 for the first layer, 1 for the second, and what lies between; undefined where the chosen layer is shown. */
  at = $state<number>();
  /** Maps of the layers over the picture, made when they are first passed. */
  #heats = new Map<number, Heat>();
  /** What the maps are made of. */
  #of: readonly unknown[] | undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** What is shown on the way. */
  shown = $derived.by((): Heat | undefined => {
    if (this.at === undefined) return undefined;
    const before = Math.floor(this.at);
    const [one, other] = [this.#heat(before), this.#heat(before + 1)];
    if (one === undefined || other === undefined) return one;
    return between(one, other, this.at - before);
  });

  /** The nearest layer is chosen. */
  settle(): void {
    const layer = this.nearest;
    this.at = undefined;
    if (layer) this.#studio.look({ layer: layer === this.#studio.model?.automatic.name ? "auto" : layer });
  }

  /** Each on its own scale. */
  #heat(i: number): Heat | undefined {
    const { layerMaps, subject, explanation, view } = this.#studio;
    const map = layerMaps[i]?.evidence;
    if (map === undefined || subject === undefined || explanation === undefined) return undefined;
    const { signed, top } = view;
    const of = [layerMaps, signed, top] as const;
    if (of.some((part, k) => part !== this.#of?.[k])) this.#heats = new Map();
    this.#of = of;
    const heat =
      this.#heats.get(i) ?? heatOver(map, subject, explanation.box, { signed, top, peak: mapPeak(map, { signed }) });
    this.#heats.set(i, heat);
    return heat;
  }
}
