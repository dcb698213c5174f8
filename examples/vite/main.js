/** @file Explains photos in the page; nothing is uploaded. */

import { loadModel, mapOf } from "fovea/web";
import "fovea/element";

const [input, output, heatmap] = ["input", "output", "fovea-heatmap"].map((name) => document.querySelector(name));
const model = await loadModel("model.onnx"); // in the folder `public`
const explainer = await model.explainer();
output.value = "";
input.disabled = false;
input.onchange = async () => {
  const [photo] = input.files;
  try {
    const image = await model.readImage(photo);
    const explanation = await explainer.explain(image.input);
    const { label, probability } = explanation.at(0).predicted;
    output.value = `${label}, ${Math.round(100 * probability)} %`;
    heatmap.setAttribute("src", URL.createObjectURL(photo));
    heatmap.map = { ...mapOf(explanation, 0), box: image.box, label };
  } catch (error) {
    output.value = error.message;
  }
};
