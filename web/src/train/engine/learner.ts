/** @file Trains a network step by step, tells the page its progress, and keeps the trained network. */

import { type Dataset, imageExamples, type LabelledImages } from "../../../../src/data/dataset.js";
import { drawDigits } from "../../../../src/data/digits/digits.js";
import { idxDataset } from "../../../../src/data/idx/idx-set.js";
import { first } from "../../../../src/data/subsets.js";
import { refuseSize } from "../../../../src/files/input/input-kinds.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import type { Graph } from "../../../../src/onnx/graph.js";
import { writeModel } from "../../../../src/onnx/write.js";
import type { Runtime } from "../../../../src/runtime/session.js";
import { fromScratch, networkNamed } from "../../../../src/train/network/networks.js";
import { trainingSettings } from "../../../../src/train/network/recipes.js";
import {
  type Checkpoint,
  type StepProgress,
  type TrainingSettings,
  trainOnExamples,
} from "../../../../src/train/train.js";
import { trainedModel } from "../../../../src/train/trained-model.js";
import { measureAccuracy } from "../../../../src/train/validate.js";
import { loadRuntime } from "../../engine/runtimes.js";
import type { Beginning, LearnEvent, LearnRequest, StepView } from "./api.js";
import { chooseDigits, type DigitMaps, explainDigits } from "./digit-maps.js";
import { Gate } from "./gate.js";
import { agreementOf } from "./looks.js";

type Tell = (event: LearnEvent) => void;

/** Milliseconds between two pictures of the training, and their largest share of the time. */
const lookEvery = 500;
const lookShare = 0.2;

/** Milliseconds between two reports to the page, which draws each. */
const reportEvery = 100;

/** What a training begins with. */
interface Prepared {
  readonly dataset: Dataset;
  /** The watched ones. */
  readonly digits: LabelledImages;
  readonly settings: TrainingSettings;
  readonly runtime: Runtime;
  readonly colormap: LearnRequest["colormap"];
  /** With random weights. */
  readonly first: DigitMaps;
}

/** A training from its first step on. */
interface Run extends Prepared {
  readonly tell: Tell;
  /** Steps that the page does not know of. */
  readonly untold: StepView[];
  history: Checkpoint["history"];
  /** The watched digits after the last epoch, and after the one before; at first with random weights. */
  watched: { readonly before: DigitMaps; readonly now: DigitMaps };
  /** The network as it is now; undefined while a step changes it. */
  network: (() => Graph) | undefined;
  /** Where a training was stopped in the middle of an epoch. */
  stoppedAt: Pick<StepProgress, "epoch" | "step" | "steps"> | undefined;
}

/** Trains one network at a time, on the processor, whose numbers are the same everywhere. */
export class Learner {
  #runtime: Promise<Runtime> | undefined;
  #gate = new Gate(false);
  #stop = new AbortController();
  #run: Run | undefined;
  #prepared: { readonly key: string; readonly prepared: Promise<Prepared> } | undefined;

  /**
   * Trains until done or stopped; resolves with whether it was done.
   * @throws FoveaError for files that make no dataset
   */
  async learn(request: LearnRequest, tell: Tell): Promise<boolean> {
    this.#run = undefined;
    this.#gate = new Gate(request.paused);
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const prepared = await this.#prepare(request, tell);
    if (signal.aborted) return false;
    tell(beginning(prepared));
    const { first } = prepared;
    const watched = { before: first, now: first };
    const run: Run = { ...prepared, tell, untold: [], history: [], watched, network: undefined, stoppedAt: undefined };
    this.#run = run;
    return this.#train(run, signal);
  }

  /** Draws the digits and what the network makes of them with its random weights: what a training with these settings begins with. */
  async preview(request: LearnRequest, tell: Tell): Promise<void> {
    tell(beginning(await this.#prepare(request, tell)));
  }

  /** One at a time; the same settings as before take no time. */
  #prepare(request: LearnRequest, tell: Tell): Promise<Prepared> {
    const { network, epochs, batchSize, learningRate, seed, train, test, files, colormap } = request;
    const key = JSON.stringify([network, seed, train, test, colormap, files.map(({ name, size }) => [name, size])]);
    const settings = trainingSettings(network, { epochs, batchSize, learningRate, seed });
    if (this.#prepared?.key !== key) {
      const before = this.#prepared?.prepared;
      const prepared = (async () => {
        await before?.catch(() => undefined);
        return prepare(request, settings, { runtime: await this.#load(request.base, tell), tell });
      })();
      this.#prepared = { key, prepared };
      prepared.catch(() => {
        if (this.#prepared?.prepared === prepared) this.#prepared = undefined;
      });
    }
    return this.#prepared?.prepared.then((each) => ({ ...each, settings })) as Promise<Prepared>;
  }

  async #train(run: Run, signal: AbortSignal): Promise<boolean> {
    const { dataset, settings, runtime, tell } = run;
    const trainable = networkFor(dataset, settings);
    tell({ kind: "status", text: "Building the network" });
    const watch = new Watch();
    const data = { train: imageExamples(dataset.train), validation: imageExamples(dataset.test) };
    const { graph, finished } = await trainOnExamples(trainable, data, settings, {
      runtime,
      signal,
      onStep: (progress, snapshot) => this.#afterStep(run, progress, snapshot, { signal, watch }),
      onEpoch: ({ history }) => {
        run.history = history;
        tell(epochView(run));
        watch.began();
      },
    });
    report(run);
    if (run.stoppedAt === undefined) run.network = () => graph;
    if (run.network) tell(await mapsOf(run, run.network()));
    return finished;
  }

  async #afterStep(
    run: Run,
    progress: StepProgress,
    snapshot: () => Graph,
    { signal, watch }: { signal: AbortSignal; watch: Watch },
  ): Promise<void> {
    const { epoch, step, steps, loss, accuracy } = progress;
    const rate = watch.rate(run.dataset.train.count / steps);
    run.untold.push({ epoch, step, steps, loss, accuracy, rate });
    if (step === steps || watch.tellable()) report(run);
    const look = () => watch.looking(async () => run.tell(await mapsOf(run, snapshot())));
    if (step === steps)
      run.watched = { before: run.watched.now, now: await explainDigits(snapshot(), run.digits, run) };
    if (watch.due() && !this.#gate.closed) await look();
    run.network = snapshot;
    if (this.#gate.closed) {
      report(run);
      await look();
      run.tell({ kind: "held" });
    }
    await this.#gate.pass();
    run.network = undefined;
    if (signal.aborted && step < steps) {
      const network = snapshot();
      run.network = () => network;
      run.stoppedAt = { epoch, step, steps };
    }
    watch.began();
  }

  pause(): void {
    this.#gate.close();
  }

  resume(): void {
    this.#gate.open();
  }

  /** One more step of a training that is paused. */
  step(): void {
    this.#gate.once();
  }

  /** Ends the training after the current step; the weights so far are kept. */
  stop(): void {
    this.#stop.abort();
    this.#gate.open();
  }

  /**
   * The network as an ONNX file with its card, and its accuracy on the test images.
   * @throws FoveaError `bad-input` while it is changing, and before there is one
   */
  async file(): Promise<Uint8Array> {
    const run = this.#run;
    if (!run?.network) throw new FoveaError("bad-input", "network: expected a training that is paused or over");
    const { dataset, settings, history, runtime, stoppedAt } = run;
    const graph = run.network();
    const { accuracy } = await measureAccuracy(graph, dataset.test, runtime);
    const more = { validation: 0, testAccuracy: accuracy, stoppedAt, command: "Fovea studio", runtime: runtime.name };
    return writeModel(trainedModel(dataset, dataset.train.count, { settings, history, graph }, more));
  }

  #load(base: string, tell: Tell): Promise<Runtime> {
    this.#runtime ??= loadRuntime("wasm", {
      base,
      progress: ({ what }) => tell({ kind: "status", text: `Loading ${what}` }),
      // The processor has nothing to go on for.
      tell: () => {},
    });
    this.#runtime.catch(() => {
      this.#runtime = undefined;
    });
    return this.#runtime;
  }
}

async function datasetFor({ files, train, test, seed }: LearnRequest): Promise<Dataset> {
  if (files.length === 0) return drawDigits({ seed, train, test });
  for (const { name, size } of files) refuseSize(size, "idx", name);
  const read = files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }));
  const whole = await idxDataset(await Promise.all(read), seed);
  return { ...whole, train: first(whole.train, train), test: first(whole.test, test) };
}

function report({ untold, tell }: Run): void {
  if (untold.length > 0) tell({ kind: "steps", steps: untold.splice(0) });
}

async function mapsOf(run: Run, network: Graph): Promise<LearnEvent> {
  return { kind: "maps", digits: (await explainDigits(network, run.digits, run)).digits };
}

async function prepare(
  request: LearnRequest,
  settings: TrainingSettings,
  { runtime, tell }: { readonly runtime: Runtime; readonly tell: Tell },
): Promise<Prepared> {
  tell({ kind: "status", text: request.files.length > 0 ? "Reading the files" : "Drawing digits" });
  const dataset = await datasetFor(request);
  const digits = chooseDigits(dataset.test);
  const { colormap } = request;
  tell({ kind: "status", text: "Looking with random weights" });
  const network = networkFor(dataset, settings).export(new Map());
  const first = await explainDigits(network, digits, { runtime, colormap });
  return { dataset, digits, settings, runtime, colormap, first };
}

function networkFor(dataset: Dataset, settings: TrainingSettings) {
  const { channels, height, width } = dataset.train;
  const shape = { channels, height, width, classes: dataset.classes.length };
  return fromScratch(networkNamed(settings.network), shape, settings);
}

function beginning({ dataset, digits, settings, first: { layer, digits: before, looks } }: Prepared): Beginning {
  const { train, test, source, classes } = dataset;
  const counts = { train: train.count, test: test.count, steps: Math.ceil(train.count / settings.batchSize) };
  return { kind: "began", source, classes, ...counts, labels: [...digits.labels], layer, before, looks };
}

function epochView({ history, watched: { before, now } }: Run): LearnEvent {
  const { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy, seconds } = history.at(
    -1,
  ) as NonNullable<Checkpoint["history"][number]>;
  return {
    kind: "epoch",
    epoch,
    trainLoss,
    trainAccuracy,
    testLoss: validationLoss as number,
    testAccuracy: validationAccuracy as number,
    seconds,
    looks: now.looks,
    agreement: agreementOf(before.maps, now.maps),
  };
}

/** Times steps, and says when to show the training's progress. */
class Watch {
  #began = Number.NaN;
  #reported = 0;
  #looked = 0;
  #cost = 0;
  #rate = 0;

  /** A step begins. */
  began(): void {
    this.#began = performance.now();
  }

  /** Images a second, of the steps alone, as a moving mean; to be asked when a step is over. The first one is not timed. */
  rate(images: number): number {
    const now = (1000 * images) / Math.max(1, performance.now() - this.#began);
    if (Number.isNaN(now)) return 0;
    this.#rate = this.#rate === 0 ? now : 0.8 * this.#rate + 0.2 * now;
    return this.#rate;
  }

  /** The page was not told for a while. */
  tellable(): boolean {
    const now = performance.now();
    if (now - this.#reported < reportEvery) return false;
    this.#reported = now;
    return true;
  }

  due(): boolean {
    return performance.now() - this.#looked > Math.max(lookEvery, this.#cost / lookShare);
  }

  async looking(look: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await look();
    this.#looked = performance.now();
    this.#cost = this.#looked - began;
  }
}
