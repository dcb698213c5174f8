/** @file Runs a trained network over labelled images. */

import type { LabelledImages } from "../data/dataset.js";
import { float32, floats, type Graph, type Tensor } from "../onnx/index.js";
import type { Runtime } from "../runtime/index.js";

/** Probabilities of every image, [count, classes]. */
export async function predictAll(
  graph: Graph,
  images: LabelledImages,
  runtime: Runtime,
  batchSize = 256,
): Promise<Float32Array> {
  const session = await runtime.open(graph);
  const [input, output] = [session.inputs[0]?.name as string, session.outputs[0]?.name as string];
  const parts: Float32Array[] = [];
  for (let first = 0; first < images.count; first += batchSize) {
    const count = Math.min(batchSize, images.count - first);
    const results = await session.run({ [input]: scaledImages(images, first, count) });
    parts.push(floats(results[output] as Tensor));
  }
  await session.close();
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Images [first, first + count) as the network's input: float32 [count, C, H, W] in 0..1. */
export function scaledImages(
  { pixels, channels, height, width }: LabelledImages,
  first: number,
  count: number,
): Tensor {
  const size = channels * height * width;
  const values = new Float32Array(count * size);
  for (let i = 0; i < values.length; i++) values[i] = (pixels[first * size + i] as number) / 255;
  return float32([count, channels, height, width], values);
}

/** Mean cross-entropy and accuracy of a network that returns probabilities. */
export async function measureAccuracy(graph: Graph, images: LabelledImages, runtime: Runtime) {
  const probabilities = await predictAll(graph, images, runtime);
  const classes = probabilities.length / images.count;
  let [loss, correct] = [0, 0];
  for (let i = 0; i < images.count; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const label = images.labels[i] as number;
    loss -= Math.log(Math.max(row[label] as number, 1e-12));
    if (row.indexOf(Math.max(...row)) === label) correct++;
  }
  return { loss: loss / images.count, accuracy: correct / images.count };
}
