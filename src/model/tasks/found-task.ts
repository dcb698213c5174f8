/** @file What a network is for, as it was found: plain data about its outputs, which says how they are read. */

import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

/** Classes of the whole image: a score for each. */
export interface Classification {
  readonly name: "classification";
}

/** A network that gives each place of the image scores of classes. */
export interface Segmentation {
  readonly name: "segmentation";
  /** The output, [N, classes, height, width], scores or probabilities. */
  readonly output: Value;
  readonly classCount: number;
}

/** A network that gives boxes with classes. */
export interface Detection {
  readonly name: "detection";
  readonly layout: DetectionLayout;
  /** Undefined where the file does not tell. */
  readonly classCount: number | undefined;
}

/** What a network is for, with what was found out about its outputs. */
export type Task = Classification | Detection | Segmentation;

/** The names of all tasks. */
export const taskNames = ["classification", "detection", "segmentation"] as const;
export type TaskName = (typeof taskNames)[number];

/** How a detector's file lays out its boxes. */
export interface DetectionLayout {
  /** For people: `YOLOv8: box, classes`. */
  readonly title: string;
  /** An object has many boxes, of which the best are to be chosen (non-maximum suppression); else the file has done that. */
  readonly overlaps: boolean;
  /** Undefined where each row only tells its class. */
  readonly classCount: number | undefined;
  /** How its makers make the input of a picture, where the file does not say. */
  readonly recipe: TaskRecipe;
  /** The outputs hold scores before their sigmoid or softmax. Default: after it. */
  readonly logits?: boolean;
  /** How many queries a decoder asks the image: tokens that are no places. Default: none. */
  readonly queries?: number;
  /** Of instance segmentation: the shapes of the objects. Default: the file gives none. */
  readonly masks?: MaskLayout | undefined;
  /** Appends the rows of the first image. */
  append(op: Builder): Rows;
  /** The numbers of the file's outputs whose product is the score of a class in a row. */
  scoreOf(row: number, classIndex: number): readonly [Factor, ...Factor[]];
  /** A number of the outputs that only places the row's box. */
  placeOf(row: number): Element;
}

/** `YOLOv8: box, classes; with masks`. */
export function layoutInWords({ title, masks }: DetectionLayout): string {
  return masks ? `${title}; with masks` : title;
}

/** How a file gives the shape of the object in each box. */
export interface MaskLayout {
  /** What a mask covers: the network's whole input, of which the part in the box counts, or the box alone. */
  readonly covers: "input" | "box";
  /** Appends the masks of rows, int64 [K], of the first image: float32 [K, h, w], 0 to 1. */
  append(op: Builder, rows: Value): Value;
}

/** The rows of one image. */
export interface Rows {
  /** float32 [R, 4]: left, top, right, bottom in pixels of the network's input. */
  readonly boxes: Value;
  /** float32 [R]: the score of the row's best class, 0 to 1. */
  readonly confidence: Value;
  /** int64 [R]: that class. */
  readonly classes: Value;
  /** float32 [R, C]: the scores of all classes, 0 to 1; undefined where each row only tells its class. */
  readonly scores?: Value;
}

/** A number of a value, by its place on each axis; on the first, the batch, 0. */
export interface Element {
  readonly value: Value;
  readonly index: readonly number[];
}

/** A number that a score is a product of. */
export interface Factor extends Element {
  /** The exponent that it has in the product. Default 1. */
  readonly power?: number;
}

/** Parts of a preprocessing, and whose they are. */
export interface TaskRecipe {
  /** As the end of "assumed: ". */
  readonly says: string;
  readonly parts: Pick<Preprocessing, "scale" | "mean" | "std"> & Partial<Preprocessing>;
}
