/** @file Puts beside the pages what they show live: the element, a small model, and pictures that Fovea drew. */

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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
