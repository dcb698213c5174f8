/** @file Writes the noise of SmoothGrad: what Fovea draws with seed 1 for a picture of each size. `npx tsx conformance/reference/noise.ts` */

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeNpy } from "../../src/data/npy.js";
import { noiseSource } from "../../src/explain/run/sampled/draw-noise.js";

const samples = 4;
const sizes = [
  [3, 12, 12],
  [3, 13, 11],
  [3, 8, 20],
  [1, 12, 12],
];
const folder = fileURLToPath(new URL("../noise/", import.meta.url));
mkdirSync(folder, { recursive: true });
for (const size of sizes) writeFileSync(`${folder}${size.join("x")}.npy`, writeNpy(noiseSource(1)(0, samples, size)));
