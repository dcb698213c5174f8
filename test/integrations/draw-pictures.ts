/** @file Draws the pictures of docs/models with the networks that come with Fovea: npx tsx test/integrations/draw-pictures.ts */

import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { root, runFovea } from "./python.js";
import { drawShape } from "./subject.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-pictures-"));

/** Runs `fovea explain` with one of the networks, and keeps its picture below 60 kB: JPEG where the photo is grainy. */
async function draw(name: string, model: string, photo: string, options: readonly string[] = []): Promise<void> {
  copyFileSync(join(root, "models", model), join(folder, model));
  await runFovea(["explain", model, photo, ...options, "--out", "picture.png"], folder);
  const small = sharp(join(folder, "picture.png")).resize({ width: 600, withoutEnlargement: true });
  const encoded = name.endsWith(".jpg")
    ? small.jpeg({ quality: 78 })
    : small.png({ palette: true, colours: 64, dither: 0 });
  await encoded.toFile(join(root, "docs/images", name));
}

await drawShape(join(folder, "photo.png"));
await runFovea(["data", "scenes", "--count", "3", "--out", "."], folder);
await draw("models-index.png", "shapes.onnx", "photo.png");
await draw("models-boxes.jpg", "scenes-detect.onnx", "scene-0000.png", ["--box", "1", "--box", "2"]);
