/** @file LeGrad. */

import { at } from "../../foundation/present.js";
import { attentionsOf, gridOfTokens, transformers } from "../../model/layers/attention.js";
import { findReach } from "../../model/layers/reach.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { CamInputs, GradientMethod } from "../method.js";
import { blockEnds } from "./parts/block-ends.js";
import { replay } from "./parts/replay.js";

/** How many of the last blocks are looked at, as in the authors' code. */
const blocks = 2;

/**
 * Bousselham et al., "LeGrad: An Explainability Method for Vision Transformers via Feature Formation Sensitivity", 2024. The score
 * yₗ is what the network's end (norm, pool, projection, comparison with the text) makes of the tokens of block l in the place of the
 * last block's. Eq. 8 to 10: the map is the mean over the blocks l, heads and rows of ReLU(∂yₗ/∂Aₗ), without the tokens that are no
 * places. As in the authors' code the last two blocks are looked at, and where the end reads the class token alone, it gets the mean
 * of all tokens; where it takes tokens together by an attention of its own, as SigLIP does, Aₗ is that attention. What the authors
 * subtract for SigLIP, the map of a text without a subject, is left out.
 */
export const legrad: GradientMethod = {
  name: "legrad",
  title: "LeGrad",
  paper: "Bousselham et al., 2024",
  family: "attention",
  worksOn: transformers,
  needsGradient: true,
  build(op, inputs) {
    const { model, layer } = inputs;
    const { shares, tokens, grid, pool } = attentionsOf(model, layer, true);
    const ends = blockEnds(model, shares, tokens);
    const last = at(ends, ends.length - 1);
    const reach = findReach(model, last, { tokens: grid });
    const relevances = ends.slice(-blocks).map((end, i, { length }) => {
      const share = at(shares, shares.length - length + i);
      const read = reach === undefined ? everywhereTheMean(op, end) : op.Identity(end);
      return relevanceOf(op, inputs, { looked: pool ?? share, read, last, tokens });
    });
    const mean = op.Div(
      relevances.reduce((sum, each) => op.Add(sum, each)),
      op.scalar(relevances.length),
    );
    return { evidence: gridOfTokens(op, op.Unsqueeze(mean, op.ints([1])), grid) };
  },
};

interface Block {
  /** Its attention, or that of the end. */
  readonly looked: Value;
  /** What the network's end reads of it, [N, T, D]. */
  readonly read: Value;
  /** The tokens that the end reads as it is. */
  readonly last: Value;
  readonly tokens: number;
}

/** How much the score of a block grows with what is looked at, [N, T]. */
function relevanceOf(
  op: Builder,
  { scores, seed, model, gradientOf }: CamInputs,
  { looked, read, last, tokens }: Block,
): Value {
  const again = replay(op, last, scores, read);
  const of = again.get(scores) ?? scores;
  const rises = op.Relu(gradientOf(again.get(looked) ?? looked, { of, seed }));
  const batch = op.Shape(model.input.name, { start: 0, end: 1 });
  const rows = op.Reshape(rises, op.Concat(batch, op.ints([-1, tokens]), { axis: 0 }));
  return op.ReduceMean(rows, op.ints([1]), { keepdims: 0 });
}

/** Tokens of which each is the mean of all, [N, T, D]. */
function everywhereTheMean(op: Builder, tokens: Value): Value {
  return op.Expand(op.ReduceMean(tokens, op.ints([1]), { keepdims: 1 }), op.Shape(tokens));
}
