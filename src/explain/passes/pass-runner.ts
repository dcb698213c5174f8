/** @file Explains images by a method of many forward passes: plans them, runs them, and makes the map of what they measured. */

import { FoveaError } from "../../error.js";
import { float32, floats, type Graph, int64, numbers, sizeOf, type Tensor, type Value } from "../../onnx/index.js";
import type { Runtime, Session } from "../../runtime/index.js";
import { joined, putTogether, singleImages } from "../batches.js";
import { checkFinite, own } from "../classifier.js";
import type { Runner } from "../explainer.js";
import type { Layer } from "../layers.js";
import { gridOf } from "../layout.js";
import type { Described } from "../method.js";
import type { Model } from "../model.js";
import { worthRepackingForOne } from "../repack.js";
import { type ChosenChannels, checkCount, chooseChannels } from "./channels.js";
import { fixedBatch, MaskedRuns, type PassStart, plannedRows, repeated, rowsOf } from "./masked-runs.js";
import { type PassGraphs, passGraphs } from "./pass-graphs.js";
import type { PassMethod, PassPlan } from "./pass-method.js";

export interface PassOptions {
  /** Look only at this many channels, those with the largest activation by magnitude. Default all. */
  readonly topChannels?: number | undefined;
  /** Random masks of RISE, noises or steps for each channel of SS-CAM and IS-CAM. Default 4000, 10 and 10. */
  readonly samples?: number | undefined;
  /** Of random numbers. Default 1. */
  readonly seed?: number | undefined;
}

/** How a run is watched. */
export interface RunOptions {
  /** Is told after each run of the network how many passes are done, and how many all images of the call take. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Breaks off between two runs; what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
}

type Results = Record<Value, Tensor>;

export interface PassRunnerOptions extends PassOptions {
  readonly runtime: Runtime;
  readonly against?: boolean;
  readonly include?: readonly ("activation" | "gradient")[];
}

export class PassRunner implements Runner {
  readonly graphs: PassGraphs;
  readonly #model: Model;
  readonly #method: PassMethod;
  readonly #options: PassRunnerOptions;
  readonly #samples: number;
  readonly #runs: MaskedRuns;
  readonly #sessions = new Map<Graph, Promise<Session>>();

  /** @throws FoveaError `bad-input` for options that the method does not have */
  constructor(model: Model, layer: Layer, method: PassMethod, options: PassRunnerOptions) {
    checkOptions(method, options);
    this.#model = model;
    this.#method = method;
    this.#options = options;
    this.#samples = options.samples ?? method.samples ?? 1;
    const { against = false } = options;
    this.graphs = passGraphs(model, layer, method, { against, samples: this.#samples });
    this.#runs = new MaskedRuns(model, this.graphs, (graph, feeds) => this.#run(graph, feeds));
  }

  /**
   * @param images the model's input, float32 [N, C, H, W]
   * @param classes K rows of N classes, -1 for the predicted one
   * @returns K results, each with a row for every image
   * @throws FoveaError `bad-input` for NaN or infinite input, and for no classes
   */
  async run(images: Tensor, classes: readonly (readonly number[])[], options: RunOptions = {}): Promise<Results[]> {
    if (classes.length === 0) throw new FoveaError("bad-input", "classes: expected at least one, got none");
    checkFinite(images);
    const all = singleImages(images);
    const parts: Results[][] = [];
    for (const [i, image] of all.entries()) {
      const progress = (done: number, total: number) => options.progress?.(i * total + done, all.length * total);
      const wanted = classes.map((row) => row[i] as number);
      parts.push(await this.#explain(image, wanted, { ...options, progress }));
    }
    return putTogether(parts);
  }

  async close(): Promise<void> {
    // What could not be opened was told when it was asked for.
    for (const session of this.#sessions.values()) await (await session.catch(() => undefined))?.close();
    this.#sessions.clear();
  }

  async #run(graph: Graph, feeds: Results): Promise<Results> {
    const repack = graph !== this.graphs.whole || worthRepackingForOne(graph);
    const session = this.#sessions.get(graph) ?? this.#options.runtime.open(graph, { repack });
    this.#sessions.set(graph, session);
    return (await session).run(feeds);
  }

  /** @returns a result for each class */
  async #explain(image: Tensor, wanted: readonly number[], options: RunOptions): Promise<Results[]> {
    options.signal?.throwIfAborted();
    const copies = repeated(image, 0, fixedBatch(this.#model) ?? 1);
    const found = await this.#run(this.graphs.whole, { [this.#model.input.name]: copies });
    const of = (name: string) => rowsOf(found[own(name)] as Tensor, 0, 1);
    const once = { scores: of("scores"), probabilities: of("probabilities"), predicted: of("predicted") };
    const [top] = numbers(once.predicted) as [number];
    const classes = wanted.map((choice) => (choice < 0 ? top : choice));
    const { channels, neglected } = this.#channels(of("energy"));
    const [height, width] = this.#imageSize(image);
    const { seed = 1 } = this.#options;
    const plan = this.#method.plan({ channels, height, width, samples: this.#samples, seed });
    const measured = floats(once[this.#method.measures === "score" ? "scores" : "probabilities"]);
    const { around, masked } = this.graphs;
    const activation = of("planes");
    const start: PassStart = {
      image,
      around: Object.fromEntries(around.map((name) => [name, found[name] as Tensor])),
      feeds: withOwnNames({
        ...plan.shared,
        one: this.#method.masks === "image" ? image : rowsOf(found[masked.name] as Tensor, 0, 1),
        activation,
        size: int64([height, width]),
        class: int64(classes),
        channels: int64(channels),
        base: float32(
          [1, classes.length],
          Float32Array.from(classes, (index) => measured[index] as number),
        ),
      }),
    };
    const maps = await this.#maps(start, plan, [classes.length, 1, height, width], options);
    const each = Object.entries(maps).map(([name, tensor]) => [name, singleImages(tensor)] as const);
    const { include = [], topChannels } = this.#options;
    const extra = {
      ...(include.includes("activation") ? { activation } : {}),
      ...(topChannels === undefined ? {} : { neglected: float32([1], [neglected]) }),
    };
    return classes.map((index, k) => ({
      ...withOwnNames({ ...once, ...extra, explained: int64([index]) }),
      ...Object.fromEntries(each.map(([name, rows]) => [name, rows[k] as Tensor])),
    }));
  }

  /** Evidence, map and weights of all classes. */
  async #maps(start: PassStart, plan: PassPlan, sizes: readonly number[], options: RunOptions): Promise<Results> {
    const { progress, signal } = options;
    const done: Tensor[] = [];
    let maps: Results = { [own("evidence")]: float32(sizes, new Float32Array(sizeOf(sizes))) };
    const combine = async (values: Tensor, rows: Results) => {
      const feeds = { ...start.feeds, ...rows, [own("values")]: values };
      maps = await this.#run(this.graphs.combine, { ...feeds, [own("before")]: maps[own("evidence")] as Tensor });
    };
    for await (const { first, count, values } of this.#runs.of(start, plan)) {
      if (this.#method.additive) await combine(values, plannedRows(plan, range(first, count)));
      else done.push(values);
      progress?.(first + count, plan.count);
      signal?.throwIfAborted();
    }
    if (!this.#method.additive) await combine(joined(done), plannedRows(plan, range(0, plan.count)));
    return maps;
  }

  #channels(energy: Tensor): ChosenChannels {
    if (this.#method.at === "image") return { channels: [], neglected: 0 };
    return chooseChannels(floats(energy), this.#options.topChannels);
  }

  /** Rows and columns of the image. */
  #imageSize({ dims }: Tensor): readonly [number, number] {
    const { height, width } = gridOf(this.graphs.image.layout, dims);
    return [height as number, width as number];
  }
}

function checkOptions({ name, at, samples: own }: PassMethod, { topChannels, samples }: PassOptions): void {
  checkCount("topChannels", topChannels);
  checkCount("samples", samples);
  if (topChannels !== undefined && at === "image") throw notTaken("topChannels", name);
  if (samples !== undefined && own === undefined) throw notTaken("samples", name);
}

/** @throws FoveaError `bad-input` where a method that is one graph is given what is for many passes */
export function refusePassOptions({ name }: Described, { topChannels, samples }: PassOptions): void {
  if (topChannels !== undefined) throw notTaken("topChannels", name);
  if (samples !== undefined) throw notTaken("samples", name);
}

function notTaken(option: string, method: string): FoveaError {
  return new FoveaError("bad-input", `${option}: expected none for the method ${method}, which does not take it`);
}

function withOwnNames(tensors: Readonly<Record<string, Tensor>>): Results {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [own(name), tensor]));
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
