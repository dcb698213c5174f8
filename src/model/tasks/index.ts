/** @file The table of tasks, and which of them a network is for. */

import { FoveaError } from "../../foundation/error.js";
import { detection } from "./detection/detection.js";
import { embedding } from "./embedding.js";
import type { Task, TaskName } from "./found-task.js";
import { imageText } from "./image-text.js";
import { multiLabel } from "./multi-label.js";
import { outputMap } from "./output-map.js";
import { regression } from "./regression.js";
import { saidTask } from "./said-task.js";
import { segmentation } from "./segmentation.js";
import type { TaskFacts, TaskKind } from "./task.js";

const classification: TaskKind = {
  name: "classification",
  does: "Tells the class of the whole image: a score for each class.",
  expects: "scores [N, classes]",
  find: () => ({ name: "classification" }),
};

/** All tasks, in the order in which they are tried. */
export const tasks: readonly TaskKind[] = [
  detection,
  segmentation,
  imageText,
  outputMap,
  embedding,
  regression,
  multiLabel,
  classification,
];

/**
 * The task that a network is for.
 * @param wanted the user's choice; default what the metadata say, where the outputs fit that, else the first that they fit
 * @param where how errors name the file
 * @throws FoveaError `bad-input` for a task that its outputs do not fit
 */
export function findTask(facts: Omit<TaskFacts, "isSaid">, wanted: TaskName | undefined, where: string): Task {
  const said = wanted ?? saidTask(facts.graph);
  const insisted = tasks.find(({ name }) => name === said)?.find({ ...facts, isSaid: true });
  if (insisted) return insisted;
  const kinds = tasks.filter(({ name }) => wanted === undefined || name === wanted);
  if (wanted === undefined)
    for (const kind of kinds) {
      const found = kind.find({ ...facts, isSaid: false });
      if (found) return found;
    }
  const got = facts.graph.outputs
    .map(({ name, dims }) => `${name} [${dims?.map((size) => size || "?").join(", ") ?? "?"}]`)
    .join(", ");
  const expected = kinds.map(({ expects }) => expects).join(", ");
  throw new FoveaError("bad-input", `${where}: task ${wanted}: expected ${expected}, got outputs ${got}`);
}
