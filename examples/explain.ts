/** @file Where does a model look? `npx tsx examples/explain.ts [--model model.onnx] photo.jpg ...` writes an overlay of each photo. */

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { displayMapOf } from "../src/explain/maps.js";
import { loadModel } from "../src/explain/node.js";
import { overlay } from "../src/image/map/overlay.js";
import { encodePng } from "../src/image/node.js";

const { values, positionals: photos } = parseArgs({ options: { model: { type: "string" } }, allowPositionals: true });
const model = await loadModel(values.model);
const explainer = await model.explainer({ layer: "auto", method: "grad-cam" });
for await (const { source, image, explanation, error } of explainer.explainAll(photos)) {
  if (error) {
    console.error(error.message);
    continue;
  }
  const { picture, box } = image;
  const map = displayMapOf(explanation, 0, 0, { width: picture.width, height: picture.height, box });
  writeFileSync(`${source}.overlay.png`, await encodePng(overlay(picture, map)));
  const { label } = explanation.at(0).predicted;
  console.log(`${label}, looked at through ${explainer.layer.name}: ${source}.overlay.png`);
}
await explainer.close();
