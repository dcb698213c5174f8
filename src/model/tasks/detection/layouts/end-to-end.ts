/** @file Rows of which the network has chosen the best itself: [N, rows, 6] with corners, score and class. */

import { sizesOfOne } from "../../element.js";
import { appendColumns, appendFirst, type FindLayout, mixedMasks, prototypesOf } from "../layout.js";
import { yoloRecipe } from "../recipes.js";
import { gridOf } from "./cell-grid.js";

/** More are not chosen boxes. */
const mostRows = 1000;

export const endToEnd: FindLayout = ({ graph, counts }, size) => {
  const prototypes = prototypesOf(graph);
  const found = graph.outputs.find(({ name }) => {
    const [, rows = 0, columns = 0, ...more] = sizesOfOne(graph, name) ?? [];
    // Behind the class stand what a row has besides, of which only names of classes tell that they are none.
    const areOthers =
      columns > 6 && (columns === 6 + (prototypes?.count ?? 0) || (counts.length > 0 && !counts.includes(columns - 4)));
    const areCells = counts.includes(columns - 5) && (gridOf(rows, size)?.perCell ?? 1) > 1;
    return !areCells && more.length === 0 && (columns === 6 || areOthers) && rows > columns && rows <= mostRows;
  });
  if (found === undefined) return undefined;
  const { name } = found;
  const hasMasks = prototypes && sizesOfOne(graph, name)?.[2] === 6 + prototypes.count;
  return {
    title: "YOLOv10: corners, score, class",
    overlaps: false,
    classCount: undefined,
    masks: hasMasks ? mixedMasks(prototypes, 6, (op) => appendFirst(op, name)) : undefined,
    recipe: yoloRecipe,
    append(op) {
      const rows = appendFirst(op, name);
      return {
        boxes: appendColumns(op, rows, 0, 4),
        confidence: op.Squeeze(appendColumns(op, rows, 4, 5), op.ints([1])),
        classes: op.Cast(op.Squeeze(appendColumns(op, rows, 5, 6), op.ints([1])), { to: 7 }),
      };
    },
    scoreOf: (row) => [{ value: name, index: [0, row, 4] }],
    placeOf: (row) => ({ value: name, index: [0, row, 0] }),
  };
};
