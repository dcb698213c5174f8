/** @file What the steps of a method of pixels add up to: the map so far, and what one pixel of it is made of. */

import type { PixelsView } from "../engine/api.js";

export function areaOf({ layer }: PixelsView): number {
  return layer.width * layer.height;
}

/** The way that a step lies on, as its place among them. */
export function wayOf({ ways, at }: PixelsView, step: number): number {
  return ways.length === 0 ? 0 : Math.floor((step * ways.length) / at.length);
}

/** What the network saw at a step, as a picture, [h, w, 4]; at the beginning where there is no step. */
export function frameOf(view: PixelsView, step: number | undefined): Uint8ClampedArray {
  const size = 4 * areaOf(view);
  const [first] = view.ways;
  if (step === undefined && first) return first.frame;
  const from = (step ?? 0) * size;
  return view.frames.subarray(from, from + size);
}

/** The gradient of one step, summed over the colours, [h, w]. */
export function gradientAt(view: PixelsView, step: number): Float32Array {
  const area = areaOf(view);
  const { channels } = view.layer;
  const sum = new Float32Array(area);
  for (let c = 0; c < channels; c++) {
    const from = (step * channels + c) * area;
    for (let i = 0; i < area; i++) sum[i] = (sum[i] ?? 0) + (view.gradients[from + i] ?? 0);
  }
  return sum;
}

/** Σ weight · gradient over the first steps that lie on one way, [c, h, w]. */
function weighted(view: PixelsView, count: number, way: number): Float64Array {
  const size = areaOf(view) * view.layer.channels;
  const sum = new Float64Array(size);
  for (let step = 0; step < count; step++) {
    if (wayOf(view, step) !== way) continue;
    const weight = view.weights[step] ?? 0;
    for (let i = 0, from = step * size; i < size; i++)
      sum[i] = (sum[i] ?? 0) + weight * (view.gradients[from + i] ?? 0);
  }
  return sum;
}

/** The weights of the first steps together. */
export function weightOf({ weights }: PixelsView, count: number): number {
  return weights.subarray(0, count).reduce((sum, weight) => sum + weight, 0);
}

/**
 * The map after so many steps, [h, w]. On ways: Σ over the colours of the summed gradient times (picture - beginning), which grows
 * to the map. Without: the largest mean gradient of the colours, which is that of fewer steps until then.
 */
export function mapOf(view: PixelsView, count: number): Float32Array {
  const area = areaOf(view);
  const map = new Float64Array(area);
  view.ways.forEach(({ values }, way) => {
    weighted(view, count, way).forEach((sum, i) => {
      map[i % area] = (map[i % area] ?? 0) + sum * ((view.image[i] ?? 0) - (values[i] ?? 0));
    });
  });
  if (view.ways.length === 0 && count > 0) {
    const share = weightOf(view, count);
    weighted(view, count, 0).forEach((sum, i) => {
      map[i % area] = Math.max(map[i % area] ?? 0, Math.abs(sum / share));
    });
  }
  return Float32Array.from(map);
}

/** What each step on a way adds to the sum of the map. */
export function partsOf(view: PixelsView): readonly number[] {
  const size = areaOf(view) * view.layer.channels;
  return Array.from(view.weights, (weight, step) => {
    const values = view.ways[wayOf(view, step)]?.values;
    if (values === undefined) return weight;
    let sum = 0;
    for (let i = 0, from = step * size; i < size; i++)
      sum += (view.gradients[from + i] ?? 0) * ((view.image[i] ?? 0) - (values[i] ?? 0));
    return weight * sum;
  });
}

/** One colour of one pixel on one way. */
export interface Term {
  readonly channel: number;
  readonly way: number;
  /** Mean gradient of the way's steps so far. */
  readonly gradient: number;
  readonly picture: number;
  /** Where the way begins; undefined without one. */
  readonly start: number | undefined;
  /** What it adds to the pixel of the map. */
  readonly value: number;
}

/** What a pixel of the map after so many steps is made of. */
export function termsAt(view: PixelsView, count: number, cell: number): readonly Term[] {
  const area = areaOf(view);
  const { channels } = view.layer;
  const size = area * channels;
  const each = Math.max(1, view.ways.length);
  return Array.from({ length: each * channels }, (_, n): Term => {
    const [way, channel] = [Math.floor(n / channels), n % channels];
    const i = channel * area + cell;
    let [sum, share] = [0, 0];
    for (let step = 0; step < count; step++) {
      if (wayOf(view, step) !== way) continue;
      sum += (view.weights[step] ?? 0) * (view.gradients[step * size + i] ?? 0);
      share += view.weights[step] ?? 0;
    }
    const picture = view.image[i] ?? 0;
    const start = view.ways[way]?.values[i];
    const gradient = share === 0 ? 0 : sum / share;
    return { channel, way, gradient, picture, start, value: start === undefined ? gradient : sum * (picture - start) };
  });
}

/** The gradients of one pixel at all steps, a row for each colour. */
export function curvesAt(view: PixelsView, cell: number): readonly Float32Array[] {
  const area = areaOf(view);
  const { channels } = view.layer;
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from(view.at, (_, step) => view.gradients[(step * channels + c) * area + cell] ?? 0),
  );
}

/** How the sum of the map compares with what it should be; undefined where it should be nothing in particular. */
export interface Completeness {
  /** The map's sum. */
  readonly sum: number;
  /** y(picture) - y(beginning), in the mean over the ways. */
  readonly rise: number;
  /** y(beginning), in that mean. */
  readonly start: number;
  readonly error: number;
}

export function completenessOf(view: PixelsView): Completeness | undefined {
  if (view.request.method !== "integrated-gradients") return undefined;
  const sum = partsOf(view).reduce((total, part) => total + part, 0);
  const start = view.ways.reduce((total, { score }) => total + score, 0) / view.ways.length;
  const rise = view.score - start;
  return { sum, rise, start, error: Math.abs(sum - rise) };
}
