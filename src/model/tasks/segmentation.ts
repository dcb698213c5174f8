/** @file Segmentation: a class for each place of the image. */

import { dimsOf } from "../../onnx/graph.js";
import type { Segmentation } from "./found-task.js";
import { isSide } from "./sizes.js";
import type { TaskKind } from "./task.js";

export const segmentation: TaskKind<Segmentation> = {
  name: "segmentation",
  does: "Tells a class for each place of the image.",
  expects: "an output [N, classes, height, width] with a score for each place",
  find({ graph, output }) {
    const [, classes, height, width, ...more] = dimsOf(graph, output) ?? [];
    const areClasses = typeof classes === "number" && classes > 1 && more.length === 0;
    return areClasses && isSide(height) && isSide(width)
      ? { name: "segmentation", output, classCount: classes }
      : undefined;
  },
};
