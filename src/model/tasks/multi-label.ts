/** @file Classes of the whole image, each with a probability of its own. */

import type { MultiLabel } from "./found-task.js";
import { isVector, numbersOfOne } from "./sizes.js";
import type { TaskKind } from "./task.js";

export const multiLabel: TaskKind<MultiLabel> = {
  name: "multi-label",
  does: "Tells all classes that are in the image: a score for each, whatever the others are.",
  expects: "scores [N, classes] of two classes or more",
  find({ graph, output, ending, isSaid }) {
    const isSeveral = isVector(graph, output) && numbersOfOne(graph, output) !== 1;
    return isSeveral && (ending === "sigmoid" || isSaid) ? { name: "multi-label" } : undefined;
  },
};
