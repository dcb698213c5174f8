/**
 * @file Explanations by `fovea serve` for 32 clients, against the explainer's own throughput on the same photos, taken before and after.
 * A network of MobileNetV2's shape. `npm run build && npm run bench -- serve [seconds] [workers]`
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { runtime } from "../src/cli/platform.js";
import type { ImageExplainer } from "../src/explain/loaded-model.js";
import { loadModel } from "../src/explain/node.js";
import { writeModel } from "../src/onnx/write.js";
import { drawPhotos } from "./draw-photos.js";
import { shapes } from "./networks.js";

const [seconds, workers] = [Number(process.argv[2] ?? 60), process.argv[3]];
const clients = 32;
const folder = mkdtempSync(join(tmpdir(), "fovea-serve-"));
const network = join(folder, "network.onnx");
writeFileSync(network, writeModel(shapes["mobilenet-v2"]()));

/** Images per second. */
async function ownRate(explainer: ImageExplainer, photos: readonly string[]): Promise<number> {
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  const controller = new AbortController();
  function* again() {
    while (passed() < seconds / 2) yield* photos;
  }
  let done = 0;
  for await (const { error } of explainer.explainAll(again(), { batch: 8, signal: controller.signal })) {
    if (error) throw error;
    done++;
  }
  return done / passed();
}

async function startServer() {
  const main = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));
  const more = workers === undefined ? [] : ["--workers", workers];
  const child = spawn(process.execPath, [main, "serve", network, "--port", "0", ...more], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  for await (const text of child.stderr.iterator({ destroyOnReturn: false })) {
    told += text;
    const url = /listens at (\S+),/.exec(told)?.[1];
    if (told.includes("ready:") && url !== undefined) return { child, url };
  }
  throw new Error(told);
}

try {
  const photos = await drawPhotos(folder, 40);
  const explainer = await (await loadModel(network, { runtime })).explainer();
  const { child, url } = await startServer();
  const requests = photos.map((photo) => ({
    body: JSON.stringify({ instances: [{ image: { b64: readFileSync(photo).toString("base64") } }] }),
  }));
  const load = { url: `${url}/v1/models/network:explain`, method: "POST", connections: clients, requests };
  const serve = (duration: number) =>
    autocannon({ ...load, duration, headers: { "content-type": "application/json" } });
  await serve(3);
  const before = await ownRate(explainer, photos);
  const { latency, errors, non2xx, duration, "2xx": done } = await serve(seconds);
  const after = await ownRate(explainer, photos);
  const [own, served] = [(before + after) / 2, done / duration];
  console.log(
    `${clients} clients, ${seconds} s, photos of 640x480, MobileNetV2's shape, workers: ${workers ?? "default"}`,
  );
  console.log(`explainer's own: ${own.toFixed(1)} images/s (${before.toFixed(1)} before, ${after.toFixed(1)} after)`);
  console.log(`served:          ${served.toFixed(1)} images/s, ratio ${(served / own).toFixed(3)}`);
  console.log(`latency:         p50 ${latency.p50} ms, p99 ${latency.p99} ms; ${errors} errors, ${non2xx} refusals`);
  child.kill("SIGTERM");
  await once(child, "close");
} finally {
  rmSync(folder, { recursive: true });
}
