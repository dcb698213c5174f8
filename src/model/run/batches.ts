/** @file Batches, run at once or taken apart and put together for models that take one image at a time. */

import { FoveaError } from "../../foundation/error.js";
import type { Value } from "../../onnx/graph.js";
import { numbers, Tensor, type TypedArray } from "../../onnx/tensor.js";
import type { Model } from "../model.js";

type Results = Record<Value, Tensor>;
/** Runs some of the images, `size` from `first` on. */
type Run = (images: Tensor, first: number, size: number) => Promise<Results[]>;

/** How far the results of a batch may be from those of its images, relative to the largest. */
const tolerance = 1e-3;

/**
 * Runs batches at once where the model takes them. One that was exported for one image and rewritten for more gets its
 * first batch both ways: only if the results agree are later ones run at once.
 */
export class Batches {
  #together: boolean | undefined;

  constructor({ input, oneByOne }: Model) {
    const rewritten = typeof input.dims?.[0] !== "number";
    if (!oneByOne) this.#together = true;
    else if (!rewritten) this.#together = false;
  }

  async run(images: Tensor, run: Run): Promise<Results[]> {
    const count = images.dims[0] as number;
    if (this.#together || count === 1) return run(images, 0, count);
    const parts: Results[][] = [];
    for (const [i, image] of singleImages(images).entries()) parts.push(await run(image, i, 1));
    const results = putTogether(parts);
    // Equal images would not show whether one takes part in another's result.
    if (this.#together === undefined && differ(images)) this.#together = await agrees(images, run, results);
    return results;
  }
}

/** Results of parts, one behind the other. */
export function putTogether(parts: readonly Results[][]): Results[] {
  const [first = []] = parts;
  return first.map((results, k) =>
    Object.fromEntries(
      Object.keys(results).map((name) => [name, joined(parts.map((part) => part[k]?.[name] as Tensor))]),
    ),
  );
}

function differ(images: Tensor): boolean {
  const [first, ...others] = singleImages(images).map(({ data }) => data);
  return others.every((data) => data.some((value, i) => value !== first?.[i]));
}

async function agrees(images: Tensor, run: Run, expected: readonly Results[]): Promise<boolean> {
  try {
    const found = await run(images, 0, images.dims[0] as number);
    return expected.every((results, k) =>
      Object.entries(results).every(([name, tensor]) => tensor.type !== "float32" || near(found[k]?.[name], tensor)),
    );
  } catch (error) {
    if (error instanceof FoveaError) return false;
    throw error;
  }
}

function near(found: Tensor | undefined, expected: Tensor): boolean {
  if (found?.dims.join() !== expected.dims.join()) return false;
  const [a, b] = [numbers(found as Tensor), numbers(expected)];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return b.every((value, i) => Math.abs(value - (a[i] as number)) <= tolerance * largest);
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
