/** @file The score of a class with a layer set to zero: what the network says without it. */

import { findCut } from "../../model/layers/cut.js";
import { Batches } from "../../model/run/batches.js";
import { appendScores } from "../../model/run/classifier.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Explainer } from "../options.js";

/**
 * y with A = 0: the biases of what lies behind the layer, and what passes around it.
 * @param image one, [1, ...]
 */
export async function scoreWithoutLayer(
  { model, layer, options: { runtime } }: Explainer,
  image: Tensor,
  classIndex: number,
): Promise<number> {
  const op = new Builder(copyGraph(model.graph));
  const { scores } = appendScores(op, model);
  const cut = findCut(op.graph, layer.name, [scores]);
  const front = await runtime.open(prune(op.graph, cut));
  const tail = await runtime.open(prune(op.graph, [scores], cut));
  try {
    const [result] = await new Batches(model).run(image, async (part) => {
      const passed = await front.run({ [model.input.name]: part });
      const { dims = [], size = 0 } = passed[layer.name] ?? {};
      return [await tail.run({ ...passed, [layer.name]: float32(dims, new Float32Array(size)) })];
    });
    return floats(result?.[scores] as Tensor)[classIndex] ?? Number.NaN;
  } finally {
    await front.close();
    await tail.close();
  }
}
