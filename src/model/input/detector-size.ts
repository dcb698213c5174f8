/** @file The input's size of a detector whose file leaves it open. */

import type { Graph } from "../../onnx/graph.js";

/** A side of the input, in pixels, and how it is known, as the end of a sentence. */
export interface AssumedSide {
  readonly side: number;
  readonly because: string;
}

/** The side that most detectors are trained at. */
const usualSide = 640;
/** Names of outputs that only detectors have together. */
const ofDetectors = [
  ["boxes", "scores", "labels"],
  ["detection_boxes", "detection_scores", "detection_classes"],
  ["logits", "pred_boxes"],
  ["pred_logits", "pred_boxes"],
  ["dets", "labels"],
];
/** Columns of a row that is a box: its sides, and at least one score. */
const fewestColumns = 5;
/** Cells of the levels with the strides 8, 16 and 32, for each square of 32 pixels. */
const cellsOfSquare = 16 + 4 + 1;

/**
 * The side that a detector's rows tell, else the usual one where the outputs are called as only detectors' are.
 * @param isSaid the user says that it is a detector
 * @returns undefined for what may be another network
 */
export function detectorSide({ inputs, outputs }: Graph, isSaid: boolean): AssumedSide | undefined {
  for (const { dims } of outputs) {
    const [, ...sizes] = dims?.length === 3 ? dims : [];
    const rows = Math.max(...sizes.flatMap((size) => (typeof size === "number" ? [size] : [])), 0);
    const side = sideOf(rows) ?? sideOf(rows / 3);
    if (side !== undefined) return { side, because: `its ${rows} rows tell` };
  }
  const isNamed = ofDetectors.some((names) => names.every((name) => outputs.some((each) => each.name === name)));
  const isYolo = inputs.some(({ name }) => name === "images") && outputs.some(isOpenRows);
  return isSaid || isNamed || isYolo ? { side: usualSide, because: "is usual with detectors" } : undefined;
}

/** The side of a square input with so many cells, a multiple of the largest stride. */
function sideOf(cells: number): number | undefined {
  const squares = Math.sqrt(cells / cellsOfSquare);
  return Number.isInteger(squares) && squares >= 4 ? 32 * squares : undefined;
}

/** Whether an output is [N, columns, rows] or [N, rows, columns] of as many rows as the image has cells, as YOLO's exports call it. */
function isOpenRows({ name, dims }: Graph["outputs"][number]): boolean {
  if (!/^output\d*$/.test(name) || dims?.length !== 3) return false;
  const [fixed, ...others] = dims.slice(1).filter((size) => typeof size === "number");
  return fixed !== undefined && others.length === 0 && fixed >= fewestColumns;
}
