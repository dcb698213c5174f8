/**
 * @file From the start of the process to the written picture: `fovea explain photo.png`, with SqueezeNet 1.1 of `$FOVEA_MODELS`
 * if that is set, else with the embedded model. `npm run build && npm run bench -- start`
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "../src/foundation/random.js";
import { quantile } from "../src/foundation/timing.js";
import { encodePng } from "../src/image/node.js";

const main = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-start-"));
const zoo = process.env.FOVEA_MODELS;
const source = random(1);
try {
  const [width, height] = [640, 480];
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i >> 12) + source.below(30));
  const photo = join(folder, "photo.png");
  writeFileSync(photo, await encodePng({ width, height, channels: 3, pixels }));
  const model = zoo ? ["--model", join(zoo, "squeezenet1.1/squeezenet1.1.onnx")] : [];
  const seconds = Array.from({ length: 11 }, () => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [main, "explain", photo, ...model], { encoding: "utf8" });
    if (status !== 0) throw new Error(`fovea explain: expected exit code 0, got ${status}: ${stderr}`);
    return (performance.now() - began) / 1000;
  });
  const [middle, low, high] = [0.5, 0, 1].map((share) => quantile(seconds, share).toFixed(2));
  console.log(
    `${zoo ? "SqueezeNet 1.1" : "embedded model"}, ${width}x${height} photo: ${middle} s (${low} to ${high})`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
