/** @file Where does a model look? `npx tsx examples/explain.ts photo.png [model.onnx]` */

import { writeFileSync } from "node:fs";
import { className } from "../src/explain/index.js";
import { overlay } from "../src/image/index.js";
import { displayMapOf, encodePng, explainer, loadModel, readImage } from "../src/node.js";

const [photo, path] = process.argv.slice(2);
if (photo === undefined) throw new Error("expected an image file: npx tsx examples/explain.ts photo.png [model.onnx]");
const model = await loadModel(path);
const gradCam = await explainer(model);
const { picture, input } = await readImage(model, photo);
const explanation = await gradCam.explain(input);
const map = displayMapOf(explanation, 0, 0, picture);
writeFileSync("overlay.png", await encodePng(overlay(picture, map)));
console.log(
  `${className(model, explanation.predicted[0] as number)}, looked at through ${gradCam.layer.name}: overlay.png`,
);
