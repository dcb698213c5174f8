/** @file What pictures and captions of a batch are to be taken for: each caption belongs to all pictures that it is true of. */

import { mostObjects, properties } from "../../data/scenes/captions.js";
import type { DrawnScene } from "../../data/scenes/draw-scenes.js";
import { present } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Objective } from "../trainable.js";

/** One more than there are objects: the ground. */
const mostMentions = mostObjects + 1;

/**
 * The contrastive loss of Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021: the mean of
 * the cross-entropies of rows and of columns. There each picture belongs to the caption of its own alone; short captions are true of
 * several pictures of a batch, which share the probability (Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020).
 * Inputs: the properties of each picture's objects, and those that each caption mentions. `correct` counts pictures whose best caption is
 * true of them.
 */
export const captionObjective: Objective = {
  append(op, raw) {
    const truth = appendTruth(op);
    const loss = op.Mul(op.Add(crossEntropy(op, raw, truth, 1), crossEntropy(op, raw, truth, 0)), op.scalar(0.5));
    const best = op.ArgMax(raw, { axis: 1, keepdims: 1 });
    return {
      loss,
      correct: op.ReduceSum(op.GatherElements(truth, best, { axis: 1 }), op.ints([0, 1]), { keepdims: 0 }),
    };
  },
};

/** 1 where a caption is true of a picture, [pictures, captions]: for each mention there is an object with all of its properties. */
function appendTruth(op: Builder): Value {
  const count = properties.length;
  const objects = op.input("objects", "float32", ["N", mostObjects, count]);
  const mentions = op.input("mentions", "float32", ["N", mostMentions, count]);
  const rows = op.Reshape(objects, op.ints([-1, count]));
  const columns = op.Reshape(mentions, op.ints([-1, count]));
  const shared = op.Reshape(
    op.MatMul(rows, op.Transpose(columns, { perm: [1, 0] })),
    op.Concat(op.ints([-1, mostObjects]), op.Shape(mentions, { end: 2 }), { axis: 0 }),
  );
  const most = op.ReduceMax(shared, op.ints([1]), { keepdims: 0 });
  const asked = op.ReduceSum(mentions, op.ints([2]), { keepdims: 0 });
  const isMet = op.Cast(op.GreaterOrEqual(op.Add(most, op.scalar(0.5)), asked), { to: 1 });
  return op.ReduceMin(isMet, op.ints([2]), { keepdims: 0 });
}

/** The mean over pictures (axis 1) or captions (axis 0), of which each shares its probability among those that belong to it. */
function crossEntropy(op: Builder, scores: Value, truth: Value, axis: 0 | 1): Value {
  const shares = op.Div(truth, op.ReduceSum(truth, op.ints([axis]), { keepdims: 1 }));
  const each = op.ReduceSum(op.Mul(shares, op.LogSoftmax(scores, { axis })), op.ints([axis]), { keepdims: 0 });
  return op.Neg(op.ReduceMean(each, op.ints([0]), { keepdims: 0 }));
}

/** The properties of a scene's objects, and those that its caption mentions. */
export function propertyTargets({ caption }: DrawnScene) {
  const { objects, mentions } = present(caption, "caption");
  const rows = (lists: readonly (readonly string[])[], most: number) => {
    const values = new Float32Array(most * properties.length);
    for (const [i, list] of lists.entries())
      for (const property of list) values[i * properties.length + properties.indexOf(property)] = 1;
    return { dims: [most, properties.length], values };
  };
  return { objects: rows(objects, mostObjects), mentions: rows(mentions, mostMentions) };
}
