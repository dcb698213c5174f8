/** @file The score of a class with a layer set to zero: what the network says without it. */

import { float32, type Tensor } from "../../onnx/tensor.js";
import type { Explainer } from "../options.js";
import { BehindLayer } from "./behind-layer.js";

/**
 * y with A = 0: the biases of what lies behind the layer, and what passes around it.
 * @param image one, [1, ...]
 */
export async function scoreWithoutLayer(explainer: Explainer, image: Tensor, classIndex: number): Promise<number> {
  const behind = await BehindLayer.open(explainer, explainer.options);
  try {
    const { scores } = await behind.scores(image, zero);
    return scores[classIndex] ?? Number.NaN;
  } finally {
    await behind.close();
  }
}

/** A layer of zeros. */
export function zero({ dims, size }: Tensor): Tensor {
  return float32(dims, new Float32Array(size));
}
