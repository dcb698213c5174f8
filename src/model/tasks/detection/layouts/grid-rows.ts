/** @file A row for each cell of each level: YOLO from v3 on, YOLOX. */

import { at } from "../../../../foundation/present.js";
import type { Builder } from "../../../../onnx/builder.js";
import { type Graph, producers, type Value } from "../../../../onnx/graph.js";
import { float32 } from "../../../../onnx/tensor.js";
import { sizesOfOne, sourcesOf } from "../../element.js";
import type { DetectionLayout } from "../../found-task.js";
import {
  appendBest,
  appendColumns,
  appendCorners,
  appendFirst,
  type FindLayout,
  type InputSize,
  mixedMasks,
  prototypesOf,
} from "../layout.js";
import { yoloRecipe, yoloxRecipe } from "../recipes.js";
import { type Grid, gridOf } from "./cell-grid.js";

export const gridRows: FindLayout = ({ graph, counts }, size) => {
  for (const { name } of graph.outputs) {
    const [, ...sizes] = sizesOfOne(graph, name) ?? [];
    if (sizes.length !== 2) continue;
    // Cells are mostly more than columns.
    const [first, second] = at(sizes, 0) > at(sizes, 1) ? ([0, 1] as const) : ([1, 0] as const);
    for (const axis of [first, second]) {
      const grid = gridOf(at(sizes, axis), size);
      const columns = at(sizes, 1 - axis);
      if (grid && columns > 4 && !areQueries(grid, columns, counts))
        return layoutOf({ graph, name, size, grid, rowsFirst: axis === 0, columns, counts });
    }
  }
  return undefined;
};

/** Whether rows without objectness only by chance are as many as the boxes of a grid with several at each cell, which has it. */
function areQueries({ perCell }: Grid, columns: number, counts: readonly number[]): boolean {
  return perCell > 1 && counts.includes(columns - 4) && !counts.includes(columns - 5);
}

interface Found {
  readonly graph: Graph;
  readonly name: Value;
  readonly size: InputSize;
  readonly grid: Grid;
  /** [N, rows, columns]; else [N, columns, rows]. */
  readonly rowsFirst: boolean;
  readonly columns: number;
  readonly counts: readonly number[];
}

/** Where the class scores stand in a row, and whether objectness stands before them. */
interface Columns {
  readonly first: number;
  readonly classCount: number;
  readonly hasObjectness: boolean;
  /** The last column is the angle by which the box is turned, in radians. */
  readonly isTurned: boolean;
}

/**
 * The columns behind the box: class scores, or objectness and class scores, and behind these what else a row may have (coefficients of a
 * mask, points of a pose, an angle).
 * @param others how many of these a second output tells
 */
function columnsOf({ graph, columns, grid, rowsFirst, counts }: Found, others: number): Columns {
  const usual = grid.perCell > 1 || rowsFirst;
  const columnsWith = (hasObjectness: boolean, classCount: number, isTurned = false): Columns => {
    return { first: hasObjectness ? 5 : 4, classCount, hasObjectness, isTurned };
  };
  const [behindBox, behindObjectness] = [columns - 4 - others, columns - 5 - others];
  const isKnown = (count: number) => counts.includes(count);
  if (!usual) {
    // Where cells come last no row has objectness: one number more than the classes is an angle.
    const saysTurned = graph.metadata.get("task") === "obb";
    if (isKnown(behindBox) && !saysTurned) return columnsWith(false, behindBox);
    if (isKnown(behindObjectness) || saysTurned) return columnsWith(false, behindObjectness, true);
  } else {
    if (isKnown(behindObjectness)) return columnsWith(true, behindObjectness);
    if (isKnown(behindBox)) return columnsWith(false, behindBox);
  }
  const room = columns - (usual ? 5 : 4) - (columns > others + 5 ? others : 0);
  // Names tell the classes where a row has more than them.
  return columnsWith(usual, counts.find((count) => count < room) ?? room);
}

function layoutOf(found: Found): DetectionLayout {
  const { graph, name, size, grid, rowsFirst } = found;
  const prototypes = prototypesOf(graph);
  const { first, classCount, hasObjectness, isTurned } = columnsOf(found, prototypes?.count ?? 0);
  const element = (row: number, column: number) => ({
    value: name,
    index: rowsFirst ? [0, row, column] : [0, column, row],
  });
  const appendRows = (op: Builder) => {
    const image = appendFirst(op, name);
    return rowsFirst ? image : op.Transpose(image, { perm: [1, 0] });
  };
  const firstOther = first + classCount;
  const hasMasks = prototypes !== undefined && firstOther + prototypes.count === found.columns;
  const isRaw = hasObjectness && grid.perCell === 1 && areOffsets(graph, element(0, 0));
  return {
    title: isRaw
      ? "YOLOX: offsets in cells, objectness, classes"
      : hasObjectness
        ? "YOLOv5: box, objectness, classes"
        : `YOLOv8: box, classes${isTurned ? ", angle" : ""}`,
    overlaps: true,
    classCount,
    masks: hasMasks ? mixedMasks(prototypes, firstOther, appendRows) : undefined,
    recipe: isRaw ? yoloxRecipe : yoloRecipe,
    append(op) {
      const rows = appendRows(op);
      const place = appendColumns(op, rows, 0, 4);
      const classes = appendColumns(op, rows, first, first + classCount);
      const scores = hasObjectness ? op.Mul(classes, appendColumns(op, rows, 4, 5)) : classes;
      const angle = isTurned ? appendColumns(op, rows, found.columns - 1, found.columns) : undefined;
      const upright = angle === undefined ? place : appendUpright(op, place, angle);
      return {
        boxes: appendCorners(op, isRaw ? appendGrid(op, place, grid, size) : upright),
        ...appendBest(op, scores),
      };
    },
    scoreOf: (row, classIndex) => [element(row, first + classIndex), ...(hasObjectness ? [element(row, 4)] : [])],
    placeOf: (row) => element(row, 0),
  };
}

/** Centre and size of the upright boxes that hold boxes which are turned about their centres. @param angle [R, 1], in radians */
function appendUpright(op: Builder, boxes: Value, angle: Value): Value {
  const [centre, width, height] = [[0, 2] as const, [2, 3] as const, [3, 4] as const].map(([from, to]) =>
    appendColumns(op, boxes, from, to),
  );
  const [cos, sin] = [op.Abs(op.Cos(angle)), op.Abs(op.Sin(angle))];
  const across = op.Add(op.Mul(width, cos), op.Mul(height, sin));
  const down = op.Add(op.Mul(width, sin), op.Mul(height, cos));
  return op.Concat(centre, across, down, { axis: 1 });
}

/** Whether a box's centre comes out of a convolution as it is, without the grid: only the activation of the last is behind it. */
function areOffsets(graph: Graph, centre: { readonly value: Value; readonly index: readonly number[] }): boolean {
  const [source] = sourcesOf(graph, centre);
  const op = source && producers(graph).get(source.value)?.op;
  return source?.activation === "none" && op === "Conv";
}

/** Centre = (offset + cell) · stride, size = exp(offset) · stride (Ge et al. 2021, YOLOX). */
function appendGrid(op: Builder, offsets: Value, { strides }: Grid, { height, width }: InputSize): Value {
  const corners: number[] = [];
  const lengths: number[] = [];
  for (const stride of strides)
    for (let y = 0; y < height / stride; y++)
      for (let x = 0; x < width / stride; x++) {
        corners.push(x, y);
        lengths.push(stride);
      }
  const rows = lengths.length;
  const cell = op.constant(float32([rows, 2], Float32Array.from(corners)), "cells");
  const stride = op.constant(float32([rows, 1], Float32Array.from(lengths)), "strides");
  const centre = op.Add(appendColumns(op, offsets, 0, 2), cell);
  const size = op.Exp(appendColumns(op, offsets, 2, 4));
  return op.Mul(op.Concat(centre, size, { axis: 1 }), stride);
}
