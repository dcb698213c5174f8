/** @file The brush: draws on the empty picture, erases from others. */

import { hottestPlace } from "../shared/map/hottest.js";
import type { Studio } from "../shell/studio.svelte.js";

const ink = "rgb(255 255 255)";

export class Brush {
  readonly #studio: Studio;
  /** Of the drawing. */
  tool = $state<"draw" | "erase">("draw");
  /** Its width, in the drawing's pixels. */
  pen = $state(22);
  /** The map of a drawing without a stroke is shown. */
  ofNothing = $state(false);
  /** Parts of a picture are taken away. */
  erasing = $state(false);
  /** The eraser's width, in percent of the picture. */
  size = $state(10);

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** What the stage paints with: this colour, or the ground's where undefined; null where it does not. */
  current = $derived.by(() => {
    const { view, subject, live } = this.#studio;
    if (view.drawing) return { color: this.tool === "draw" ? ink : undefined, width: this.pen };
    if (!this.erasing || subject === undefined || live) return null;
    return { color: undefined, width: (this.size / 100) * Math.max(subject.width, subject.height) };
  });

  /** There is nothing on the drawing yet. */
  isBlank = $derived.by(() => {
    const { view, strokes } = this.#studio;
    return view.drawing && strokes.length === 0 && !this.ofNothing;
  });

  /** Paints over the hottest place of the map. */
  paintOut(): void {
    const { explanation, strokes } = this.#studio;
    const map = explanation?.maps[0]?.evidence;
    if (map === undefined || explanation === undefined) return;
    const { x, y, width } = hottestPlace(map, explanation.box, strokes);
    this.#studio.paint([...strokes, { width: Math.max(this.pen, width), points: [x, y, x, y] }]);
  }
}
