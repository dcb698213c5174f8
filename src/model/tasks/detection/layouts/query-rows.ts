/** @file A row for each query in one output: centre and size from 0 to 1, then a probability for each class. */

import { sizesOfOne } from "../../element.js";
import { appendBest, appendColumns, appendCorners, appendFirst, appendPixels, type FindLayout } from "../layout.js";
import { stretchedRecipe } from "../recipes.js";

/** More are the cells of a grid. */
const mostQueries = 1000;

/** RT-DETR as Ultralytics exports it; told by the names of its classes. */
export const queryRows: FindLayout = ({ graph, counts }, size) => {
  const found = graph.outputs.find(({ name }) => {
    const [, rows = 0, columns = 0, ...more] = sizesOfOne(graph, name) ?? [];
    return more.length === 0 && columns !== 6 && counts.includes(columns - 4) && rows > 6 && rows <= mostQueries;
  });
  if (found === undefined) return undefined;
  const { name } = found;
  const [, queries = 0, columns = 0] = sizesOfOne(graph, name) ?? [];
  return {
    title: "RT-DETR: boxes of queries with their classes",
    overlaps: false,
    classCount: columns - 4,
    queries,
    recipe: stretchedRecipe,
    append(op) {
      const rows = appendFirst(op, name);
      return {
        boxes: appendPixels(op, appendCorners(op, appendColumns(op, rows, 0, 4)), size),
        ...appendBest(op, appendColumns(op, rows, 4, columns)),
      };
    },
    scoreOf: (row, classIndex) => [{ value: name, index: [0, row, 4 + classIndex] }],
    placeOf: (row) => ({ value: name, index: [0, row, 0] }),
  };
};
