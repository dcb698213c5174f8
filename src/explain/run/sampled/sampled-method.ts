/** @file What a method of samples is: the image under noise or on the way from a baseline, and what becomes of the sums. */

import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { CamInputs, CamOutputs, Described } from "../../methods/method.js";

/** One input of the network: at · image + (1 - at) · baseline, and noise where the method has some. */
export interface Sample {
  readonly at: number;
  /** What it counts in each sum, by the sum's name. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Looks at many versions of the image, and sums up what it sees there. */
export interface SampledMethod extends Described {
  readonly needsGradient: true;
  /** How many samples, if the user does not say. */
  readonly samples: number;
  /** Standard deviation of the normal noise that each sample gets, relative to the range of the image's values. Default 0. */
  readonly noise?: number;
  /** As many samples as the user said. */
  readonly sampling: (count: number) => readonly Sample[];
  /** What is summed up, [N, ...] of the samples' images, by name. */
  readonly each: (op: Builder, inputs: CamInputs) => Readonly<Record<string, Value>>;
  /** Turns the sums into the map; `inputs` are those of the image as it is. */
  readonly combine: (op: Builder, inputs: CamInputs, summed: Summed) => CamOutputs;
}

export interface Summed {
  /** By name, [N, ...]. */
  readonly sums: Readonly<Record<string, Value>>;
  /** Where the way to the image begins, planes [1, C, H, W]. */
  readonly baseline: Value;
  /** How much higher the score is for the image than for the baseline, [N]; takes a run of the network, if it is asked for. */
  readonly rise: () => Value;
}

/** `count` samples of noise that count the same in each sum. */
export function noisySamples(count: number, sums: readonly string[]): Sample[] {
  const weights = Object.fromEntries(sums.map((name) => [name, 1 / count]));
  return Array.from({ length: count }, () => ({ at: 1, weights }));
}
