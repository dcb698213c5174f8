/** @file One explanation, for tests of single methods. */

import { createExplainer } from "../../../src/explain/explainer.js";
import type { Explanation } from "../../../src/explain/explanation.js";
import type { ExplainerOptions, ExplainOptions } from "../../../src/explain/options.js";
import { openModel } from "../../../src/model/open.js";
import type { Graph } from "../../../src/onnx/graph.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

export async function explained(
  graph: Graph,
  method: string,
  input: Tensor,
  { classes = [0], progress, signal, ...options }: Partial<ExplainerOptions> & ExplainOptions = {},
): Promise<Explanation> {
  const model = await openModel(graph, runtime);
  const include = ["attribution"] as const;
  const explainer = await createExplainer(model, { runtime, method, include, ...options });
  try {
    return await explainer.explain(input, { classes, progress, signal });
  } finally {
    await explainer.close();
  }
}
