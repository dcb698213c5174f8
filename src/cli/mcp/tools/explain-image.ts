/** @file The tool that shows where a model looks in an image. */

import { modelProperty, option, type Tool } from "../tool.js";

export const explainImage: Tool = {
  name: "explain_image",
  title: "Explain an image",
  description:
    "Shows which regions of an image raise a class score of a vision model. Gives the top classes in words, and a picture: the image, its heat map, and both together.",
  properties: {
    image: { type: "string", description: "Path of the image file." },
    model: modelProperty,
    classes: {
      type: "array",
      items: { type: "string" },
      maxItems: 10,
      description: "Classes to explain: names, indices, or top-2 for the two best. Default: the predicted class.",
    },
    method: { type: "string", description: "How the map is made; list_methods lists them. Default: grad-cam." },
    layer: { type: "string", description: "The layer; inspect_model lists them. Default: the last feature map." },
    signed: { type: "boolean", description: "Also show evidence against the class. Default: false." },
    out: { type: "string", description: "Path of a .png file to write the picture to as well." },
  },
  required: ["image"],
  writes: true,
  answers: "picture",
  command: ({ image = "", model, classes = [], method, layer, signed = false }, places) => [
    "explain",
    "--out=-",
    `--model=${places.model(model)}`,
    ...classes.flatMap((name) => option("--class", name)),
    ...option("--method", method),
    ...option("--layer", layer),
    ...(signed ? ["--signed"] : []),
    "--",
    places.roots.file(image),
  ],
};
