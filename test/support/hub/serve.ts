/** @file Runs the stand-in for the hub for programs in other languages: prints its addresses, then a line for each question. */

import { twoConvolutions } from "../models/two-convolutions.js";
import { repository } from "./repository.js";
import { startHub } from "./stand-in.js";

const graph = twoConvolutions({ classes: ["cat", "dog", "owl"], last: "last", isBare: true });
const files = {
  ".gitattributes": "*.onnx filter=lfs diff=lfs merge=lfs -text\n",
  "README.md": "# digits\n",
  "config.json": JSON.stringify({ id2label: { 0: "cat", 1: "dog", 2: "owl" } }),
  "preprocessor_config.json": JSON.stringify({ size: 16, image_mean: [0.4, 0.4, 0.4], image_std: [1, 1, 1] }),
  "onnx/model.onnx": graph,
};

const hub = await startHub({ "ada/pets": repository(files), "ada/gated": repository(files, "gated") });
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
say({ url: hub.url, model: Buffer.from(graph).toString("base64") });
setInterval(() => hub.asked().forEach(say), 20);
