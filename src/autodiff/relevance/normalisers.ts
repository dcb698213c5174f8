/** @file Relevance through normalisation layers and softmax. */

import { int as intAttribute } from "../../onnx/graph.js";
import { type RuleTable, unary } from "../rule.js";
import { axesFrom } from "../rules/normalization.js";
import { quotient } from "./stabilise.js";

/** Below what any network computes, and finite: a masked place, -infinity, times no relevance is no relevance. */
const lowest = -1e30;

export const normalisers: RuleTable = {
  /**
   * Ali et al., "XAI for Transformers", ICML 2022, section 4.1, and Achtibat et al., ICML 2024, section 3.3.3: the deviation that is
   * divided by counts as constant, and what is left, (x - mean) · scale / deviation + bias, is a linear layer under the ε-rule.
   */
  LayerNormalization: {
    gradients: (backward) => {
      const { op, node, inputs, gradients, output } = backward;
      const [[x, scale], [relevance = ""]] = [inputs, gradients];
      const c = op.Mul(op.Mul(quotient(op, relevance, output(0)), scale), output(2));
      const axes = axesFrom(backward, intAttribute(node, "axis", -1));
      return [op.Mul(x, op.Sub(c, op.ReduceMean(c, axes)))];
    },
  },
  /** Rᵢ = xᵢ (Rᵢ - sᵢ Σⱼ Rⱼ): Achtibat et al., proposition 3.1, the Taylor expansion at x with its bias. */
  Softmax: unary((op, relevance, x, s, node) => {
    const axis = op.ints([intAttribute(node, "axis", -1)]);
    const sum = op.ReduceSum(relevance, axis);
    return op.Mul(op.Max(x, op.scalar(lowest)), op.Sub(relevance, op.Mul(s, sum)));
  }),
};
