/** @file One explanation, for tests of single methods. */

import {
  createExplainer,
  type ExplainerOptions,
  type ExplainOptions,
  type Explanation,
} from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import type { Graph } from "../../../src/onnx/graph.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import { nodeRuntime } from "../../../src/runtime/node.js";

export async function explained(
  graph: Graph,
  method: string,
  input: Tensor,
  { classes = [0], progress, signal, ...options }: Partial<ExplainerOptions> & ExplainOptions = {},
): Promise<Explanation> {
  const model = await openModel(graph, nodeRuntime);
  const include = ["attribution"] as const;
  const explainer = await createExplainer(model, { runtime: nodeRuntime, method, include, ...options });
  try {
    return await explainer.explain(input, { classes, progress, signal });
  } finally {
    await explainer.close();
  }
}
