/** @file The pass that finds what a network is for. */

import { dimsOf } from "../../onnx/graph.js";
import { definePass } from "./pass.js";

export const findTask = definePass({
  name: "find-task",
  does: "Finds what the network is for, by names and sizes of its outputs: classes of the image, boxes, segments.",
  needs: ["graph", "input", "output", "card"],
  gives: ["task"],
  async apply({ graph, input, output, card }, { where, options }) {
    const { given, beside, task } = options;
    const givesClasses = graph.outputs.length === 1 && (dimsOf(graph, output)?.length ?? 0) <= 2;
    if (task === "classification" || (task === undefined && givesClasses)) return { task: { name: "classification" } };
    const { findTask: find } = await import("../tasks/index.js");
    const counts = [given?.classes, card.classes, beside?.classes].flatMap((names) => names?.length ?? []);
    return { task: find({ graph, input, counts }, task, where) };
  },
});
