/** @file Lists of chosen boxes, scores and classes as outputs of their own: torchvision, the TensorFlow API, SSD, RT-DETR's own files. */

import type { Graph, Value } from "../../../../onnx/graph.js";
import { dimsOf, typeOf } from "../../../../onnx/graph.js";
import type { MaskLayout } from "../../found-task.js";
import { appendPixels, type FindLayout, type InputSize } from "../layout.js";
import { stretchedRecipe } from "../recipes.js";

/** Names of the three outputs, how the boxes lie, and what the first class is numbered. */
const kinds = [
  {
    title: "TensorFlow's detection API: boxes, classes, scores",
    names: ["detection_boxes", "detection_scores", "detection_classes"],
    masks: "detection_masks",
    corners: "top first",
    firstClass: 1,
    unit: true,
  },
  {
    title: "lists of boxes, labels and scores",
    names: ["boxes", "scores", "labels"],
    masks: "masks",
    corners: "left first",
    firstClass: 0,
    unit: undefined,
  },
] as const;

export const lists: FindLayout = ({ graph, counts }, size) => {
  const kind = kinds.find(({ names }) => names.every((name) => graph.outputs.some((each) => each.name === name)));
  if (kind === undefined) return undefined;
  const [boxes, scores, labels] = kind.names;
  const withBatch = dimsOf(graph, boxes)?.length === 3;
  const isUnit = kind.unit ?? isSsd(graph, boxes);
  const index = (row: number) => (withBatch ? [0, row] : [row]);
  return {
    title: kind.title,
    overlaps: false,
    classCount: counts[0],
    recipe: stretchedRecipe,
    masks: masksOf(graph, kind.masks, size),
    append(op) {
      const one = (value: Value, rank: number) => op.Reshape(value, rank === 2 ? op.ints([-1, 4]) : op.ints([-1]));
      const list = one(boxes, 2);
      const ordered = kind.corners === "top first" ? op.Gather(list, op.ints([1, 0, 3, 2]), { axis: 1 }) : list;
      const numbered = op.Cast(one(labels, 1), { to: 7 });
      return {
        boxes: isUnit ? appendPixels(op, ordered, size) : ordered,
        confidence: one(scores, 1),
        classes: kind.firstClass === 0 ? numbered : op.Sub(numbered, op.int(kind.firstClass)),
      };
    },
    scoreOf: (row) => [{ value: scores, index: index(row) }],
    placeOf: (row) => ({ value: boxes, index: [...index(row), 0] }),
  };
};

/** SSD of the model zoo gives sides from 0 to 1 with a batch; torchvision gives pixels without one. */
function isSsd(graph: Graph, boxes: Value): boolean {
  return typeOf(graph, boxes)?.dims?.length === 3;
}

/**
 * Masks [rows, 1, h, w], or with a batch: of the whole input as torchvision pastes them, else of their boxes, as the model zoo's Mask R-CNN
 * and TensorFlow leave them.
 */
function masksOf(graph: Graph, name: Value, { height, width }: InputSize): MaskLayout | undefined {
  if (!graph.outputs.some((each) => each.name === name)) return undefined;
  const [down, across] = dimsOf(graph, name)?.slice(-2) ?? [];
  const areOfBoxes = typeof down === "number" && typeof across === "number" && (down < height || across < width);
  return {
    covers: areOfBoxes ? "box" : "input",
    append(op, rows) {
      const sides = op.Slice(op.Shape(name), op.ints([-2]), op.ints([1_000]));
      return op.Gather(op.Reshape(name, op.Concat(op.ints([-1]), sides, { axis: 0 })), rows, { axis: 0 });
    },
  };
}
