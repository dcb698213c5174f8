/** @file The pass that finds what a network is for. */

import { dimsOf } from "../../onnx/graph.js";
import type { Model } from "../model.js";
import { labelFilesOf } from "../settings/sidecar.js";
import type { Task } from "../tasks/found-task.js";
import { similarityTitle } from "../tasks/image-text.js";
import { definePass } from "./pass.js";

export const findTask = definePass({
  name: "find-task",
  does: "Finds what the network is for, by its metadata and the names and sizes of its outputs: classes of the image, boxes, segments, a map, an embedding, numbers.",
  needs: ["graph", "input", "output", "ending", "card", "beside", "constants"],
  gives: ["task", "ending", "target"],
  async apply({ graph, input, output, ending, card, beside, constants }, { where, options }) {
    const { given, task, inputs = {} } = options;
    const givesClasses = graph.outputs.length === 1 && (dimsOf(graph, output)?.length ?? 0) <= 2;
    const sharesOut = ending === "softmax" || ending === "log-softmax";
    if (task === "classification" || (task === undefined && givesClasses && sharesOut))
      return { task: { name: "classification" }, ending, target: undefined };
    const { findTask: find } = await import("../tasks/index.js");
    const files = [given, beside].flatMap((settings) => (settings ? labelFilesOf(settings) : []));
    const counts = files.flatMap(({ readings }) => readings.map(({ names }) => names.length));
    const known = card.classes ? [card.classes.length, ...counts] : counts;
    const assumed = Object.keys(constants).filter((name) => !Object.hasOwn(inputs, name));
    const found = find({ graph, input, output, ending, counts: known, assumed }, task, where);
    const areCosines = found.name === "image-text" && found.areCosines;
    return { task: found, ending: endingOf(found, ending), target: areCosines ? similarityTitle : undefined };
  },
});

/** Scores of classes of which several may be there are those before a sigmoid, also where the file leaves it out. */
function endingOf({ name }: Task, ending: Model["ending"]): Model["ending"] {
  return name === "multi-label" && ending === "none" ? "sigmoid" : ending;
}
