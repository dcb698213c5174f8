/** @file The state of the steps of channels: those that are shown, how far they are added up, and what is pointed at. */

import { isCancelled } from "../shared/errors.js";
import type { Studio } from "../shell/studio.svelte.js";
import { Answer } from "./answer.svelte.js";
import { readOff, readWeights, writeOff, writeWeights } from "./change.js";
import { type ChannelsRequest, type ChannelsView, rules, type WhatIfView } from "./engine/api.js";
import { type Change, inOrder, largest, places, type Row, rowsOf, sumOf, total } from "./rows.js";
import { Player } from "./transport/player.svelte.js";
import { decimalsFor, followsWeights } from "./words.js";

/** Milliseconds for which a channel is pointed at before the network is run without it. */
const rest = 150;

/** What each class's score loses without one channel. */
export interface Effect {
  readonly channel: number;
  readonly losses: Float32Array;
}

export class How {
  readonly #studio: Studio;
  readonly loaded = new Answer<ChannelsView>();
  /** Through the rows. */
  readonly player = new Player(() => this.rows.length);
  /** The place that is pointed at. */
  cell = $state<number>();
  /** The channel that is pointed at; -1 for the others together. */
  channel = $state<number>();
  /** A weight while it is dragged. */
  dragged = $state.raw<readonly [channel: number, weight: number]>();
  answer = $state.raw<WhatIfView>();
  /** What the scores of all classes lose without the channel that is pointed at. */
  effect = $state.raw<Effect>();
  #asking = 0;
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  get steps(): ChannelsView | undefined {
    return this.loaded.view;
  }

  request = $derived.by((): ChannelsRequest | undefined => {
    const { subject, model, view, strokes } = this.#studio;
    const rule = rules.find((name) => name === view.method);
    if (subject === undefined || model === undefined || rule === undefined || model.task === "detection")
      return undefined;
    const { layer, minus, against, target } = view;
    return {
      picture: subject.picture,
      strokes,
      layer,
      rule,
      minus: minus === target ? undefined : minus,
      against,
      target,
    };
  });

  change = $derived.by((): Change => {
    const { off, weights } = this.#studio.view;
    const shown = new Set(this.steps?.channels);
    const changed = readWeights(weights);
    if (this.dragged) changed.set(...this.dragged);
    return {
      off: new Set([...readOff(off)].filter((channel) => shown.has(channel))),
      weights: new Map([...changed].filter(([channel]) => shown.has(channel) && !this.steps?.perPlace)),
    };
  });
  isChanged = $derived(this.change.off.size + this.change.weights.size > 0);
  rows = $derived.by((): readonly Row[] =>
    this.steps ? inOrder(rowsOf(this.steps, this.change), this.#studio.view.order, this.steps) : [],
  );
  /** How many rows have joined. */
  count = $derived.by(() => this.player.count);
  /** Σ of the rows that have joined. */
  sum = $derived(sumOf(this.rows.slice(0, this.count), this.steps ? places(this.steps) : 0));
  whole = $derived(sumOf(this.rows, this.steps ? places(this.steps) : 0));
  /** The end of the scale of the sum: that of the whole one, and further where what joined first goes beyond it. */
  peak = $derived(Math.max(largest(this.whole), largest(this.steps?.evidence ?? []), largest(this.sum)));
  /** Both signs are shown. */
  isSigned = $derived.by(() => this.#studio.view.signed || this.#studio.view.minus !== undefined);
  pointed = $derived(this.rows.find(({ channel }) => channel === this.channel));
  decimals = $derived.by(() => {
    const most = largest(this.rows.map(({ part }) => part));
    return {
      part: Math.min(Math.max(decimalsFor(most, 3), 2), 4),
      weight: decimalsFor(largest(this.rows.map(({ ownWeight }) => ownWeight ?? 0)), 3),
      cell: decimalsFor(largest(this.steps?.evidence ?? []), 2),
    };
  });
  /** Whether a changed weight changes the score. */
  follows = $derived(this.steps !== undefined && followsWeights(this.steps));

  /** y with what the user changed; undefined where it cannot follow, or is not known yet. */
  score = $derived.by((): number | undefined => {
    const { steps, change, answer, rows } = this;
    if (steps === undefined) return undefined;
    if (!this.isChanged) return steps.score.score;
    if (this.follows) return steps.score.without + total(rows.map(({ part }) => part));
    if (change.weights.size > 0 || answer === undefined) return undefined;
    const { minus, against } = steps.request;
    const y = (answer.scores[steps.target] ?? 0) - (minus === undefined ? 0 : (answer.scores[minus] ?? 0));
    return against ? -y : y;
  });
  /** Of the explained class; undefined where it is not known. */
  probability = $derived.by((): number | undefined => {
    if (this.steps === undefined || (this.isChanged && !this.follows && this.change.weights.size > 0)) return undefined;
    const all = this.isChanged ? this.answer?.probabilities : this.steps.probabilities;
    return all?.[this.steps.target];
  });

  /** Asks for the steps of the request. */
  async load(request: ChannelsRequest): Promise<void> {
    const { engine, model, ready } = this.#studio;
    const came = await this.loaded.ask(
      () => ready.then(() => engine.channels(request)),
      () => model === this.#studio.model,
    );
    if (!came) return;
    this.answer = undefined;
    this.cell = undefined;
    if (this.change.off.size > 0 || this.change.weights.size > 0) this.ask();
  }

  /** Asks what the network says with the change. */
  async ask(): Promise<void> {
    const { steps, change } = this;
    if (steps === undefined) return;
    const asked = ++this.#asking;
    const { engine } = this.#studio;
    try {
      const answer = this.isChanged
        ? await engine.whatIf({ off: [...change.off], shift: this.#shift(steps) })
        : undefined;
      if (asked === this.#asking && steps === this.steps) this.answer = answer;
    } catch (error) {
      if (!isCancelled(error)) this.#studio.complain(error);
    }
  }

  /** Asks what the classes would lose without the channel that is pointed at, once the pointer rests there. */
  lookAt(channel: number | undefined): void {
    clearTimeout(this.#looking);
    this.effect = undefined;
    const { steps } = this;
    if (steps === undefined || channel === undefined || channel < 0) return;
    this.#looking = setTimeout(async () => {
      const answer = await this.#studio.engine.whatIf({ off: [channel], shift: 0 }).catch(() => undefined);
      if (answer === undefined || steps !== this.steps || channel !== this.channel) return;
      this.effect = { channel, losses: steps.scores.map((score, index) => score - (answer.scores[index] ?? score)) };
    }, rest);
  }

  /** What changed weights add to the score of the class itself. */
  #shift(steps: ChannelsView): number {
    if (!this.follows) return 0;
    const changed = this.rows.filter(({ channel, isOff }) => this.change.weights.has(channel) && !isOff);
    const own = rowsOf(steps, { off: new Set(), weights: new Map() });
    const shift = total(
      changed.map(({ channel, part }) => part - (own.find((row) => row.channel === channel)?.part ?? 0)),
    );
    return steps.request.against ? -shift : shift;
  }

  /** A channel off, or on again. */
  toggle(channel: number): void {
    const off = readOff(this.#studio.view.off);
    if (!off.delete(channel)) off.add(channel);
    this.#studio.look({ off: writeOff(off) });
  }

  drag(channel: number, weight: number): void {
    this.dragged = [channel, weight];
    if (this.follows) this.ask();
  }

  /** The weight stays as it was dragged, or becomes the channel's own again. */
  drop(channel: number, weight: number | undefined): void {
    const weights = readWeights(this.#studio.view.weights);
    if (weight === undefined) weights.delete(channel);
    else weights.set(channel, weight);
    this.dragged = undefined;
    this.#studio.look({ weights: writeWeights(weights) });
  }

  restore(): void {
    this.dragged = undefined;
    this.#studio.look({ off: "", weights: "" });
  }
}
