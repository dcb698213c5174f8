/** @file Shapley-CAM. */

import { FoveaError } from "../../foundation/error.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, GradientMethod } from "../method.js";
import { spatialMean } from "./parts/spatial-mean.js";
import { averagedSum } from "./parts/weighted-sum.js";

/**
 * Cai, "CAMs as Shapley Value-based Explainers", The Visual Computer 2025 (arXiv:2501.06261): the Shapley values of the
 * activations by a Taylor expansion to the second order, αₖ = 1/Z Σᵢⱼ (∂u/∂A - ½ H·A)ₖᵢⱼ with the Hessian H of u, for the paper's
 * utility ReST, u = y + log p of the class with its probability p. H·A is the gradient's own gradient. pytorch-grad-cam explains
 * the score y alone unless it is given its target `ClassifierOutputReST`.
 */
export const shapleyCam: GradientMethod = {
  name: "shapley-cam",
  title: "Shapley-CAM",
  paper: "Cai, The Visual Computer 2025",
  worksOn: "layers behind the last convolution or attention: the gradient must have a gradient itself",
  needsGradient: true,
  build(op, inputs) {
    const { layer, scores, gradientOf, asPlanes } = inputs;
    const atLayer = gradientOf(layer.name, { of: scores, seed: utilitySeed(op, inputs) });
    const second = asPlanes(secondOrder(layer.name, () => gradientOf(layer.name, { of: atLayer, seed: layer.name })));
    const [first, half] = [asPlanes(atLayer), op.scalar(0.5)];
    const weights = op.Sub(spatialMean(op, first), op.Mul(half, spatialMean(op, second)));
    return averagedSum(op, weights, inputs, op.Sub(first, op.Mul(half, second)));
  },
};

/** @throws FoveaError where the gradient passes something whose own gradient is not known */
function secondOrder(layer: Value, append: () => Value): Value {
  try {
    return append();
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const message = `shapley-cam at layer "${layer}": expected one behind the last convolution or attention, whose gradient has a gradient: ${error.message}`;
    throw new FoveaError(error.code, message, { cause: error });
  }
}

/** ∂u/∂y, [N, classes]. */
function utilitySeed(op: Builder, { model, scores, seed }: CamInputs): Value {
  const twice = op.Add(seed, seed);
  if (model.ending === "sigmoid") return op.Sub(twice, op.Mul(op.Sigmoid(scores), seed));
  const total = op.ReduceSum(seed, op.ints([1]), { keepdims: 1 });
  return op.Sub(twice, op.Mul(op.Softmax(scores, { axis: 1 }), total));
}
