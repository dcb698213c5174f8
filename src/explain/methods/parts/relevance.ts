/** @file The relevance of the image's elements, and how much of the score it accounts for. */

import type { Composite } from "../../../autodiff/relevance/relevance.js";
import { relevanceRules } from "../../../autodiff/relevance/relevance.js";
import type { Builder } from "../../../onnx/builder.js";
import type { CamInputs, CamOutputs } from "../../method.js";
import { signedSumOf } from "./weighted-sum.js";

/** Relevance propagation from the score down to the image, summed over the colour channels. What biases took is missing in its sum. */
export function relevanceAtImage(op: Builder, inputs: CamInputs, composite: Composite): CamOutputs {
  const { model, scores, seed, score, gradientOf, imagePlanes } = inputs;
  const rules = relevanceRules(op.graph, model.input.name, composite);
  const relevance = imagePlanes(gradientOf(model.input.name, { seed: op.Mul(scores, seed), rules }));
  const attributed = op.ReduceSum(relevance, op.ints([1, 2, 3]), { keepdims: 0 });
  return { ...signedSumOf(op, relevance), completeness: { attributed, total: score } };
}
