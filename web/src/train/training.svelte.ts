/** @file The training that the page shows: its settings, progress and result. */

import { proxy, type Remote, wrap } from "comlink";
import type { ColormapName } from "../../../src/image/map/colormap.js";
import type { Studio } from "../shell/studio.svelte.js";
import type { Beginning, DigitView, EpochView, LearnEvent, LearnRequest, StepView } from "./engine/api.js";
import type { Learner } from "./engine/learner.js";
import type { Moment } from "./sentences.js";

/** `holding`: it will wait after the step that is being computed. */
export type Phase = "ready" | "starting" | "running" | "holding" | "paused" | "stopping" | "stopped" | "done";

export interface CurvePoint {
  /** Epochs since the beginning. */
  readonly at: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** One training for a studio, which goes on while another tab is open. */
let current = $state.raw<{ readonly studio: Studio; readonly training: Training }>();

/** Not to be asked for in derived state: it may begin one. */
export function trainingOf(studio: Studio): Training {
  if (current?.studio !== studio) current = { studio, training: new Training(studio) };
  return current.training;
}

/** How far the training that runs has come, 0 to 1; undefined while none does. */
export function trainingShare(studio: Studio): number | undefined {
  return current?.studio === studio && current.training.active ? current.training.share : undefined;
}

export class Training {
  network = $state("compact");
  train = $state(4000);
  test = $state(1000);
  epochs = $state(10);
  batchSize = $state(128);
  learningRate = $state(0.006);
  seed = $state(1);

  /** The settings are open. */
  settingsOpen = $state(false);

  phase = $state<Phase>("ready");
  status = $state("");
  beginning = $state.raw<Beginning>();
  step = $state.raw<StepView>();
  now = $state.raw<readonly DigitView[]>([]);
  points = $state.raw<readonly CurvePoint[]>([]);
  finished = $state.raw<readonly EpochView[]>([]);
  /** Of the training that is shown, whatever the settings say by now. */
  planned = $state.raw<{ network: string; epochs: number; colormap: ColormapName }>({
    network: "compact",
    epochs: 10,
    colormap: "inferno",
  });

  readonly #studio: Studio;
  #learner: Remote<Learner> | undefined;
  #previewing = 0;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  // Not derived: derived state ends with the component that used it first, and a training outlives the tab.
  get active(): boolean {
    return ["starting", "running", "holding", "paused", "stopping"].includes(this.phase);
  }

  /** How far it is, 0 to 1. */
  get share(): number {
    return this.step ? (this.step.epoch - 1 + this.step.step / this.step.steps) / this.planned.epochs : 0;
  }

  /** What is known of the watched digits: with random weights, and after each epoch. */
  get moments(): readonly Moment[] {
    return [...(this.beginning ? [{ epoch: 0, looks: this.beginning.looks }] : []), ...this.finished];
  }

  /** There is a network to keep, and it does not change just now. */
  get keepable(): boolean {
    return ["paused", "stopped", "done"].includes(this.phase);
  }

  /** Begins a training, and forgets the one before. */
  async start(paused: boolean): Promise<void> {
    if (this.active) return;
    this.#clear();
    this.phase = "starting";
    const request = this.#request(paused);
    this.planned = { network: request.network, epochs: request.epochs, colormap: request.colormap };
    this.#learner ??= startLearner();
    try {
      const done = await this.#learner.learn(
        request,
        proxy((event: LearnEvent) => this.#hear(event)),
      );
      this.phase = this.step === undefined ? "ready" : done ? "done" : "stopped";
    } catch (error) {
      this.phase = "ready";
      this.#studio.complain(error);
    }
    this.status = "";
  }

  /** Shows the digits and their maps with random weights; one that cannot be drawn is told of at the start. */
  async preview(): Promise<void> {
    if (this.phase !== "ready") return;
    const { network, epochs, colormap } = this.#request(true);
    const previewing = ++this.#previewing;
    const isWanted = () => previewing === this.#previewing && this.phase === "ready";
    this.#learner ??= startLearner();
    const hear = (event: LearnEvent) => {
      if (!isWanted()) return;
      if (event.kind === "began") this.planned = { network, epochs, colormap };
      this.#hear(event);
    };
    await this.#learner.preview(this.#request(true), proxy(hear)).catch(() => isWanted() && this.#clear());
    if (isWanted()) this.status = "";
  }

  #request(paused: boolean): LearnRequest {
    const { network, train, test, epochs, batchSize, learningRate, seed } = this;
    const { colormap } = this.#studio.view;
    const base = new URL("./", location.href).href;
    const files = [...this.#studio.digits];
    return { base, network, files, train, test, epochs, batchSize, learningRate, seed, paused, colormap };
  }

  pause(): void {
    this.phase = "holding";
    this.#learner?.pause();
  }

  resume(): void {
    this.phase = "running";
    this.#learner?.resume();
  }

  /** One step, and then it waits. */
  one(): void {
    if (this.phase !== "paused") {
      this.start(true);
      return;
    }
    this.phase = "holding";
    this.#learner?.step();
  }

  stop(): void {
    this.phase = "stopping";
    this.#learner?.stop();
  }

  /** The network as it is now, as an ONNX file. */
  async file(): Promise<File | undefined> {
    try {
      const bytes = await this.#learner?.file();
      return bytes && new File([bytes as Uint8Array<ArrayBuffer>], `learned-${this.planned.network}.onnx`);
    } catch (error) {
      this.#studio.complain(error);
      return undefined;
    }
  }

  #clear(): void {
    this.beginning = undefined;
    this.step = undefined;
    this.now = [];
    this.points = [];
    this.finished = [];
  }

  #hear(event: LearnEvent): void {
    if (event.kind === "status") this.status = event.text;
    else if (event.kind === "began") this.#begin(event);
    else if (event.kind === "steps") this.#advance(event.steps);
    else if (event.kind === "epoch") this.finished = [...this.finished, event];
    else if (event.kind === "maps") this.now = event.digits;
    else if (this.phase !== "stopping") this.phase = "paused";
  }

  #begin(beginning: Beginning): void {
    this.beginning = beginning;
    this.now = beginning.before;
    if (this.phase === "starting") this.status = "Preparing the first step";
  }

  #advance(steps: readonly StepView[]): void {
    this.step = steps.at(-1);
    this.status = "";
    if (this.phase === "starting") this.phase = "running";
    const points = steps.map(({ epoch, step, steps: all, loss, accuracy }) => ({
      at: epoch - 1 + step / all,
      loss,
      accuracy,
    }));
    this.points = [...this.points, ...points];
  }
}

function startLearner(): Remote<Learner> {
  const worker = new Worker(new URL("./engine/worker.ts", import.meta.url), { type: "module" });
  return wrap<Learner>(worker);
}
