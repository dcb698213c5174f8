/** @file What a detector learns: the class of each cell that is to find an object, none of the others, and where the object is. */

import { appendColumns } from "../../model/tasks/detection/layout.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import type { Objective } from "../trainable.js";

/** Of the boxes in the loss, against the classes: as in YOLOX and FCOS, about as much. */
const boxWeight = 2;

/**
 * Per cell that finds an object: the binary cross-entropy of all scores of all cells, and 1 - GIoU of its box (Rezatofighi et al., CVPR
 * 2019, algorithm 1). Inputs are `found` [N, classes, cells], 1 for the class that a cell is to find, and `boxes` [N, 4, cells], left, top,
 * right, bottom. `correct` counts whole images: the share of cells whose best score is that of their class, times N.
 * @param appendBoxes boxes of the same form of the first four raw values [N, 4, cells]
 */
export function boxObjective(appendBoxes: (op: Builder, raw: Value) => Value, classes: number): Objective {
  return {
    append(op, raw) {
      const cells = "C";
      const found = op.input("found", "float32", ["N", classes, cells]);
      const boxes = op.input("boxes", "float32", ["N", 4, cells]);
      const logits = appendColumns(op, raw, 4, 4 + classes);
      const finds = op.ReduceSum(found, op.ints([1]), { keepdims: 1 });
      const number = op.Max(sum(op, finds), op.scalar(1));
      const crossed = op.Sub(op.Softplus(logits), op.Mul(logits, found));
      const missed = op.Mul(
        finds,
        op.Sub(op.scalar(1), appendOverlap(op, appendBoxes(op, appendColumns(op, raw, 0, 4)), boxes)),
      );
      const loss = op.Add(
        op.Div(sum(op, crossed), number),
        op.Mul(op.Div(sum(op, missed), number), op.scalar(boxWeight)),
      );
      return { loss, correct: appendCorrect(op, logits, found, { finds, number }) };
    },
  };
}

function sum(op: Builder, value: Value): Value {
  return op.ReduceSum(value, op.ints([0, 1, 2]), { keepdims: 0 });
}

/** GIoU of boxes [N, 4, cells], -1 to 1: intersection over union, less the share of the box around both that neither fills. */
function appendOverlap(op: Builder, a: Value, b: Value): Value {
  const [starts, ends] = [
    [a, b].map((box) => appendColumns(op, box, 0, 2)),
    [a, b].map((box) => appendColumns(op, box, 2, 4)),
  ];
  const area = (size: Value) => op.Mul(appendColumns(op, size, 0, 1), appendColumns(op, size, 1, 2));
  const common = area(op.Relu(op.Sub(op.Min(...ends), op.Max(...starts))));
  const [ownA, ownB] = [a, b].map((box) => area(op.Sub(appendColumns(op, box, 2, 4), appendColumns(op, box, 0, 2))));
  const union = op.Sub(op.Add(ownA, ownB), common);
  const around = area(op.Sub(op.Max(...ends), op.Min(...starts)));
  return op.Sub(op.Div(common, union), op.Div(op.Sub(around, union), around));
}

function appendCorrect(
  op: Builder,
  logits: Value,
  found: Value,
  { finds, number }: { readonly finds: Value; readonly number: Value },
): Value {
  const best = (value: Value) => op.ArgMax(value, { axis: 1, keepdims: 1 });
  const right = op.Mul(op.Cast(op.Equal(best(logits), best(found)), { to: 1 }), finds);
  const images = op.Cast(op.Gather(op.Shape(found), op.int(0)), { to: 1 });
  return op.Mul(op.Div(sum(op, right), number), images);
}
