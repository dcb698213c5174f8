/** @file Detection: boxes with classes. */

import type { Graph } from "../../../onnx/graph.js";
import { imageAxes } from "../../input/image-axes.js";
import type { Detection } from "../found-task.js";
import type { TaskKind } from "../task.js";
import type { FindLayout, InputSize } from "./layout.js";
import { cells } from "./layouts/cells.js";
import { endToEnd } from "./layouts/end-to-end.js";
import { gridRows } from "./layouts/grid-rows.js";
import { lists } from "./layouts/lists.js";
import { queries } from "./layouts/queries.js";

/** The surest first: names of outputs, then their sizes. */
const layouts: readonly FindLayout[] = [lists, queries, endToEnd, gridRows, cells];

export const detection: TaskKind<Detection> = {
  name: "detection",
  does: "Tells objects: a box, a class and a score for each.",
  expects: "an input of known size and boxes in one of the known layouts",
  find(facts) {
    const size = inputSize(facts.graph, facts.input);
    if (size === undefined) return undefined;
    for (const find of layouts) {
      const layout = find(facts, size);
      if (layout) return { name: "detection", layout, classCount: layout.classCount };
    }
    return undefined;
  },
};

function inputSize(graph: Graph, input: Parameters<typeof imageAxes>[0]["input"]): InputSize | undefined {
  const { height, width } = imageAxes({ graph, input }) ?? {};
  return typeof height === "number" && typeof width === "number" ? { height, width } : undefined;
}
