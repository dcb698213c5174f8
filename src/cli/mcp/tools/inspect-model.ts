/** @file The tool that tells what a model takes and gives, and which of its layers can be explained. */

import { modelProperty, type Tool } from "../tool.js";

export const inspectModel: Tool = {
  name: "inspect_model",
  title: "Inspect a model",
  description:
    "Tells what a model takes and gives: input, outputs, task, classes, preprocessing and where it comes from, and the layers that can be explained.",
  properties: { model: modelProperty },
  answers: "text",
  command: ({ model }, places) => ["inspect", "--", places.model(model)],
};
