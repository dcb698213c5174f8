/** @file A row for each query of a transformer's decoder: DETR and what came of it. */

import { type Graph, producers, type Value } from "../../../../onnx/graph.js";
import { sizesOfOne, sourcesOf } from "../../element.js";
import { appendBest, appendColumns, appendCorners, appendFirst, appendPixels, type FindLayout } from "../layout.js";
import { stretchedImageNetRecipe, stretchedRecipe } from "../recipes.js";

/** Names of the outputs with scores and with boxes: Hugging Face's, RF-DETR's. */
const names = [
  ["logits", "pred_boxes"],
  ["labels", "dets"],
  ["pred_logits", "pred_boxes"],
] as const;

/** Names of the output with masks before their sigmoid, [N, queries, rows, columns]. */
const maskNames = ["pred_masks", "masks"];

/** Boxes by centre and size, each 0 to 1. */
export const queries: FindLayout = ({ graph, counts }, size) => {
  const sizes = (name: Value) =>
    graph.outputs.some((each) => each.name === name) ? sizesOfOne(graph, name) : undefined;
  const pair = names.find(([scores, boxes]) => {
    const [of, at] = [sizes(scores), sizes(boxes)];
    return of?.length === 3 && at?.length === 3 && at[2] === 4 && of[1] === at[1];
  });
  if (pair === undefined) return undefined;
  const [scores, boxes] = pair;
  const columns = sizes(scores)?.[2] ?? 0;
  const hasNothing =
    scores === "logits" && (counts.includes(columns - 1) || (!counts.includes(columns) && isPlain(graph, boxes)));
  const masks = maskNames.find((name) => sizes(name)?.length === 4 && sizes(name)?.[1] === sizes(scores)?.[1]);
  const classCount = hasNothing ? columns - 1 : columns;
  return {
    title: hasNothing ? "DETR: boxes of queries, softmax over classes" : "RT-DETR: boxes of queries, classes",
    overlaps: false,
    logits: true,
    queries: sizes(scores)?.[1] ?? 0,
    masks:
      masks === undefined
        ? undefined
        : {
            covers: "input",
            append: (op, rows) => op.Sigmoid(op.Gather(appendFirst(op, masks), rows, { axis: 0 })),
          },
    classCount,
    recipe: hasNothing || scores === "labels" ? stretchedImageNetRecipe : stretchedRecipe,
    append(op) {
      const logits = appendFirst(op, scores);
      const shares = hasNothing
        ? appendColumns(op, op.Softmax(logits, { axis: -1 }), 0, classCount)
        : op.Sigmoid(logits);
      return {
        boxes: appendPixels(op, appendCorners(op, appendFirst(op, boxes)), size),
        ...appendBest(op, shares),
      };
    },
    scoreOf: (row, classIndex) => [{ value: scores, index: [0, row, classIndex] }],
    placeOf: (row) => ({ value: boxes, index: [0, row, 0] }),
  };
};

/**
 * Whether a linear layer alone makes the boxes of the queries, as in DETR, whose scores are a softmax with a class for nothing. Its successors
 * add them to reference points, and their scores are sigmoids.
 */
function isPlain(graph: Graph, boxes: Value): boolean {
  const madeBy = producers(graph);
  const [source] = sourcesOf(graph, { value: boxes, index: [0, 0, 0] });
  const node = madeBy.get(source?.value ?? "");
  if (node?.op === "Add") return node.inputs.some((value) => graph.initializers.has(value));
  return node?.op === "Gemm" || node?.op === "MatMul";
}
