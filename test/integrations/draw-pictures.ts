/** @file Draws the pictures of docs/models with the networks that come with Fovea: npx tsx test/integrations/draw-pictures.ts */

import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { root, runFovea } from "./python.js";
import { drawShape } from "./subject.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-pictures-"));

/** Runs `fovea explain` with one of the networks, and keeps its picture with few colours, below 60 kB. */
async function draw(name: string, model: string, photo: string, options: readonly string[] = []): Promise<void> {
  copyFileSync(join(root, "models", model), join(folder, model));
  await runFovea(["explain", model, photo, ...options, "--out", `${name}.png`], folder);
  const small = sharp(join(folder, `${name}.png`)).resize({ width: 560, withoutEnlargement: true });
  await small
    .png({ palette: true, colours: 24, dither: 0, effort: 10 })
    .toFile(join(root, `docs/images/models-${name}.png`));
}

await drawShape(join(folder, "photo.png"));
await runFovea(["data", "scenes", "--count", "3", "--out", "."], folder);
await draw("index", "shapes.onnx", "photo.png");
await draw("boxes", "scenes-detect.onnx", "scene-0000.png", ["--box", "1"]);
