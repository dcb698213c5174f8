/** @file The tool that measures a model on a folder of images. */

import { dataProperty, modelProperty, option, splitProperty, type Tool } from "../tool.js";

export const evaluateModel: Tool = {
  name: "evaluate_model",
  title: "Evaluate a model",
  description:
    "Measures a model on a folder of images with a sub-folder for each class: accuracy with its interval, scores of each class, confusion, calibration, and the surest errors.",
  properties: { data: dataProperty, model: modelProperty, split: splitProperty },
  required: ["data"],
  answers: "text",
  command: async ({ data = "", model, split }, places) => [
    "evaluate",
    ...option("--split", split),
    "--",
    places.model(model),
    await places.roots.folder(data),
  ],
};
