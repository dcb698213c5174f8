/** @file The tool that writes a report of a model. */

import { dataProperty, modelProperty, option, splitProperty, type Tool } from "../tool.js";

export const writeReport: Tool = {
  name: "write_report",
  title: "Write a report",
  description:
    "Measures and explains a model on a folder of images with a sub-folder for each class, and writes one HTML file with numbers, heat maps and errors.",
  properties: {
    data: dataProperty,
    out: { type: "string", description: "Path of the .html file to write." },
    model: modelProperty,
    split: splitProperty,
  },
  required: ["data", "out"],
  writes: true,
  answers: "text",
  command: async ({ data = "", out = "", model, split }, places) => [
    "report",
    `--out=${places.roots.newFile(out, ".html")}`,
    ...option("--split", split),
    "--",
    places.model(model),
    await places.roots.folder(data),
  ],
};
