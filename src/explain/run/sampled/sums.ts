/** @file Sums over samples, as nodes of the graph that runs them. */

import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { CamInputs, GradientSum } from "../../method.js";
import { type AffineStart, appendStart } from "./affine-start.js";
import { names } from "./names.js";
import { type SampledImages, withoutWays } from "./sampled-images.js";

/**
 * The sums over the samples of each way, [S · N, ...] to [W · N, ...], weighted by an input of the sum's own.
 * @param ways W, int64 [1]; default one, which all samples lie on
 */
export function sumOverSamples(op: Builder, name: string, value: Value, ways = op.ints([1])): Value {
  const weights = op.input(names.weight(name), "float32", ["S"]);
  const samples = op.Div(op.Shape(weights), ways);
  const rows = op.Reshape(value, op.Concat(ways, samples, op.ints([-1]), { axis: 0 }));
  const sums = op.MatMul(op.Reshape(weights, op.Concat(ways, op.ints([1]), samples, { axis: 0 })), rows);
  return op.Reshape(sums, op.Concat(op.ints([-1]), op.Shape(value, { start: 1 }), { axis: 0 }));
}

/** A network whose input is sampled. */
interface SampledNetwork {
  readonly sampled: SampledImages;
  readonly start: AffineStart;
  readonly inputs: CamInputs;
}

/**
 * The sum of gradients at the image, planes [N, C, H, W]. Sums and affine layers commute: the samples' gradients are summed up behind the
 * affine start, which passes back their sum, or that of each way where the ways' lengths count.
 */
export function gradientSum(
  op: Builder,
  { sampled, start, inputs }: SampledNetwork,
  { sum, timesDistance }: GradientSum,
): Value {
  const ways = timesDistance ? sampled.lengths() : op.Unsqueeze(sampled.images, op.ints([0]));
  const count = op.Shape(ways, { start: 0, end: 1 });
  const image = withoutWays(op, ways);
  const { name, dims: [, ...sizes] = [] } = inputs.model.input;
  op.graph.types.set(image, { type: "float32", dims: [image, ...sizes] });
  const of = appendStart(op, start, name, image);
  const seed = sumOverSamples(op, sum, inputs.gradientOf(start.end), count);
  const gradient = inputs.imagePlanes(inputs.gradientOf(image, { of, seed }));
  if (!timesDistance) return gradient;
  const attribution = op.Mul(inputs.imagePlanes(image), gradient);
  const images = op.Shape(sampled.images, { start: 0, end: 1 });
  const planes = op.Concat(count, images, op.Shape(attribution, { start: 1 }), { axis: 0 });
  return op.ReduceSum(op.Reshape(attribution, planes), op.ints([0]), { keepdims: 0 });
}
