/** @file Gradient-weighted attention. */

import { at } from "../../foundation/present.js";
import {
  attentionsOf,
  gridOfRelevance,
  identityMatrix,
  splitHeads,
  transformers,
} from "../../model/layers/attention.js";
import type { GradientMethod } from "../method.js";

/**
 * Chefer, Gur and Wolf, "Generic Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder Transformers", ICCV
 * 2021. Eq. 5: Ā is the mean over the heads of ReLU(∂y/∂A ⊙ A); eq. 6: from R = I on, R becomes R + Ā·R with each layer. The map is
 * the class token's row, without the token itself, as in the authors' code; the mean over all rows where there is no such token.
 */
export const gradientAttention: GradientMethod = {
  name: "gradient-attention",
  title: "Gradient-weighted attention",
  paper: "Chefer et al., ICCV 2021",
  family: "attention",
  worksOn: transformers,
  needsGradient: true,
  build(op, { model, layer, gradientsOf }) {
    const { shares, tokens, grid } = attentionsOf(model, layer);
    const gradients = gradientsOf(shares);
    let relevance = identityMatrix(op, tokens);
    for (const [i, share] of shares.entries()) {
      const heads = splitHeads(op, op.Relu(op.Mul(at(gradients, i), share)), model.input.name, tokens);
      const mean = op.ReduceMean(heads, op.ints([1]), { keepdims: 0 });
      relevance = op.Add(relevance, op.MatMul(mean, relevance));
    }
    return { evidence: gridOfRelevance(op, relevance, grid) };
  },
};
