/** @file How a detector's file lays out its boxes: found once, then appended to a graph as rows. */

import type { Builder } from "../../../onnx/builder.js";
import type { Value } from "../../../onnx/graph.js";
import type { TaskFacts } from "../task.js";
import type { Element } from "../element.js";
import type { TaskRecipe } from "./recipes.js";

/** The rows of one image. */
export interface Rows {
  /** float32 [R, 4]: left, top, right, bottom in pixels of the network's input. */
  readonly boxes: Value;
  /** float32 [R]: the score of the row's best class, 0 to 1. */
  readonly confidence: Value;
  /** int64 [R]: that class. */
  readonly classes: Value;
}

/** The rows of a file's outputs. */
export interface DetectionLayout {
  /** For people: `YOLOv8's`. */
  readonly title: string;
  /** An object has many boxes, of which the best are to be chosen (non-maximum suppression); else the file has done that. */
  readonly overlaps: boolean;
  /** Undefined where each row only tells its class. */
  readonly classCount: number | undefined;
  /** How its makers make the input of a picture, where the file does not say. */
  readonly recipe: TaskRecipe;
  /** The outputs hold scores before their sigmoid or softmax. Default: after it. */
  readonly logits?: boolean;
  /** Appends the rows of the first image. */
  append(op: Builder): Rows;
  /** The numbers of the file's outputs whose product is the score of a class in a row. */
  scoreOf(row: number, classIndex: number): readonly [Factor, ...Factor[]];
  /** A number of the outputs that only places the row's box. */
  placeOf(row: number): Element;
}

/** A number that a score is a product of. */
export interface Factor extends Element {
  /** The exponent that it has in the product. Default 1. */
  readonly power?: number;
}

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
export function appendBest(op: Builder, scores: Value): Pick<Rows, "confidence" | "classes"> {
  return {
    confidence: op.ReduceMax(scores, op.ints([1]), { keepdims: 0 }),
    classes: op.ArgMax(scores, { axis: 1, keepdims: 0 }),
  };
}

/** Columns [from, to) of rows. */
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
