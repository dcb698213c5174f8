/** @file What pictures and captions of a batch are to be taken for: each caption belongs to all pictures that it is true of. */

import { mostObjects, properties } from "../../data/scenes/captions.js";
import type { DrawnScene } from "../../data/scenes/draw-scenes.js";
import { present } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Objective } from "../trainable.js";

/** One more than there are objects: the ground. */
const mostMentions = mostObjects + 1;

/** How much it counts that things lie in few places. */
const sparsity = 1;

/**
 * The contrastive loss of Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021: the mean of
 * the cross-entropies of rows and of columns. There each picture belongs to the caption of its own alone; short captions are true of
 * several pictures of a batch, which share the probability (Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020). To it is added
 * the mean of each thing's map over its peak: a little of everything all over the ground would tell pictures apart as well, and would be
 * told of no place. Inputs: the properties of each picture's objects, and those that each caption mentions. `correct` counts pictures whose
 * best caption is true of them.
 * @param things the maps whose means are compared with texts, [N, D, H, W], 0 or more
 */
export function captionObjective(things: Value): Objective {
  return {
    append(op, raw) {
      const truth = appendTruth(op);
      const contrast = op.Mul(op.Add(crossEntropy(op, raw, truth, 1), crossEntropy(op, raw, truth, 0)), op.scalar(0.5));
      const loss = op.Add(contrast, op.Mul(appendSpread(op, things), op.scalar(sparsity)));
      const best = op.ArgMax(raw, { axis: 1, keepdims: 1 });
      const right = op.GatherElements(truth, best, { axis: 1 });
      return { loss, correct: op.ReduceSum(right, op.ints([0, 1]), { keepdims: 0 }) };
    },
  };
}

/** The mean of maps over their peaks, 0 to 1. */
function appendSpread(op: Builder, maps: Value): Value {
  const over = (kind: "ReduceMean" | "ReduceMax") => op[kind](maps, op.ints([2, 3]), { keepdims: 0 });
  const shares = op.Div(over("ReduceMean"), op.Add(over("ReduceMax"), op.scalar(1e-3)));
  return op.ReduceMean(shares, op.ints([0, 1]), { keepdims: 0 });
}

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
