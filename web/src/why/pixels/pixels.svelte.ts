/** @file The state of the steps of pixels: those that are shown, how far they are added up, and what is pointed at. */

import { wayStarts } from "../../../../src/model/input/baseline-names.js";
import type { Progress } from "../../engine/api.js";
import { onProgress } from "../../shell/client.js";
import type { Studio } from "../../shell/studio.svelte.js";
import { Answer } from "../answer.svelte.js";
import { type PixelsRequest, type PixelsView, pixelMethods } from "../engine/api.js";
import { largest } from "../rows.js";
import { Player } from "../transport/player.svelte.js";
import { decimalsFor } from "../words.js";
import { completenessOf, curvesAt, gradientAt, mapOf, partsOf, termsAt } from "./sums.js";

export class Pixels {
  readonly #studio: Studio;
  readonly loaded = new Answer<PixelsView>();
  /** Through the runs of the network. */
  readonly player = new Player(() => this.steps?.at.length ?? 0);
  /** Of the runs of the network, until all are there. */
  progress = $state.raw<Progress>();
  /** Steps of a way, where the user chose. */
  samples = $state<number>();
  /** The pixel that is pointed at. */
  cell = $state<number>();

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  get steps(): PixelsView | undefined {
    return this.loaded.view;
  }

  request = $derived.by((): PixelsRequest | undefined => {
    const { subject, model, view, strokes } = this.#studio;
    const method = pixelMethods.find((name) => name === view.method);
    if (subject === undefined || model === undefined || method === undefined || model.task === "detection")
      return undefined;
    const { minus, against, target, baseline } = view;
    const onWay = method === "integrated-gradients";
    return {
      picture: subject.picture,
      strokes,
      method,
      baseline: onWay ? wayStarts.find((name) => name === baseline) : undefined,
      samples: onWay ? this.samples : undefined,
      minus: minus === target ? undefined : minus,
      against,
      target,
    };
  });

  count = $derived.by(() => this.player.count);
  /** The step that is looked at; undefined before the first. */
  step = $derived(this.count === 0 ? undefined : this.count - 1);
  parts = $derived(this.steps ? partsOf(this.steps) : []);
  completeness = $derived(this.steps && completenessOf(this.steps));
  /** The largest gradient of all steps, so that they share one scale. */
  gradientPeak = $derived.by(() => {
    const { steps } = this;
    if (steps === undefined) return 0;
    return largest(Array.from(steps.at, (_, step) => largest(gradientAt(steps, step))));
  });
  whole = $derived(this.steps ? mapOf(this.steps, this.steps.at.length) : new Float32Array());
  sum = $derived(this.steps ? mapOf(this.steps, this.count) : new Float32Array());
  peak = $derived(Math.max(largest(this.whole), largest(this.sum)));
  /** Both signs are shown. */
  isSigned = $derived.by(
    () => this.steps?.ways.length !== 0 && (this.#studio.view.signed || this.#studio.view.minus !== undefined),
  );
  terms = $derived(this.steps && this.cell !== undefined ? termsAt(this.steps, this.count, this.cell) : undefined);
  curves = $derived(this.steps && this.cell !== undefined ? curvesAt(this.steps, this.cell) : undefined);
  decimals = $derived({
    part: Math.min(Math.max(decimalsFor(largest(this.parts), 3), 2), 5),
    cell: decimalsFor(largest(this.whole), 3),
  });

  /** Asks for the steps of the request. */
  async load(request: PixelsRequest): Promise<void> {
    const { engine, model, ready } = this.#studio;
    const tell = onProgress((progress) => {
      this.progress = progress;
    });
    const came = await this.loaded.ask(
      () => ready.then(() => engine.pixels(request, tell)),
      () => model === this.#studio.model,
    );
    if (!this.loaded.busy) this.progress = undefined;
    if (came) this.cell = undefined;
  }
}
