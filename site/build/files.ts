/** @file Puts beside the pages what they show live: the element, a small model, and pictures that Fovea drew. */

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileExplanation, loadModel } from "../../dist/doors/node.js";
import { writeModel } from "../../dist/doors/onnx.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "site/public");
const pictures = 4;

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "live"), { recursive: true });
cpSync(join(root, "web/public/favicon.svg"), join(folder, "favicon.svg"));
cpSync(join(root, "dist/heatmap"), join(folder, "heatmap"), { recursive: true });
for (const name of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
  cpSync(join(root, "node_modules/onnxruntime-web/dist", name), join(folder, "onnxruntime", name));
cpSync(join(root, "docs/images"), join(folder, "images"), { recursive: true });
cpSync(join(root, "models/shapes.onnx"), join(folder, "live/shapes.onnx"));
for (let i = 1; i <= pictures; i++)
  cpSync(join(root, `dist/studio/samples/shapes/two-shapes-${i}.png`), join(folder, `live/shapes-${i}.png`));

const model = await loadModel(join(root, "models/shapes.onnx"));
const compiled = compileExplanation(model, { image: true, choose: true });
writeFileSync(join(folder, "live/explained.onnx"), writeModel(compiled));

const explainer = await model.explainer();
const { input, box } = await model.readImage(join(folder, "live/shapes-1.png"));
const { predicted, map } = (await explainer.explain(input)).at(0);
const { width, height, values } = map();
const shown = { width, height, box, label: predicted.label, values: Array.from(values) };
writeFileSync(join(folder, "live/map.json"), JSON.stringify(shown));
await explainer.close();
