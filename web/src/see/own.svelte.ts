/** @file What the network itself gives for each place, shown in the place of an explanation until one is asked for. */

import { untrack } from "svelte";
import { isCancelled } from "../shared/errors.js";
import { type Heat, heatOver } from "../shared/map/heat.js";
import type { Studio } from "../shell/studio.svelte.js";
import type { OwnView } from "./engine/own-places.js";
import type { Scale } from "./stage/scale.js";

/** Longest side of colours on the picture: places are few. */
const longest = 512;

export class Own {
  readonly #studio: Studio;
  /** Of the request that was answered last. */
  #view = $state.raw<OwnView & { readonly key: string }>();
  /** Whether it is to be shown: the network gives something of the kind, and no explanation is asked for. */
  readonly isShown = $derived.by(() => {
    const { own, layer, target, minus, similar } = this.#studio.view;
    return (
      this.isThere && own && layer === "auto" && target === "predicted" && minus === undefined && similar === undefined
    );
  });
  /** Whether the network gives something of the kind. */
  readonly isThere = $derived.by(() => ["map", "embedding"].includes(this.#studio.model?.task ?? ""));
  readonly shown = $derived.by(() => {
    const { subject, strokes, model } = this.#studio;
    return this.isShown && this.#view?.key === keyOf(subject?.key, model?.id, strokes) ? this.#view : undefined;
  });
  readonly heat = $derived.by((): Heat | undefined => {
    const { subject, view } = this.#studio;
    if (this.shown?.shown.kind !== "map" || subject === undefined) return undefined;
    const { map, signed, peak } = this.shown.shown;
    return heatOver(map, subject, this.shown.box, { signed, peak, top: view.top });
  });
  readonly colors = $derived.by(() => this.shown && colorsOver(this.shown));
  readonly scale = $derived.by((): Scale | undefined => {
    if (this.shown?.shown.kind !== "map") return undefined;
    const { peak, signed, output } = this.shown.shown;
    return { peak, signed, words: `of ${output}` };
  });

  /** Asks again whenever the picture or the model is another. */
  constructor(studio: Studio) {
    this.#studio = studio;
    $effect(() => {
      const { request, subject, model, strokes } = studio;
      if (!this.isShown || request === undefined) return;
      const key = keyOf(subject?.key, model?.id, strokes);
      untrack(() => this.#ask(key));
    });
  }

  async #ask(key: string): Promise<void> {
    const { request, engine } = this.#studio;
    if (request === undefined || this.#view?.key === key) return;
    try {
      const view = await engine.ownPlaces(request);
      if (view) this.#view = { ...view, key };
    } catch (error) {
      if (!isCancelled(error)) this.#studio.complain(error);
    }
  }
}

function keyOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

/** The colours where the network saw the picture, each place as a square. */
function colorsOver({ shown, box, size }: OwnView): ImageData | undefined {
  if (shown.kind !== "components") return undefined;
  const { colors } = shown;
  const factor = longest / Math.max(size.width, size.height);
  const [width, height] = [Math.round(size.width * factor), Math.round(size.height * factor)];
  const image = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((((y + 0.5) / factor - box.y) / box.height) * colors.height);
    if (row < 0 || row >= colors.height) continue;
    for (let x = 0; x < width; x++) {
      const column = Math.floor((((x + 0.5) / factor - box.x) / box.width) * colors.width);
      if (column < 0 || column >= colors.width) continue;
      const from = 3 * (row * colors.width + column);
      const to = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) image.data[to + c] = colors.pixels[from + c] ?? 0;
      image.data[to + 3] = 255;
    }
  }
  return image;
}
