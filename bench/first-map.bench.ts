/**
 * @file The first map of a model of 100 MB, from its file, against a session of onnxruntime that is opened from the same file and nothing
 * more; in turn, in one process. `npm run bench -- first-map`; a number of rounds may follow, and the shape of another network.
 */

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { loadModel } from "../src/explain/node.js";
import { random } from "../src/foundation/random.js";
import { quantile } from "../src/foundation/timing.js";
import { sizeOf, Tensor } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";
import { shapes } from "./networks.js";

const [rounds = "15", shape = "resnet50"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "fovea-first-map-"));
const source = random(1);

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

try {
  const build = Object.entries(shapes).find(([name]) => name === shape)?.[1];
  if (build === undefined) throw new Error(`expected one of ${Object.keys(shapes).join(", ")}, got ${shape}`);
  const file = join(folder, "model.onnx");
  writeFileSync(file, writeModel(build()));
  const dims = [1, 3, 224, 224];
  const image = new Tensor(
    "float32",
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => source.normal()),
  );
  const open = async () => {
    const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
    await session.release();
  };
  const explain = async () => {
    const explainer = await (await loadModel(file)).explainer();
    await explainer.explain(image);
    await explainer.close();
  };
  const cold = await millisecondsOf(explain);
  await millisecondsOf(open);
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < Number(rounds); i++) pairs.push([await millisecondsOf(open), await millisecondsOf(explain)]);
  const middle = (values: readonly number[]) => quantile(values, 0.5);
  const [opened, explained] = [middle(pairs.map(([a]) => a)), middle(pairs.map(([, b]) => b))];
  const ratio = middle(pairs.map(([a, b]) => b / a));
  const size = Math.round(statSync(file).size / 1e6);
  console.log(`${shape}, ${size} MB: opened in ${opened.toFixed(0)} ms, first map after ${explained.toFixed(0)} ms`);
  console.log(`first map ${ratio.toFixed(2)} times opening; the very first of the process ${cold.toFixed(0)} ms`);
} finally {
  rmSync(folder, { recursive: true });
}
