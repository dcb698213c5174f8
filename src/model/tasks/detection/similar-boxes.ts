/** @file The target of D-RISE: how well the boxes of an image still hold what was found in it. */

import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import { float32, int64 } from "../../../onnx/tensor.js";
import type { Target } from "../../targets/target.js";
import type { DetectionLayout, Rows } from "../found-task.js";
import type { DetectedBox } from "./detect.js";

/**
 * Of each box the largest similarity of any box of an image, 0 to 1: their intersection over union times the other's score of the
 * same class (Petsiuk et al., "Black-box Explanation of Object Detectors via Saliency Maps", CVPR 2021; their cosine of class
 * probabilities times objectness is the class's score where each box has one class).
 * @param boxes in pixels of the network's input
 */
export function similarBoxes(layout: DetectionLayout, boxes: readonly DetectedBox[]): Target {
  return {
    title: `the similarity to ${boxes.length === 1 ? "a box" : `${boxes.length} boxes`}`,
    classes: boxes.map(({ label }, i) => `${i + 1} ${label}`),
    ending: "none",
    build(op) {
      const rows = layout.append(op);
      const sides = boxes.flatMap(({ left, top, right, bottom }) => [left, top, right, bottom]);
      const wanted = op.constant(float32([boxes.length, 1, 4], sides), "boxes");
      const overlaps = appendOverlaps(op, wanted, op.Unsqueeze(rows.boxes, op.ints([0])));
      const similarity = op.Mul(overlaps, appendScores(op, rows, boxes));
      return op.Unsqueeze(op.ReduceMax(similarity, op.ints([1]), { keepdims: 0 }), op.ints([0]));
    },
  };
}

/** Intersection over union of boxes [K, 1, 4] and [1, R, 4]: [K, R]. */
function appendOverlaps(op: Builder, a: Value, b: Value): Value {
  const side = (boxes: Value, i: number) => op.Gather(boxes, op.int(i), { axis: 2 });
  const length = (first: Value, last: Value) => op.Relu(op.Sub(last, first));
  const along = (from: number, to: number) =>
    length(op.Max(side(a, from), side(b, from)), op.Min(side(a, to), side(b, to)));
  const area = (boxes: Value) => op.Mul(length(side(boxes, 0), side(boxes, 2)), length(side(boxes, 1), side(boxes, 3)));
  const shared = op.Mul(along(0, 2), along(1, 3));
  const union = op.Sub(op.Add(area(a), area(b)), shared);
  return op.Div(shared, op.Max(union, op.scalar(1e-6)));
}

/** The score of each wanted box's class in each row, [K, R]. */
function appendScores(op: Builder, { scores, confidence, classes }: Rows, boxes: readonly DetectedBox[]): Value {
  const wanted = boxes.map(({ classIndex }) => classIndex);
  if (scores !== undefined) return op.Transpose(op.Gather(scores, op.ints(wanted), { axis: 1 }), { perm: [1, 0] });
  const same = op.Equal(op.Unsqueeze(classes, op.ints([0])), op.constant(int64(wanted, [wanted.length, 1]), "classes"));
  return op.Mul(op.Cast(same, { to: 1 }), op.Unsqueeze(confidence, op.ints([0])));
}
