/** @file One output with a box for each cell: FastestDet. */

import { float32 } from "../../../../onnx/tensor.js";
import { sizesOfOne } from "../../element.js";
import { appendBest, appendColumns, appendCorners, appendFirst, type FindLayout } from "../layout.js";
import { stretchedBgrRecipe } from "../recipes.js";

/**
 * [N, 1 + 4 + classes, rows, columns]: objectness, centre (from the cell's corner, through a tanh) and size (of the picture, through a
 * sigmoid), classes that add up to 1. The score is objectness^0.6 · class^0.4.
 * Source: dog-qiuqiu/FastestDet, how its outputs are read.
 */
export const cells: FindLayout = ({ graph, counts }, size) => {
  const found = graph.outputs.find(({ name }) => {
    const [, channels = 0, rows = 0, columns = 0, ...more] = sizesOfOne(graph, name) ?? [];
    const isGrid = rows > 1 && size.height % rows === 0 && size.width / columns === size.height / rows;
    return more.length === 0 && isGrid && counts.includes(channels - 5) && graph.outputs.length === 1;
  });
  if (found === undefined) return undefined;
  const { name } = found;
  const [, channels = 0, rows = 0, columns = 0] = sizesOfOne(graph, name) ?? [];
  const stride = size.height / rows;
  const element = (row: number, channel: number) => ({
    value: name,
    index: [0, channel, Math.floor(row / columns), row % columns],
  });
  return {
    title: "FastestDet: objectness, box and classes of each cell",
    overlaps: true,
    classCount: channels - 5,
    recipe: stretchedBgrRecipe,
    append(op) {
      const list = op.Transpose(op.Reshape(appendFirst(op, name), op.ints([channels, rows * columns])), {
        perm: [1, 0],
      });
      const corner = Float32Array.from({ length: 2 * rows * columns }, (_, i) =>
        i % 2 === 0 ? (i >> 1) % columns : Math.floor((i >> 1) / columns),
      );
      const centre = op.Add(
        op.Tanh(appendColumns(op, list, 1, 3)),
        op.constant(float32([rows * columns, 2], corner), "cells"),
      );
      const sides = op.constant(float32([1, 2], [size.width, size.height]), "sides");
      const lengths = op.Mul(op.Sigmoid(appendColumns(op, list, 3, 5)), sides);
      const power = (value: string, exponent: number) => op.Pow(value, op.scalar(exponent));
      const scores = op.Mul(
        power(appendColumns(op, list, 0, 1), 0.6),
        power(appendColumns(op, list, 5, channels), 0.4),
      );
      return {
        boxes: appendCorners(op, op.Concat(op.Mul(centre, op.scalar(stride)), lengths, { axis: 1 })),
        ...appendBest(op, scores),
      };
    },
    scoreOf: (row, classIndex) => [
      { ...element(row, 5 + classIndex), power: 0.4 },
      { ...element(row, 0), power: 0.6 },
    ],
    placeOf: (row) => element(row, 1),
  };
};
