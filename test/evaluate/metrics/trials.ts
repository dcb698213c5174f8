/** @file Trials of metrics on a network whose probability can be computed by hand. */

import type { Metric } from "../../../src/evaluate/metrics/metric.js";
import { createPerturbedModel } from "../../../src/evaluate/trial/perturbed-model.js";
import type { PerturbedModel, Trial } from "../../../src/evaluate/trial/trial.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { type FloatMap, floatMap } from "../../../src/image/map/heatmap.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

export interface HandModelOptions {
  readonly layout?: "nchw" | "nhwc";
  readonly batch?: 1 | "N";
  /** The probability of class 0 for an image of zeros. Default 0. */
  readonly floor?: number;
}

/** Two classes; the probability of class 0 is the sum of all pixels (grey, 0 to 1) times their weights, and that of class 1 the rest. */
export function handModel(
  [height, width]: readonly [number, number],
  weights: readonly number[],
  { layout = "nchw", batch = "N", floor = 0 }: HandModelOptions = {},
): Promise<Model> {
  const op = new Builder();
  const x = op.input("x", "float32", layout === "nhwc" ? [batch, height, width, 1] : [batch, 1, height, width]);
  const sum = op.MatMul(op.Flatten(x), op.constant(float32([height * width, 1], weights), "weights"));
  const share = op.Clip(op.Add(sum, op.scalar(floor)), op.scalar(1e-30), op.scalar(1));
  const rest = op.Max(op.Sub(op.scalar(1), share), op.scalar(1e-30));
  op.output(op.Log(op.Concat(share, rest, { axis: 1 })), "y");
  const preprocessing: Preprocessing = { channels: 1, width, height, scale: 1 / 255, mean: [0], std: [1], layout };
  return openModel(op.graph, runtime, "by hand", { given: { origin: "as given", preprocessing } });
}

/** A map of one row. */
export const rowMap = (...values: readonly number[]): FloatMap => floatMap(values.length, 1, Float32Array.from(values));

export interface HandTrial extends Partial<Omit<Trial, "map" | "image" | "network">> {
  readonly weights: readonly number[];
  readonly map: FloatMap;
  /** Default all 1. */
  readonly pixels?: readonly number[];
  /** The probability for an image of zeros. Default 0. */
  readonly floor?: number;
  /** Default one row. */
  readonly size?: readonly [number, number];
}

/** What a metric gives; the map is that of any other image, too, unless `explain` says otherwise. */
export async function measured(metric: Metric, trial: HandTrial) {
  return withTrial(trial, metric.measure);
}

export async function withTrial<Result>(
  { weights, pixels, size, map, floor = 0, ...rest }: HandTrial,
  action: (trial: Trial) => Promise<Result>,
): Promise<Result> {
  const [height, width] = size ?? [1, weights.length];
  const network: PerturbedModel = createPerturbedModel(await handModel([height, width], weights, { floor }), {
    runtime,
  });
  const image = float32([1, 1, height, width], pixels ?? weights.map(() => 1));
  const explain = async (images: Tensor) => Array<FloatMap>(images.dims[0] as number).fill(map);
  try {
    return await action({ network, image, target: 0, map, explain, seed: 1, ...rest });
  } finally {
    await network.close();
  }
}
