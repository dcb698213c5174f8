/** @file The model of the server, opened once: an image file goes in, its class and its overlay come out. */

import { displayMapOf, encodePicture, loadModel } from "fovea";
import { overlay } from "fovea/image";

const model = await loadModel(process.env.MODEL);
const explainer = await model.explainer();

/** @param {Uint8Array} file an image file */
export async function explain(file) {
  const { input, picture, box } = await model.readImage(file);
  const explanation = await explainer.explain(input);
  const { width, height } = picture;
  const map = displayMapOf(explanation, 0, 0, { width, height, box });
  const { label } = explanation.at(0).predicted;
  return { label, png: await encodePicture(overlay(picture, map), "png") };
}
