/** @file What a trained network answers to a set of images. */

import { at, present } from "../../foundation/present.js";
import type { Graph } from "../../onnx/graph.js";
import { floats } from "../../onnx/tensor.js";
import { largestOfRows } from "../answers.js";
import type { ImageSet } from "../subject.js";
import type { TrainerParts } from "./trainer/kind.js";

/** Images in one run. */
const batch = 64;

/** The class with the highest probability of each image. @param graph from the model's input to probabilities */
export async function networkAnswers(
  graph: Graph,
  images: ImageSet,
  {
    runtime,
    input,
    oneByOne,
    signal,
  }: TrainerParts & { readonly oneByOne: boolean; readonly signal?: AbortSignal | undefined },
): Promise<number[]> {
  const session = await runtime.open(graph);
  const [from, to] = [at(session.inputs, 0).name, at(session.outputs, 0).name];
  const answers: number[] = [];
  const perRun = oneByOne ? 1 : batch;
  try {
    for (let first = 0; first < images.count; first += perRun) {
      signal?.throwIfAborted();
      const indices = Array.from({ length: Math.min(perRun, images.count - first) }, (_, i) => first + i);
      const results = await session.run({ [from]: await input(await images.read(indices)) });
      answers.push(...classesOf(floats(present(results[to], to)), indices.length));
    }
  } finally {
    await session.close();
  }
  return answers;
}

/** One probability for each image is that of the second of two classes. */
function classesOf(probabilities: Float32Array, count: number): number[] {
  if (probabilities.length === count) return Array.from(probabilities, (value) => (value > 0.5 ? 1 : 0));
  return largestOfRows(probabilities, probabilities.length / count);
}
