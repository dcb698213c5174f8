/** @file Detects: runs a detector, chooses the best box of each object, and says where it is. */

import { FoveaError, shortened } from "../../../foundation/error.js";
import { Builder } from "../../../onnx/builder.js";
import { copyGraph } from "../../../onnx/graph.js";
import { prune } from "../../../onnx/prune.js";
import { float32, int64, numbers, type Tensor } from "../../../onnx/tensor.js";
import type { Runtime } from "../../../runtime/session.js";
import { imageAxes } from "../../input/image-axes.js";
import type { Model } from "../../model.js";
import { appendSum, checkImages } from "../../run/classifier.js";
import { Sessions } from "../../run/sessions.js";
import { own, tensorNamed } from "../../run/tensors.js";
import type { Detection, MaskLayout, Task } from "../found-task.js";
import type { ObjectMask } from "./object-mask.js";

/** A box in an image, by its sides in pixels of the network's input. */
export interface DetectedBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** 0 to 1. */
  readonly score: number;
  readonly classIndex: number;
  /** The class's name; its index where the model has no names. */
  readonly label: string;
  /** Its row among all that the network gives. */
  readonly row: number;
  /** The object's shape; only where it is asked for, of instance segmentation. */
  readonly mask?: ObjectMask;
}

/** Which boxes are taken. */
export interface DetectOptions {
  /** Lowest score, 0 to 1. Default 0.25. */
  readonly confidence?: number | undefined;
  /** Of two boxes of a class that overlap by more than this, intersection over union, only the surer is taken. Default 0.45. */
  readonly overlap?: number | undefined;
  /** Also tell the shape of each object, where the file gives it. Default false. */
  readonly masks?: boolean | undefined;
}

/** Finds boxes in images. */
export interface Detector {
  readonly model: Model;
  readonly task: Detection;
  /**
   * The boxes of one image, the surest first.
   * @param image the model's input, float32 [1, C, H, W]
   * @throws FoveaError `bad-input` for options out of range, or for NaN or infinite input, `shape-mismatch`, `closed`
   */
  detect(image: Tensor, options?: DetectOptions): Promise<DetectedBox[]>;
  close(): Promise<void>;
}

/** Most boxes of an image, as in COCO's evaluation of many tools. */
const mostBoxes = 300;

/**
 * Makes a detector of a model. Overlapping boxes are suppressed per class by onnxruntime's NonMaxSuppression.
 * @throws FoveaError `bad-input` for a model of another task
 */
export function createDetector(model: Model, { runtime }: { readonly runtime: Runtime }): Detector {
  const task = detectionOf(model.task);
  const graphs = {
    boxes: boxesGraph(model, task),
    masks: task.layout.masks && boxesGraph(model, task, task.layout.masks),
  };
  const sessions = new Sessions(runtime);
  return {
    model,
    task,
    async detect(image, options = {}) {
      const { confidence = 0.25, overlap = 0.45, masks = false } = options;
      checkShare("confidence", confidence);
      checkShare("overlap", overlap);
      checkImages(model, image);
      const feeds = { [model.input.name]: image, ...limits(confidence, overlap) };
      const graph = masks ? graphs.masks : undefined;
      const outputs = await sessions.run(graph ?? graphs.boxes, feeds, 1);
      const boxes = readBoxes(outputs, model);
      const found = graph ? await withMasks(boxes, tensorNamed(outputs, own("masks")), model, task) : boxes;
      return found.filter(({ score }) => score >= confidence).sort((a, b) => b.score - a.score);
    },
    close: () => sessions.close(),
  };
}

/** @throws FoveaError `bad-input` for another task */
export function detectionOf(task: Task): Detection {
  if (task.name === "detection") return task;
  throw new FoveaError("bad-input", `boxes: expected a detector, got a model for ${task.name}`);
}

function checkShare(name: string, value: number): void {
  if (typeof value === "number" && value >= 0 && value <= 1) return;
  throw new FoveaError("bad-input", `${name}: expected a number from 0 to 1, got ${shortened(value)}`);
}

/** The suppression leaves out scores that are equal to the lowest, so it gets a slightly lower one. */
function limits(confidence: number, overlap: number) {
  return { [own("confidence")]: float32([1], [confidence - 1e-6]), [own("overlap")]: float32([1], [overlap]) };
}

/** Image and limits to boxes, scores, classes and rows, and the masks of these. */
function boxesGraph(model: Model, { layout }: Detection, masks?: MaskLayout) {
  const op = new Builder(copyGraph(model.graph), "fovea/boxes");
  const { boxes, confidence, classes } = layout.append(op);
  const [least, overlap] = [op.input(own("confidence"), "float32", [1]), op.input(own("overlap"), "float32", [1])];
  const rows = layout.overlaps
    ? keptRows(op, { boxes, confidence, classes, least, overlap })
    : sureRows(op, confidence, least);
  const take = (value: string) => op.Gather(value, rows, { axis: 0 });
  const outputs = {
    boxes: take(boxes),
    confidences: take(confidence),
    classes: take(classes),
    rows,
    ...(masks ? { masks: masks.append(op, rows) } : {}),
  };
  const names = Object.entries(outputs).map(([name, value]) => op.named(own(name), value));
  return prune(op.graph, [...names, appendSum(op, model)]);
}

interface Kept {
  readonly boxes: string;
  readonly confidence: string;
  readonly classes: string;
  readonly least: string;
  readonly overlap: string;
}

/** Boxes of other classes never overlap: they are moved apart by more than any box is long. */
function keptRows(op: Builder, { boxes, confidence, classes, least, overlap }: Kept): string {
  const longest = op.Add(op.ReduceMax(op.Abs(boxes), { keepdims: 0 }), op.scalar(1));
  const shift = op.Mul(op.Cast(classes, { to: 1 }), op.Mul(longest, op.scalar(2)));
  const apart = op.Add(boxes, op.Unsqueeze(shift, op.ints([1])));
  const batched = op.Unsqueeze(apart, op.ints([0]));
  const scores = op.Unsqueeze(confidence, op.ints([0, 1]));
  const most = op.constant(int64([mostBoxes]), "most");
  const [selected] = op.node("NonMaxSuppression", [batched, scores, most, overlap, least]);
  return op.Squeeze(op.Slice(selected, op.ints([2]), op.ints([3]), op.ints([1])), op.ints([1]));
}

function sureRows(op: Builder, confidence: string, least: string): string {
  return op.Squeeze(op.NonZero(op.GreaterOrEqual(confidence, least)), op.ints([0]));
}

function readBoxes(outputs: Record<string, Tensor>, { card, placeClasses }: Model): DetectedBox[] {
  const of = (name: string) => numbers(tensorNamed(outputs, own(name)));
  const [boxes, scores, classes, rows] = [of("boxes"), of("confidences"), of("classes"), of("rows")];
  const names = placeClasses ?? card.classes;
  return rows.map((row, i): DetectedBox => {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.slice(4 * i, 4 * i + 4);
    const [score = 0, classIndex = 0] = [scores[i], classes[i]];
    return { left, top, right, bottom, score, classIndex, label: names?.[classIndex] ?? String(classIndex), row };
  });
}

async function withMasks(
  boxes: readonly DetectedBox[],
  masks: Tensor,
  model: Model,
  { layout }: Detection,
): Promise<DetectedBox[]> {
  const { objectMask } = await import("./object-mask.js");
  const { height, width } = imageAxes(model) ?? {};
  const input = { height: Number(height), width: Number(width) };
  return boxes.map((box, i) => ({
    ...box,
    mask: objectMask(masks, i, box, layout.masks?.covers === "box" ? undefined : input),
  }));
}
