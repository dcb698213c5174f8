/**
 * @file What a child process costs: explanations by `createIsolatedPlatform` beside those of this process, in turn, the start of the
 * process, and whether the maps are the same bits. `npm run build && npm run bench -- isolate`
 */

import { readFileSync } from "node:fs";
import type * as doors from "../src/doors/node.js";
import { random } from "../src/foundation/random.js";
import { paired, quantile } from "../src/foundation/timing.js";
import { float32, type Tensor } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";
import { shapes } from "./networks.js";

// A child process runs files of JavaScript.
const { createIsolatedPlatform, createNodePlatform, embeddedModelPath, loadModel }: typeof doors = await import(
  new URL("../dist/doors/node.js", import.meta.url).href
);

const networks = {
  compact: { source: new Uint8Array(readFileSync(embeddedModelPath)), dims: [1, 1, 28, 28] },
  "mobilenet-v2": { source: writeModel(shapes["mobilenet-v2"]()), dims: [1, 3, 224, 224] },
} as const;

function noise(dims: readonly number[]): Tensor {
  const source = random(1);
  const size = dims.reduce((product, dim) => product * dim, 1);
  return float32(
    dims,
    Float32Array.from({ length: size }, () => source.normal()),
  );
}

/** Milliseconds until a model is loaded and has classified one image, with a platform of its own. */
async function start(source: Uint8Array, image: Tensor, isolated: boolean): Promise<number> {
  const began = performance.now();
  const platform = isolated ? createIsolatedPlatform() : createNodePlatform();
  const classifier = (await loadModel(source, { platform })).classifier();
  await classifier.classify(image);
  const milliseconds = performance.now() - began;
  await classifier.close();
  if ("close" in platform && typeof platform.close === "function") await platform.close();
  return milliseconds;
}

console.log("network       job          in process ms   in a child ms   ratio (quartiles)   same bits");
for (const [name, { source, dims }] of Object.entries(networks)) {
  const image = noise(dims);
  const isolated = createIsolatedPlatform();
  const platforms = [createNodePlatform(), isolated];
  const models = await Promise.all(platforms.map((platform) => loadModel(source, { platform })));
  const classifiers = models.map((model) => model.classifier());
  const explainers = await Promise.all(models.map((model) => model.explainer()));
  const jobs = {
    inference: classifiers.map((classifier) => async () => (await classifier.classify(image)).bytes),
    explanation: explainers.map((explainer) => async () => (await explainer.explain(image)).maps.bytes),
  };
  for (const [job, [first, second]] of Object.entries(jobs)) {
    if (first === undefined || second === undefined) throw new Error("internal: two platforms");
    const same = Buffer.compare(await first(), await second()) === 0;
    const times = await paired(first, second);
    const columns = [times.first.toFixed(2).padStart(10), times.second.toFixed(2).padStart(15)];
    const ratio = `${times.ratio.toFixed(2)} (${times.low.toFixed(2)} to ${times.high.toFixed(2)})`;
    console.log(`${name.padEnd(13)} ${job.padEnd(12)} ${columns.join(" ")}   ${ratio.padStart(19)}   ${same}`);
  }
  const starts: number[][] = [];
  for (let i = 0; i < 9; i++) starts.push([await start(source, image, false), await start(source, image, true)]);
  const [own, child] = [0, 1].map((which) =>
    quantile(
      starts.map((pair) => pair[which] as number),
      0.5,
    ),
  );
  console.log(
    `${name.padEnd(13)} ${"first score".padEnd(12)} ${own?.toFixed(0).padStart(10)} ${child?.toFixed(0).padStart(15)}`,
  );
  await isolated.close();
}
