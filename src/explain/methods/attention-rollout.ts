/** @file Attention rollout. */

import {
  attentionsOf,
  gridOfRelevance,
  identityMatrix,
  splitHeads,
  transformers,
} from "../../model/layers/attention.js";
import type { ActivationMethod } from "../method.js";

/**
 * Abnar and Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020: the product of all layers' ½A + ½I, with the mean A
 * over the heads and I for the skip connection. The map is the same for all classes.
 */
export const attentionRollout: ActivationMethod = {
  name: "attention-rollout",
  title: "Attention rollout",
  aliases: ["rollout"],
  paper: "Abnar and Zuidema, ACL 2020",
  family: "attention",
  worksOn: transformers,
  classBlind: true,
  needsGradient: false,
  build(op, { model, layer }) {
    const { shares, tokens, grid } = attentionsOf(model, layer);
    const half = op.Mul(op.scalar(0.5), identityMatrix(op, tokens));
    const layers = shares.map((share) => {
      const heads = splitHeads(op, share, model.input.name, tokens);
      const mean = op.ReduceMean(heads, op.ints([1]), { keepdims: 0 });
      return op.Add(op.Mul(op.scalar(0.5), mean), half);
    });
    return {
      evidence: gridOfRelevance(
        op,
        layers.reduce((before, next) => op.MatMul(next, before)),
        grid,
      ),
    };
  },
};
