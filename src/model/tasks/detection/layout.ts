/** @file What layouts of boxes share: how they are found, and how boxes and scores are appended to a graph. */

import type { Builder } from "../../../onnx/builder.js";
import type { Graph, Value } from "../../../onnx/graph.js";
import { sizesOfOne } from "../element.js";
import type { DetectionLayout, MaskLayout, Rows } from "../found-task.js";
import type { TaskFacts } from "../task.js";

/** Recognises a layout. */
export type FindLayout = (facts: TaskFacts, size: InputSize) => DetectionLayout | undefined;

/** Sides of the network's input, in pixels. */
export interface InputSize {
  readonly height: number;
  readonly width: number;
}

/** Left, top, right and bottom of boxes [R, 4] that are given by centre and size. */
export function appendCorners(op: Builder, boxes: Value): Value {
  const part = (from: number, to: number) => op.Slice(boxes, op.ints([from]), op.ints([to]), op.ints([1]));
  const [centre, half] = [part(0, 2), op.Mul(part(2, 4), op.scalar(0.5))];
  return op.Concat(op.Sub(centre, half), op.Add(centre, half), { axis: 1 });
}

/** The best class of each row of scores [R, C]. */
export function appendBest(op: Builder, scores: Value): Omit<Rows, "boxes"> {
  return {
    scores,
    confidence: op.ReduceMax(scores, op.ints([1]), { keepdims: 0 }),
    classes: op.ArgMax(scores, { axis: 1, keepdims: 0 }),
  };
}

/** Columns [from, to) of rows: the part of a value along its second axis. */
export function appendColumns(op: Builder, rows: Value, from: number, to: number): Value {
  return op.Slice(rows, op.ints([from]), op.ints([to]), op.ints([1]));
}

/** Boxes with sides from 0 to 1 in pixels of the input. */
export function appendPixels(op: Builder, boxes: Value, { height, width }: InputSize): Value {
  return op.Mul(boxes, op.Cast(op.ints([width, height, width, height]), { to: 1 }));
}

/** The first image of a value [N, ...], without the batch. */
export function appendFirst(op: Builder, value: Value): Value {
  return op.Gather(value, op.int(0), { axis: 0 });
}

/** Masks that rows mix by coefficients of their own. */
export interface Prototypes {
  /** The output, [N, count, rows, columns]. */
  readonly name: Value;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/** The prototypes of masks that a segmenting detector gives besides; undefined for none. */
export function prototypesOf(graph: Graph): Prototypes | undefined {
  for (const { name } of graph.outputs) {
    const [, count = 0, rows = 0, columns = 0, ...more] = sizesOfOne(graph, name) ?? [];
    if (columns > 0 && more.length === 0) return { name, count, rows, columns };
  }
  return undefined;
}

/**
 * Masks of the whole input, sigmoid(coefficients · prototypes), of which the part in the box counts (Bolya et al., "YOLACT: Real-time
 * Instance Segmentation", ICCV 2019, eq. 1).
 * @param appendRows appends the rows of the first image, [R, columns]
 * @param first the column of the first coefficient
 */
export function mixedMasks(
  { name, count, rows, columns }: Prototypes,
  first: number,
  appendRows: (op: Builder) => Value,
): MaskLayout {
  return {
    covers: "input",
    append(op, chosen) {
      const coefficients = op.Gather(appendColumns(op, appendRows(op), first, first + count), chosen, { axis: 0 });
      const prototypes = op.Reshape(appendFirst(op, name), op.ints([count, rows * columns]));
      return op.Reshape(op.Sigmoid(op.MatMul(coefficients, prototypes)), op.ints([-1, rows, columns]));
    },
  };
}
