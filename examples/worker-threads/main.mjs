/** @file All cores: `node main.mjs model.onnx photo.jpg ...` shares the photos among worker threads. */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

const [model, ...photos] = process.argv.slice(2);
const count = Math.min(availableParallelism(), photos.length);
for (let first = 0; first < count; first++) {
  const share = photos.filter((_, i) => i % count === first);
  const worker = new Worker(new URL("worker.mjs", import.meta.url), { workerData: { model, photos: share } });
  worker.on("message", ({ source, label, map, error }) => {
    if (error) console.error(error);
    else console.log(`${source}: ${label}, map of ${map.width}x${map.height}`);
  });
}
