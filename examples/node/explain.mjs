/** @file Where does a model look? `node explain.mjs model.onnx photo.jpg ...` writes an overlay of each photo. */

import { writeFile } from "node:fs/promises";
import { displayMapOf, encodePicture, loadModel } from "fovea";
import { overlay } from "fovea/image";

const [path, ...photos] = process.argv.slice(2);
const model = await loadModel(path);
const explainer = await model.explainer({ method: "grad-cam" });
for await (const { source, image, explanation, error } of explainer.explainAll(photos)) {
  if (error) {
    console.error(error.message); // the other photos go on
    continue;
  }
  const { width, height } = image.picture;
  const map = displayMapOf(explanation, 0, 0, { width, height, box: image.box });
  await writeFile(`${source}.overlay.png`, await encodePicture(overlay(image.picture, map), "png"));
  const { label, probability } = explanation.at(0).predicted;
  console.log(`${source}: ${label}, ${probability.toFixed(3)}`);
}
await explainer.close();
