/** @file Runs the network under the masks of one image, as many at a time as it takes. */

import { FoveaError } from "../../../foundation/error.js";
import type { Model } from "../../../model/model.js";
import { fixedBatch, joined, rowsOf } from "../../../model/run/batches.js";
import { own, ownFeeds, ownTensors, type Tensors } from "../../../model/run/tensors.js";
import { type Graph, typeOf, type Value } from "../../../onnx/graph.js";
import { prune } from "../../../onnx/prune.js";
import { floats, sizeOf, Tensor } from "../../../onnx/tensor.js";
import type { PassPlan } from "../../method.js";

export type RunGraph = (graph: Graph, feeds: Tensors) => Promise<Tensors>;

/** Elements of one batch of masked images or layers: sixteen images of 224x224. */
const mostElements = 16 * 3 * 224 * 224;
/** Passes in one run at most: more of them make none any faster. */
const mostPasses = 64;

/** The passes of one image start from this. */
export interface PassStart {
  /** [1, C, H, W] in the network's own layout. */
  readonly image: Tensor;
  /** The masked tensor: the image, or its activation at the layer; one row. */
  readonly one: Tensor;
  /** Values that pass around the layer, for the one image. */
  readonly around: Tensors;
  /** Feeds that are the same for all passes. */
  readonly feeds: Tensors;
}

/** Some of an image's passes that are done. */
export interface DonePasses {
  readonly first: number;
  readonly count: number;
  /** The measured scores or probabilities, [count, K]. */
  readonly values: Tensor;
}

export class MaskedRuns {
  readonly #model: Model;
  readonly #tail: Graph;
  readonly #run: RunGraph;
  /** How many images the file takes, where it takes no other number. */
  readonly #fixed: number | undefined;
  /** Whether passes that share a run have nothing to do with one another; found out with the first two. */
  #together: boolean | undefined;
  /** Image to those of the values around the layer that are whole numbers. */
  #wholeNumbers: Graph | undefined;

  /** @param tail from the start of the passes and rows of the plan to the measured values */
  constructor(model: Model, tail: Graph, run: RunGraph) {
    this.#model = model;
    this.#tail = tail;
    this.#run = run;
    this.#fixed = fixedBatch(model);
  }

  /** In order, batch by batch. The last one of a network for so many images is filled up with its own last pass. */
  async *of(start: PassStart, plan: PassPlan): AsyncGenerator<DonePasses> {
    const size = await this.#batchSize(start, plan);
    const around = await this.#around(start, size);
    for (let first = 0; first < plan.count; first += size) {
      const count = Math.min(size, plan.count - first);
      const rows = Array.from({ length: size }, (_, i) => first + Math.min(i, count - 1));
      const values = await this.#measure(start, plan, rows, around);
      yield { first, count, values: rowsOf(values, 0, count) };
    }
  }

  async #measure(start: PassStart, plan: PassPlan, chosen: readonly number[], around: Tensors): Promise<Tensor> {
    const feeds = { ...start.feeds, ...ownFeeds({ one: start.one }), ...around, ...planRows(plan, chosen) };
    return ownTensors(await this.#run(this.#tail, feeds), ["values"]).values;
  }

  async #batchSize(start: PassStart, plan: PassPlan): Promise<number> {
    if (this.#fixed !== undefined) return this.#fixed;
    this.#together ??= plan.count === 1 ? undefined : await this.#agree(start, plan);
    if (!this.#together) return 1;
    const elements = [start.one, ...Object.values(start.around)].reduce((sum, { size }) => sum + size, 0);
    const most = Math.min(mostPasses, Math.max(1, Math.floor(mostElements / elements)));
    return Math.ceil(plan.count / Math.ceil(plan.count / most));
  }

  /** Whether the first, the middle and the last pass give in one run the same as alone. */
  async #agree(start: PassStart, plan: PassPlan): Promise<boolean> {
    const probes = [...new Set([0, plan.count >> 1, plan.count - 1])];
    const alone: Tensor[] = [];
    for (const pass of probes) alone.push(await this.#measure(start, plan, [pass], start.around));
    try {
      const together = await this.#measure(start, plan, probes, await this.#around(start, probes.length));
      return agreeOnRows(together, alone);
    } catch (error) {
      if (error instanceof FoveaError) return false;
      throw error;
    }
  }

  /** Values that pass around the layer, for so many copies of the image. */
  async #around({ image, around }: PassStart, copies: number): Promise<Tensors> {
    if (copies === (this.#fixed ?? 1)) return around;
    const { graph, input } = this.#model;
    const result: Record<Value, Tensor> = {};
    const whole: Value[] = [];
    for (const [name, value] of Object.entries(around)) {
      const { type, dims = [] } = typeOf(graph, name) ?? {};
      const batch = dims.findIndex((dim) => typeof dim !== "number");
      // Whole numbers may be sizes, of which the number of images is one, or places in the batch.
      if (type === "int64" || type === "int32") whole.push(name);
      else result[name] = batch >= 0 ? repeatTensor(value, batch, copies) : value;
    }
    if (whole.length === 0) return result;
    this.#wholeNumbers ??= prune(graph, whole);
    return { ...result, ...(await this.#run(this.#wholeNumbers, { [input.name]: repeatTensor(image, 0, copies) })) };
  }
}

/** How far results may be apart: relative to the largest, as rounding makes them, or to how much passes differ. */
const tolerances = { rounding: 1e-5, spread: 1e-2 } as const;

/** Whether the rows of a tensor are those tensors. */
function agreeOnRows(together: Tensor, alone: readonly Tensor[]): boolean {
  const columns = together.size / alone.length;
  const [actual, expected] = [floats(together), floats(joined(alone))];
  if (actual.length !== expected.length) return false;
  return Array.from({ length: columns }, (_, k) => k).every((k) => {
    const column = Array.from(expected).filter((_, i) => i % columns === k);
    const largest = Math.max(...column.map(Math.abs));
    const allowed = Math.max(
      tolerances.rounding * largest,
      tolerances.spread * (Math.max(...column) - Math.min(...column)),
    );
    return column.every((value, i) => Math.abs(value - (actual[i * columns + k] ?? Number.NaN)) <= allowed);
  });
}

/** A tensor several times, one behind the other along an axis. */
export function repeatTensor(tensor: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return tensor;
  const { type, dims, bytes } = tensor;
  const outer = sizeOf(dims.slice(0, axis));
  const inner = outer === 0 ? 0 : bytes.length / outer;
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < outer; i++) {
    const part = bytes.subarray(i * inner, (i + 1) * inner);
    for (let k = 0; k < times; k++) all.set(part, (i * times + k) * inner);
  }
  const repeatedDims = dims.map((size, i) => (i === axis ? size * times : size));
  return new Tensor(type, repeatedDims, all);
}

/** A plan's rows for some passes, as feeds. */
export function planRows({ rows }: PassPlan, passes: readonly number[]): Tensors {
  return Object.fromEntries(
    Object.entries(rows).map(([name, tensor]) => [own(name), joined(passes.map((i) => rowsOf(tensor, i, 1)))]),
  );
}
