/** @file Detection: boxes with classes. */

import { dimsOf, type Graph } from "../../../onnx/graph.js";
import { imageAxes } from "../../input/image-axes.js";
import type { Detection } from "../found-task.js";
import type { TaskKind } from "../task.js";
import type { FindLayout, InputSize } from "./layout.js";
import { cells } from "./layouts/cells.js";
import { endToEnd } from "./layouts/end-to-end.js";
import { gridRows } from "./layouts/grid-rows.js";
import { lists } from "./layouts/lists.js";
import { queries } from "./layouts/queries.js";
import { queryRows } from "./layouts/query-rows.js";

/** Layouts that outputs are named after. */
const byNames: readonly FindLayout[] = [lists, queries];
/** Layouts that sizes tell, of files without an output of class scores; the surest first. */
const bySizes: readonly FindLayout[] = [endToEnd, gridRows, queryRows, cells];

export const detection: TaskKind<Detection> = {
  name: "detection",
  does: "Tells objects: a box, a class and a score for each.",
  expects: "an input of known size (--size 640, where the file leaves it open) and boxes in one of the known layouts",
  find(facts) {
    const size = inputSize(facts.graph, facts.input);
    if (size === undefined) return undefined;
    const givesClasses = (dimsOf(facts.graph, facts.output)?.length ?? 0) <= 2;
    for (const find of givesClasses ? byNames : [...byNames, ...bySizes]) {
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
