/** @file Batches, run at once or taken apart and put together for models that take one image at a time. */

import { FoveaError } from "../../foundation/error.js";
import { numbers, Tensor, type TypedArray } from "../../onnx/tensor.js";
import type { Model } from "../model.js";

/** Results of a run by name, each with a row for every image. */
type Rows = Readonly<Record<string, Tensor | undefined>>;
/** Runs some of the images: `indices` are their places among all. An image may be run again to fill up a batch. */
type Run<Result extends Rows> = (images: Tensor, indices: readonly number[]) => Promise<Result[]>;

/** How far the results of a batch may be from those of its images, relative to the largest. */
const tolerance = 1e-3;

/**
 * Runs batches at once where the model takes them. One that was exported for one image and rewritten for more gets its
 * first batch both ways: only if the results agree are later ones run at once.
 */
export class Batches {
  #together: boolean | undefined;
  /** How many images the network takes, where it is so many at a time. */
  readonly #fixed: number | undefined;

  constructor({ input, oneByOne }: Model) {
    const batch = input.dims?.[0];
    const rewritten = typeof batch !== "number";
    this.#fixed = oneByOne || rewritten ? undefined : batch;
    if (!oneByOne) this.#together = true;
    else if (!rewritten) this.#together = false;
  }

  async run<Result extends Rows>(images: Tensor, run: Run<Result>): Promise<Result[]> {
    const [count = 0] = images.dims;
    if (this.#fixed !== undefined && this.#fixed !== count) return runFilled(images, this.#fixed, run);
    if (this.#together || count === 1) return run(images, range(0, count));
    const parts: Result[][] = [];
    for (const [i, image] of singleImages(images).entries()) parts.push(await run(image, [i]));
    const results = putTogether(parts);
    // Equal images would not show whether one takes part in another's result.
    if (this.#together === undefined && differ(images)) this.#together = await agrees(images, run, results);
    return results;
  }
}

function range(first: number, count: number): number[] {
  const all: number[] = [];
  for (let i = first; i < first + count; i++) all.push(i);
  return all;
}

/** Runs so many images at a time, the last of them several times where there are not as many. */
async function runFilled<Result extends Rows>(images: Tensor, size: number, run: Run<Result>): Promise<Result[]> {
  const [count = 0] = images.dims;
  const parts: Result[][] = [];
  for (let first = 0; first < count; first += size) {
    const real = Math.min(size, count - first);
    const indices = range(first, size).map((i) => Math.min(i, count - 1));
    const results = await run(joined(indices.map((i) => rowsOf(images, i, 1))), indices);
    parts.push(results.map((result) => firstRows(result, real)));
  }
  return putTogether(parts);
}

function firstRows<Result extends Rows>(result: Result, count: number): Result {
  const rows = Object.entries(result).map(([name, tensor]) => [name, tensor && rowsOf(tensor, 0, count)] as const);
  return Object.fromEntries(rows) as Result;
}

/** So many images as a network takes: copies of the last behind them, where it takes a fixed number. */
export function filledUp({ input, oneByOne }: Model, images: Tensor): Tensor {
  const [count = 0] = images.dims;
  const batch = input.dims?.[0];
  if (oneByOne || typeof batch !== "number" || count >= batch) return images;
  return joined(range(0, batch).map((i) => rowsOf(images, Math.min(i, count - 1), 1)));
}

/** Results of parts, one behind the other. */
export function putTogether<Result extends Rows>(parts: readonly Result[][]): Result[] {
  const [first = []] = parts;
  return first.map((result, k) => {
    const rows = Object.keys(result).map((name) => {
      const tensors = parts.flatMap((part) => part[k]?.[name] ?? []);
      return [name, tensors.length > 0 ? joined(tensors) : undefined] as const;
    });
    return Object.fromEntries(rows) as Result;
  });
}

function differ(images: Tensor): boolean {
  const [first, ...others] = singleImages(images).map(({ data }) => data);
  return others.every((data) => data.some((value, i) => value !== first?.[i]));
}

async function agrees<Result extends Rows>(
  images: Tensor,
  run: Run<Result>,
  expected: readonly Result[],
): Promise<boolean> {
  try {
    const batchResults = await run(images, range(0, images.dims[0] ?? 0));
    return expected.every((results, k) =>
      Object.entries(results).every(
        ([name, tensor]) => tensor?.type !== "float32" || near(batchResults[k]?.[name], tensor),
      ),
    );
  } catch (error) {
    if (error instanceof FoveaError) return false;
    throw error;
  }
}

function near(actual: Tensor | undefined, expected: Tensor): boolean {
  if (actual === undefined || actual.dims.join() !== expected.dims.join()) return false;
  const [a, b] = [numbers(actual), numbers(expected)];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return b.every((value, i) => Math.abs(value - (a[i] ?? Number.NaN)) <= tolerance * largest);
}

/** The images of a batch as batches of one, sharing their elements. */
export function singleImages(images: Tensor): Tensor[] {
  return Array.from({ length: images.dims[0] ?? 0 }, (_, i) => rowsOf(images, i, 1));
}

/** Rows [first, first + count) of a tensor, sharing its elements. */
export function rowsOf(
  { type, dims: [total = 1, ...sizes], data, size }: Tensor,
  first: number,
  count: number,
): Tensor {
  const each = size / Math.max(total, 1);
  return new Tensor(type, [count, ...sizes], data.subarray(first * each, (first + count) * each));
}

/** The number of images that a network takes, where it takes no other. */
export function fixedBatch({ input }: Model): number | undefined {
  const batch = input.dims?.[0];
  return typeof batch === "number" ? batch : undefined;
}

/** Tensors [n, ...] one behind the other along their first axis. */
export function joined(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  const total = tensors.reduce((sum, { size }) => sum + size, 0);
  const all = new (first.data.constructor as new (length: number) => TypedArray)(total);
  let at = 0;
  for (const { data, size } of tensors) {
    (all as Float32Array).set(data as Float32Array, at);
    at += size;
  }
  const count = tensors.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  return new Tensor(first.type, [count, ...first.dims.slice(1)], all);
}
