/** @file The weights of step 3, and the channels that add most. */

import { type Explanation, rowOfClass } from "../../../../src/explain/explanation.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import { rowsOf } from "../../../../src/model/run/batches.js";
import { floats } from "../../../../src/onnx/tensor.js";
import { allUpTo, type ChannelsView, mostShown, type RestView, type Rule } from "./api.js";

/** All channels of one class of one image. */
export interface AllChannels {
  readonly count: number;
  readonly places: number;
  readonly activation: Float32Array;
  readonly gradient: Float32Array;
  /** [C], or [C, h, w]. */
  readonly weights: Float32Array;
  readonly perPlace: boolean;
}

/** @param k the explained class's place among those of the explanation */
export function allChannels(explanation: Explanation, rule: Rule, k = 0): AllChannels {
  const { activation, gradient: gradients, weights } = explanation;
  if (activation === undefined || gradients === undefined)
    throw new FoveaError("bad-input", "channels: expected a layer with activations and gradients, got none");
  const [, count = 0, height = 1, width = 1] = activation.dims;
  const gradient = rowOfClass(gradients, 0, k);
  const own = weights && rowOfClass(weights, 0, k);
  return {
    count,
    places: height * width,
    activation: floats(rowsOf(activation, 0, 1)),
    gradient,
    weights: own ?? (rule === "layer-cam" ? gradient.map((value) => Math.max(0, value)) : gradient),
    perPlace: own === undefined,
  };
}

/** The weight of one element. */
function weightAt({ weights, perPlace, places }: AllChannels, at: number): number {
  return weights[perPlace ? at : Math.floor(at / places)] ?? 0;
}

/** Σ w A of each channel. */
export function partsOf(all: AllChannels): Float32Array {
  const parts = new Float32Array(all.count);
  for (let channel = 0, at = 0; channel < all.count; channel++) {
    let sum = 0;
    for (const end = at + all.places; at < end; at++) sum += weightAt(all, at) * (all.activation[at] ?? 0);
    parts[channel] = sum;
  }
  return parts;
}

/** The channels to show, ascending: all of few, those that add most of many. */
export function shownChannels(parts: Float32Array): Uint32Array {
  const numbers = Uint32Array.from(parts.keys());
  if (parts.length <= allUpTo) return numbers;
  const size = (channel: number) => Math.abs(parts[channel] ?? 0);
  return numbers
    .sort((a, b) => size(b) - size(a))
    .subarray(0, mostShown)
    .slice()
    .sort();
}

/** Σ w A at each place over the channels that are not shown. */
export function restOf(all: AllChannels, shown: Uint32Array): RestView | undefined {
  if (shown.length === all.count) return undefined;
  const isShown = new Set(shown);
  const evidence = new Float32Array(all.places);
  for (let channel = 0; channel < all.count; channel++) {
    if (isShown.has(channel)) continue;
    for (let place = 0, at = channel * all.places; place < all.places; place++, at++)
      evidence[place] = (evidence[place] ?? 0) + weightAt(all, at) * (all.activation[at] ?? 0);
  }
  return { count: all.count - shown.length, evidence };
}

/** The elements of some channels. @param each of one channel */
export function pick(values: Float32Array, shown: Uint32Array, each: number): Float32Array {
  const picked = new Float32Array(shown.length * each);
  shown.forEach((channel, i) => picked.set(values.subarray(channel * each, (channel + 1) * each), i * each));
  return picked;
}

/** Rounding of a gradient that is one number for a channel. */
const rounding = 1e-5;

/** Whether the gradient of every channel is the same at all places. */
export function isUniform({ gradient, places }: AllChannels): boolean {
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return gradient.every((value, at) => Math.abs(value - (gradient[at - (at % places)] ?? 0)) <= rounding * largest);
}

function peakOf(values: Float32Array): number {
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
}

/** What is sent of the channels. */
export function shownParts(
  all: AllChannels,
): Pick<ChannelsView, "channels" | "activation" | "gradient" | "weights" | "perPlace" | "peaks" | "rest"> {
  const channels = shownChannels(partsOf(all));
  return {
    channels,
    activation: pick(all.activation, channels, all.places),
    gradient: pick(all.gradient, channels, all.places),
    weights: pick(all.weights, channels, all.perPlace ? all.places : 1),
    perPlace: all.perPlace,
    peaks: { activation: peakOf(all.activation), gradient: peakOf(all.gradient) },
    rest: restOf(all, channels),
  };
}
