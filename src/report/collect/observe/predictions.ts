/** @file The classes that a model predicts for inputs. */

import type { Explainer } from "../../../explain/options.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";

/** The class with the highest probability of each image. */
export async function predictionsOf(explainer: Pick<Explainer, "classify">, input: Tensor): Promise<number[]> {
  const probabilities = await explainer.classify(input);
  const [count = 0, classes = 1] = probabilities.dims;
  const rows = floats(probabilities);
  return Array.from({ length: count }, (_, i) => {
    const row = rows.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(row.reduce((most, value) => Math.max(most, value)));
  });
}
