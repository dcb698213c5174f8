/** @file Grad-CAM of one class of one image in its five steps, each with its numbers. */

import { FoveaError } from "../../foundation/error.js";
import { type FloatMap, floatMap } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { rowsOf } from "../../model/run/batches.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { type ClassScore, type Explanation, rowOfClass } from "../explanation.js";
import type { Explainer } from "../options.js";
import { scoreWithoutLayer } from "./without-layer.js";

/** One channel k of the layer. */
export interface ChannelStep {
  readonly channel: number;
  /** Of its activations A_k over places. */
  readonly meanActivation: number;
  readonly maxActivation: number;
  /** The largest gradient ∂y/∂A_k by magnitude, with its sign. */
  readonly largestGradient: number;
  /** α_k, the mean of the gradient over places. */
  readonly weight: number;
  /** α_k Σ_ij A_k,ij: what the channel adds to the sum over all places. */
  readonly part: number;
  /** Σ_ij g_k,ij A_k,ij: the same with each place's own gradient. */
  readonly exactPart: number;
}

/** How the sums over all places compare with the score. */
export interface ScoreSums {
  /** y of the class. */
  readonly score: number;
  /** y with the layer set to zero: the biases of the head, and what passes around the layer. */
  readonly without: number;
  /** Σ_ij Σ_k α_k A_k,ij. It is score - without where a global average and linear layers follow. */
  readonly sum: number;
  /** Σ_ij Σ_k g_k,ij A_k,ij. It is score - without where linear layers follow, with an average or without. */
  readonly exact: number;
}

/** The five steps of Selvaraju et al., IJCV 2020, eq. 1 and 2, and HiResCAM's sum beside them. */
export interface GradCamSteps {
  readonly class: ClassScore;
  /** 1: A, [C, h, w]. */
  readonly activation: Tensor;
  /** 2: ∂y/∂A, [C, h, w]. */
  readonly gradient: Tensor;
  /** 3: α, [C]. */
  readonly weights: Tensor;
  /** 4: Σ_k α_k A_k, [h, w]. */
  readonly sum: Tensor;
  /** 5: its ReLU, [h, w]. */
  readonly map: Tensor;
  /** The map at the size of the network's input, [H, W], bilinear with half-pixel centres. */
  readonly resized: Tensor;
  /** Σ_k ∂y/∂A_k ⊙ A_k, [h, w]: HiResCAM. */
  readonly exact: Tensor;
  /** In the order of their numbers. */
  readonly channels: readonly ChannelStep[];
  readonly sums: ScoreSums;
}

/**
 * The steps of image i for its k-th explained class.
 * @param explainer of Grad-CAM, which includes activation and gradient
 * @param images the explained ones
 * @throws FoveaError `bad-input` for another method, or without activation and gradient
 */
export async function gradCamSteps(
  explainer: Explainer,
  images: Tensor,
  explanation: Explanation,
  { i = 0, k = 0 }: { readonly i?: number; readonly k?: number } = {},
): Promise<GradCamSteps> {
  const { activation: activations, gradient: gradients, weights } = explanation;
  if (explainer.method.name !== "grad-cam" || !activations || !gradients || !weights)
    throw new FoveaError(
      "bad-input",
      `steps: expected an explanation by grad-cam that includes activation and gradient, got one by ${explainer.method.name}`,
    );
  const [, channelCount = 0, height = 1, width = 1] = activations.dims;
  const tensor = (dims: readonly number[], values: ArrayLike<number>) => float32(dims, Float32Array.from(values));
  const a = floats(rowsOf(activations, i, 1));
  const g = rowOfClass(gradients, i, k);
  const alpha = rowOfClass(weights, i, k);
  const explained = explanation.at(i);
  const target = explained.classes[k] ?? explained.predicted;
  const channels = Array.from({ length: channelCount }, (_, channel) =>
    channelStep(channel, alpha[channel] ?? 0, partOf(a, channel, height * width), partOf(g, channel, height * width)),
  );
  const exact = new Float32Array(height * width);
  a.forEach((value, at) => {
    exact[at % exact.length] = (exact[at % exact.length] ?? 0) + value * (g[at] ?? 0);
  });
  const map = explained.map(k);
  const without = await scoreWithoutLayer(explainer, rowsOf(images, i, 1), target.index);
  const total = (field: "part" | "exactPart") => channels.reduce((sum, channel) => sum + channel[field], 0);
  const sign = explanation.against ? -1 : 1;
  return {
    class: target,
    activation: tensor([channelCount, height, width], a),
    gradient: tensor([channelCount, height, width], g),
    weights: tensor([channelCount], alpha),
    sum: planeOf(explained.evidence(k)),
    map: planeOf(map),
    resized: planeOf(atInputSize(explainer, map)),
    exact: planeOf(floatMap(width, height, exact)),
    channels,
    sums: { score: target.score, without, sum: sign * total("part"), exact: sign * total("exactPart") },
  };
}

/** @param a activations of the channel's places @param g their gradients */
function channelStep(channel: number, weight: number, a: Float32Array, g: Float32Array): ChannelStep {
  const sum = a.reduce((total, value) => total + value, 0);
  return {
    channel,
    meanActivation: sum / a.length,
    maxActivation: a.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    largestGradient: g.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0),
    weight,
    part: weight * sum,
    exactPart: a.reduce((total, value, at) => total + value * (g[at] ?? 0), 0),
  };
}

function partOf(values: Float32Array, channel: number, places: number): Float32Array {
  return values.subarray(channel * places, (channel + 1) * places);
}

function atInputSize({ model }: Explainer, map: FloatMap): FloatMap {
  const { width, height } = preprocessingOf(model).preprocessing;
  return resizeMap(map, width, height);
}

function planeOf({ width, height, values }: FloatMap): Tensor {
  return float32([height, width], Float32Array.from(values));
}
