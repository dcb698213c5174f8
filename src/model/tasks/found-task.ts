/** @file What a network is for, as it was found: plain data about its outputs, which says how they are read. */

import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

/** Classes of the whole image: a score for each. */
export interface Classification {
  readonly name: "classification";
}

/** Classes of the whole image of which any number may be there at once: a score for each, before a sigmoid of its own. */
export interface MultiLabel {
  readonly name: "multi-label";
}

/** Numbers that are measured and no scores of classes: an age, a pose. */
export interface Regression {
  readonly name: "regression";
  /** The output, [N, numbers] or [N]. */
  readonly output: Value;
  /** How many numbers; undefined where the file does not tell. */
  readonly count: number | undefined;
}

/** A vector that stands for the whole image, to be compared with those of other images. */
export interface Embedding {
  readonly name: "embedding";
  /** The output, [N, ...]. */
  readonly output: Value;
  /** How many numbers the vector has; undefined where the file does not tell. */
  readonly length: number | undefined;
}

/** A network that compares images with texts: a score for each text. */
export interface ImageText {
  readonly name: "image-text";
  /** The output, [N, texts]. */
  readonly output: Value;
  /** The inputs for tokens of texts that nobody gave; an empty text stands there. */
  readonly missing: readonly Value[];
  /** The scores are cosines, of which no probabilities are made. */
  readonly areCosines: boolean;
}

/** A network whose output is a map already: of anomalies, of depth, of what stands out. */
export interface MapTask {
  readonly name: "map";
  /** The output, [N, 1, height, width] or [N, height, width]. */
  readonly output: Value;
  /** The output with one score of the whole image, [N, 1] or [N]; undefined for none. */
  readonly score: Value | undefined;
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
export type Task =
  | Classification
  | MultiLabel
  | Detection
  | Segmentation
  | MapTask
  | Regression
  | Embedding
  | ImageText;

/** The names of all tasks. */
export const taskNames = [
  "classification",
  "multi-label",
  "detection",
  "segmentation",
  "map",
  "regression",
  "embedding",
  "image-text",
] as const satisfies readonly Task["name"][];
export type TaskName = (typeof taskNames)[number];

/** Whether a task's scores are those of classes of the whole image. */
export function tellsClasses({ name }: Pick<Task, "name">): boolean {
  return name === "classification" || name === "multi-label";
}

/** Whether a task is about several places of the image, each with an answer of its own. */
export function tellsPlaces({ name }: Pick<Task, "name">): boolean {
  return name === "detection" || name === "segmentation" || name === "map";
}

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
