/** @file Methods of relevance propagation: which values get how much of the score. */

import { type Composite, relevanceRules } from "../../../autodiff/relevance/relevance.js";
import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { CamInputs, CamMethod, CamOutputs, GradientMethod } from "../../method.js";
import { signedSumOf } from "./weighted-sum.js";

/** A method that shares the score out, layer by layer, down to the image. */
export interface RelevanceMethod extends GradientMethod {
  /** Which rule each kind of layer gets. */
  readonly compositeOf: (inputs: CamInputs) => Composite;
}

/** What sets one method of relevance propagation apart from others. */
type Particulars = Omit<RelevanceMethod, "at" | "family" | "note" | "needsGradient" | "build">;

/** The map is the relevance of each pixel, summed over the colour channels. What biases took is missing in its sum. */
export function relevanceMethod(particulars: Particulars): RelevanceMethod {
  return {
    ...particulars,
    note: "relevance adds up to the score less the share of the biases, which belongs to no pixel",
    family: "relevance",
    at: "image",
    needsGradient: true,
    build(op, inputs) {
      const [found = ""] = relevanceOf(op, inputs, particulars, [inputs.model.input.name]);
      const relevance = inputs.imagePlanes(found);
      return { ...signedSumOf(op, relevance), completeness: completenessOf(op, inputs, relevance) };
    },
  };
}

function completenessOf(op: Builder, { score }: CamInputs, relevance: Value): CamOutputs["completeness"] {
  return { attributed: op.ReduceSum(relevance, op.ints([1, 2, 3]), { keepdims: 0 }), total: score };
}

/** Whether a method is one of relevance propagation. */
export function isRelevanceMethod(method: CamMethod): method is RelevanceMethod {
  return "compositeOf" in method;
}

/** The relevance of values, each in its own layout; that of the class's score is the score itself. */
export function relevanceOf(
  op: Builder,
  inputs: CamInputs,
  { compositeOf }: Pick<RelevanceMethod, "compositeOf">,
  values: readonly Value[],
): readonly Value[] {
  const { model, scores, seed, gradientsOf } = inputs;
  const rules = relevanceRules(op.graph, model.input.name, compositeOf(inputs));
  return gradientsOf(values, { seed: op.Mul(scores, seed), rules });
}
