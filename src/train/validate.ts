/** @file Runs a trained network over labelled images. */

import type { Examples, LabelledImages } from "../data/dataset.js";
import { at, present } from "../foundation/present.js";
import type { Graph } from "../onnx/graph.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";

/** Probabilities of every image, [count, classes]. */
export function predictAll(
  graph: Graph,
  images: LabelledImages,
  runtime: Runtime,
  batchSize = 256,
): Promise<Float32Array> {
  const readBatch = async (first: number, count: number) => scaleImages(images, first, count);
  return predictBatches(graph, readBatch, { count: images.count, runtime, batchSize });
}

async function predictBatches(
  graph: Graph,
  readBatch: (first: number, count: number) => Promise<Tensor>,
  { count, runtime, batchSize = 256 }: { count: number; runtime: Runtime; batchSize?: number },
): Promise<Float32Array> {
  const session = await runtime.open(graph);
  const [input, output] = [at(session.inputs, 0).name, at(session.outputs, 0).name];
  const parts: Float32Array[] = [];
  try {
    for (let first = 0; first < count; first += batchSize) {
      const results = await session.run({ [input]: await readBatch(first, Math.min(batchSize, count - first)) });
      parts.push(floats(present(results[output], output)));
    }
  } finally {
    await session.close();
  }
  return concatenate(parts);
}

/** Images [first, first + count) as the network's input: float32 [count, C, H, W] in 0..1. */
export function scaleImages({ pixels, channels, height, width }: LabelledImages, first: number, count: number): Tensor {
  const size = channels * height * width;
  const values = new Float32Array(count * size);
  for (let i = 0; i < values.length; i++) values[i] = (pixels[first * size + i] as number) / 255;
  return float32([count, channels, height, width], values);
}

/** Mean cross-entropy and accuracy of a network that takes pixels as 0..1 and returns probabilities. */
export async function measureAccuracy(graph: Graph, images: LabelledImages, runtime: Runtime): Promise<Accuracy> {
  const probabilities = await predictAll(graph, images, runtime);
  return measure(probabilities, images.labels, images.count);
}

/** The same of a network that takes examples as they are read. */
export async function measureExamples(graph: Graph, examples: Examples, runtime: Runtime): Promise<Accuracy> {
  const { count, labels } = examples;
  const readBatch = (first: number, size: number) => examples.read(Array.from({ length: size }, (_, i) => first + i));
  return measure(await predictBatches(graph, readBatch, { count, runtime }), labels, count);
}

export interface Accuracy {
  /** Mean cross-entropy. */
  readonly loss: number;
  readonly accuracy: number;
}

/** One probability per image is that of the second of two classes. */
function measure(probabilities: Float32Array, labels: ArrayLike<number>, count: number): Accuracy {
  const width = probabilities.length / count;
  let [loss, correct] = [0, 0];
  for (let i = 0; i < count; i++) {
    const scores = probabilities.subarray(i * width, (i + 1) * width);
    const row = width === 1 ? Float32Array.of(1 - at(scores, 0), at(scores, 0)) : scores;
    const label = at(labels, i);
    loss -= Math.log(Math.max(at(row, label), 1e-12));
    if (row.indexOf(Math.max(...row)) === label) correct++;
  }
  return { loss: loss / count, accuracy: correct / count };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
