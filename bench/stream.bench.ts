/**
 * @file A thousand photos through one explainer: throughput against plain inference that decodes the same files, and memory.
 * GoogLeNet of `$FOVEA_MODELS` if that is set, else a network of its size. `npm run bench -- stream [images] [batch]`
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "../src/cli/platform.js";
import type { ImageExplainer } from "../src/explain/loaded-model.js";
import { loadModel } from "../src/explain/node.js";
import { mapAhead } from "../src/foundation/map-ahead.js";
import { random } from "../src/foundation/random.js";
import { quantile } from "../src/foundation/timing.js";
import { Builder } from "../src/onnx/builder.js";
import type { Graph, Value } from "../src/onnx/graph.js";
import { float32, type Tensor } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";
import { drawPhotos } from "./draw-photos.js";

const [count, batch] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 8)];
const source = random(1);
const folder = mkdtempSync(join(tmpdir(), "fovea-stream-"));
const zoo = process.env.FOVEA_MODELS;
const path = zoo ? join(zoo, "bvlc_googlenet/bvlc_googlenet.onnx") : join(folder, "network.onnx");

try {
  if (!zoo) writeFileSync(path, writeModel(network()));
  const photos = await drawPhotos(folder, 40);
  const images = Array.from({ length: count }, (_, i) => photos[i % photos.length] as string);
  const model = await loadModel(path, { runtime });
  const explainer = await model.explainer();
  const plain = await runtime.open(model.graph);

  const infer = async (paths: readonly string[]) => {
    const pictures = mapAhead(paths, batch, (each) => model.readImage(each));
    for (let left = paths.length; left > 0; left -= batch) {
      const inputs = await Promise.all(Array.from({ length: Math.min(batch, left) }, () => pictures.next()));
      const tensors = inputs.map(({ value }) => value.input as Tensor);
      await plain.run({ [model.input.name]: stacked(tensors) });
    }
  };
  const size = 5 * batch;
  const blocks = Array.from({ length: Math.floor(count / size) }, (_, i) => images.slice(i * size, (i + 1) * size));
  const rates = { inference: [] as number[], explaining: [] as number[], ratio: [] as number[] };
  for (const block of blocks) {
    const inference = block.length / (await seconds(() => infer(block)));
    const explaining = block.length / (await seconds(() => explain(explainer, block)));
    rates.inference.push(inference);
    rates.explaining.push(explaining);
    rates.ratio.push(explaining / inference);
  }
  console.log(`${count} photos of 640x480, batch ${batch}, ${zoo ? "GoogLeNet" : "random network"}`);
  console.log("medians and quartiles; images per second");
  for (const [name, values] of Object.entries(rates)) {
    const [middle, low, high] = [0.5, 0.25, 0.75].map((share) => quantile(values, share).toFixed(2));
    console.log(`${name.padEnd(11)} ${middle} (${low} to ${high})`);
  }
  const peaks = await explain(explainer, images);
  console.log(`peak RSS per quarter, MiB: ${peaks.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(", ")}`);
  console.log(`last / second: ${((peaks[3] as number) / (peaks[1] as number)).toFixed(3)}`);
} finally {
  rmSync(folder, { recursive: true });
}

function stacked(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  const all = new Float32Array(first.size * tensors.length);
  for (const [i, tensor] of tensors.entries()) all.set(tensor.data as Float32Array, i * first.size);
  return float32([tensors.length, ...first.dims.slice(1)], all);
}

async function seconds(job: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await job();
  return (performance.now() - began) / 1000;
}

/** Explains everything; the largest resident memory in each quarter. */
async function explain(explainer: ImageExplainer, paths: readonly string[]): Promise<number[]> {
  const peaks = [0, 0, 0, 0];
  let done = 0;
  for await (const { error } of explainer.explainAll(paths, { batch })) {
    if (error) throw error;
    const quarter = Math.floor((4 * done++) / paths.length);
    peaks[quarter] = Math.max(peaks[quarter] as number, process.memoryUsage.rss());
  }
  return peaks;
}

/** Convolutions of 3x3 with random weights, about 2 billion multiplications: GoogLeNet's cost. */
function network(): Graph {
  const op = new Builder();
  let value: Value = op.input("x", "float32", ["N", 3, 224, 224]);
  let channels = 3;
  const weights = (dims: number[], fan: number) =>
    op.constant(
      float32(
        dims,
        Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => source.normal() * (2 / fan) ** 0.5),
      ),
    );
  for (const [out, stride] of [
    [32, 2],
    [64, 2],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [256, 1],
  ] as const) {
    const options = { pads: [1, 1, 1, 1], strides: [stride, stride] };
    value = op.Relu(op.Conv(value, weights([out, channels, 3, 3], channels * 9), undefined, options));
    channels = out;
  }
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(value)), weights([channels, 1000], channels)), "y");
  return op.graph;
}
