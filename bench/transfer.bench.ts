/**
 * @file What the head on frozen features costs once they are computed, and whether it reaches a logistic regression on the same
 * features. `npm run bench -- transfer`; wants `FOVEA_DATA` (cats-dogs) and `FOVEA_MODELS`.
 */

import { join } from "node:path";
import { runtime } from "../src/cli/platform.js";
import { Job } from "../src/cli/terminal/job.js";
import { featureSource, photoRows } from "../src/cli/train/photo-rows.js";
import { loadPhotos } from "../src/data/photos/load-photos.js";
import type { Photo } from "../src/data/photos/photo.js";
import { loadModel } from "../src/explain/node.js";
import { preprocessingOf } from "../src/model/preprocessing.js";
import { floats } from "../src/onnx/tensor.js";
import { headSettings } from "../src/train/network/recipes.js";
import { feedExamples } from "../src/train/step/step-graph.js";
import { trainOnExamples } from "../src/train/train.js";
import { extractBackbone } from "../src/train/transfer/backbone.js";
import { measureFeatures, trainableHead } from "../src/train/transfer/head.js";
import { measureExamples } from "../src/train/validate.js";

const [models, data] = [process.env.FOVEA_MODELS, process.env.FOVEA_DATA];
if (!models || !data) throw new Error("FOVEA_MODELS and FOVEA_DATA: expected folders, got none");
const caffe = { scale: 1, mean: [104.007, 116.669, 122.679], std: [1, 1, 1], order: "bgr" } as const;
const path = join(models, "bvlc_googlenet/bvlc_googlenet.onnx");
const model = await loadModel(path, { runtime, preprocessing: caffe });
const backbone = extractBackbone(model);
const dataset = await loadPhotos(join(data, "cats-dogs"));
const named = { name: "bvlc_googlenet", path, file: path, model };
const source = await featureSource(named, preprocessingOf(model).preprocessing, backbone);
const rows = await photoRows(new Job(), dataset.photos, source);
await source.close();
const part = (split: Photo["split"]) => rows.examples(rows.photos.filter((photo) => photo.split === split));
const [train, test] = [part("train"), part("test")];
const scale = await measureFeatures(train);

async function table(examples: typeof train): Promise<number[][]> {
  const all = floats(await examples.read(Array.from({ length: examples.count }, (_, i) => i)));
  const { mean, deviation } = scale;
  return Array.from({ length: examples.count }, (_, i) =>
    Array.from(mean, (m, k) => ((all[i * mean.length + k] as number) - m) / (deviation[k] as number)),
  );
}

/** Logistic regression with the penalty |w|²/2C, by Nesterov's accelerated gradient until nothing changes. */
function logisticRegression(x: number[][], y: ArrayLike<number>, C: number): number[] {
  const width = (x[0] as number[]).length + 1;
  const rowsWithOne = x.map((row) => [...row, 1]);
  const norm = rowsWithOne.reduce((sum, row) => sum + row.reduce((s, v) => s + v * v, 0), 0);
  const rate = 1 / (1 + (C * norm) / 40);
  let [w, before] = [Array<number>(width).fill(0), Array<number>(width).fill(0)];
  for (let t = 1; t <= 4000; t++) {
    const look = w.map((value, k) => value + ((t - 1) / (t + 2)) * (value - (before[k] as number)));
    const gradient = look.map((value, k) => (k < width - 1 ? value : 0));
    rowsWithOne.forEach((row, i) => {
      const score = row.reduce((sum, v, k) => sum + v * (look[k] as number), 0);
      const error = C * (1 / (1 + Math.exp(-score)) - (y[i] as number));
      row.forEach((v, k) => {
        gradient[k] = (gradient[k] as number) + error * v;
      });
    });
    before = w;
    w = look.map((value, k) => value - rate * (gradient[k] as number));
  }
  return w;
}

const [xTrain, xTest] = [await table(train), await table(test)];
for (const C of [0.001, 0.01, 0.1, 1]) {
  const w = logisticRegression(xTrain, train.labels, C);
  const right = xTest.filter((row, i) => {
    const score = row.reduce((sum, v, k) => sum + v * (w[k] as number), w.at(-1) as number);
    return score > 0 === (test.labels[i] === 1);
  }).length;
  console.log(`logistic regression, C = ${C}: ${right} of ${test.count}`);
}
for (const seed of [1, 2, 3]) {
  const began = performance.now();
  const settings = headSettings("bvlc_googlenet", { seed });
  const trainable = trainableHead(scale, 2, settings);
  const { graph } = await trainOnExamples(trainable, { train }, settings, { runtime });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { accuracy } = await measureExamples(feedExamples(graph, trainable), test, runtime);
  console.log(`head, seed ${seed}: ${Math.round(accuracy * test.count)} of ${test.count}, trained in ${seconds} s`);
}
await rows.close();
