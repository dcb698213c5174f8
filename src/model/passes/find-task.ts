/** @file The pass that finds what a network is for. */

import { dimsOf } from "../../onnx/graph.js";
import { labelFilesOf } from "../settings/sidecar.js";
import { definePass } from "./pass.js";

export const findTask = definePass({
  name: "find-task",
  does: "Finds what the network is for, by names and sizes of its outputs: classes of the image, boxes, segments.",
  needs: ["graph", "input", "output", "card", "beside"],
  gives: ["task"],
  async apply({ graph, input, output, card, beside }, { where, options }) {
    const { given, task } = options;
    const givesClasses = graph.outputs.length === 1 && (dimsOf(graph, output)?.length ?? 0) <= 2;
    if (task === "classification" || (task === undefined && givesClasses)) return { task: { name: "classification" } };
    const { findTask: find } = await import("../tasks/index.js");
    const files = [given, beside].flatMap((settings) => (settings ? labelFilesOf(settings) : []));
    const counts = files.flatMap(({ readings }) => readings.map(({ names }) => names.length));
    const known = card.classes ? [card.classes.length, ...counts] : counts;
    return { task: find({ graph, input, output, counts: known }, task, where) };
  },
});
