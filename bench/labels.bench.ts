/** @file Label randomisation (Adebayo et al. 2018, section 4): maps of a network that learnt the labels, and of one that learnt shuffled ones by heart. */

import { environment } from "../src/cli/environment.js";
import { runtime } from "../src/cli/platform.js";
import { loadDataset } from "../src/data/sets.js";
import { first, take } from "../src/data/subsets.js";
import { comparedMaps, similarityOf } from "../src/evaluate/sanity/compare-maps.js";
import type { Mean } from "../src/evaluate/statistics/bootstrap.js";
import { methodMaps } from "../src/evaluate/trial/map-source.js";
import { createExplainer } from "../src/explain/explainer.js";
import { permutation, random } from "../src/foundation/random.js";
import type { FloatMap } from "../src/image/map/heatmap.js";
import { openModel } from "../src/model/open.js";
import type { Graph } from "../src/onnx/graph.js";
import { float32 } from "../src/onnx/tensor.js";
import { trainingSettings } from "../src/train/network/recipes.js";
import { trainNetwork } from "../src/train/train.js";

const [images, tested, epochs] = [1000, 100, 150];
const methods = ["grad-cam", "gradient", "gradient-x-input", "guided-backprop"];

const dataset = await loadDataset("mnist", { directory: environment().dataFolder }).catch(() => loadDataset("digits"));
const right = first(dataset.train, images);
const shuffled = { ...right, labels: take(right, permutation(images, random("labels"))).labels };

/** Without what keeps a network from learning by heart. */
async function trained(train: typeof right, seed: number): Promise<Graph> {
  const changes = { epochs, seed, learningRate: 2e-3, weightDecay: 0, labelSmoothing: 0, augmentation: null };
  const { graph, history } = await trainNetwork(train, undefined, 10, trainingSettings("classic", changes), {
    runtime,
  });
  console.log(`  seed ${seed}: ${(100 * (history.at(-1)?.trainAccuracy ?? 0)).toFixed(1)} % of the training labels`);
  return graph;
}

/** Of the test images' true classes. */
async function mapsOf(graph: Graph, method: string): Promise<FloatMap[]> {
  const explainer = await createExplainer(await openModel(graph, runtime), { runtime, method });
  const source = methodMaps(explainer);
  const maps: FloatMap[] = [];
  for (let i = 0; i < tested; i++) {
    const pixels = dataset.test.pixels.subarray(i * 784, (i + 1) * 784);
    const image = float32(
      [1, 1, 28, 28],
      Float32Array.from(pixels, (value) => value / 255),
    );
    maps.push(...(await source.maps(image, dataset.test.labels[i] as number, 1)));
  }
  await explainer.close();
  return maps;
}

console.log(`classic on ${images} images of ${dataset.name}, ${epochs} epochs; maps of ${tested} test images`);
console.log("labels as they are");
const [a, b] = [await trained(right, 1), await trained(right, 2)];
console.log("labels shuffled");
const c = await trained(shuffled, 1);
const text = (mean: Mean | null) =>
  mean ? `${mean.mean.toFixed(2)} (${mean.low?.toFixed(2)} to ${mean.high?.toFixed(2)})` : "none";
for (const method of methods) {
  const [own, again, other] = [await mapsOf(a, method), await mapsOf(b, method), await mapsOf(c, method)];
  for (const [name, maps] of [
    ["another seed", again],
    ["shuffled", other],
  ] as const) {
    const { rankCorrelation, ssim, blank } = similarityOf(comparedMaps(own, maps));
    console.log(`${method}, ${name}: rank correlation ${text(rankCorrelation)}, ssim ${text(ssim)}, blank ${blank}`);
  }
}
