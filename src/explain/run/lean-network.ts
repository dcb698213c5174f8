/** @file The network without what neither the explained layer nor the scores need, for methods that ask for nothing else. */

import type { Model } from "../../model/model.js";
import type { Graph, Value } from "../../onnx/graph.js";
import { foldConvolutions } from "../../onnx/rewrite/fold/fold-convolutions.js";
import { narrowRows } from "../../onnx/rewrite/narrow/narrow-rows.js";

/** The model's graph, or one that gives the same activations of the layer, the same scores, and the same gradients. */
interface LeanNetwork {
  readonly graph: Graph;
  /** Values that the scores no longer go through. */
  readonly replaced: ReadonlySet<Value>;
}

/** As often as one narrowing makes another possible: of packed projections, and of the tokens of one of them. */
const mostNarrowings = 4;

function leanNetwork({ graph, scores }: Model, layer: Value): LeanNetwork {
  let lean: LeanNetwork = foldConvolutions(graph, [layer, scores]);
  for (let i = 0; i < mostNarrowings; i++) {
    const narrowed = narrowRows(lean.graph, scores, [layer]);
    if (narrowed === undefined) break;
    lean = { graph: narrowed.graph, replaced: new Set([...lean.replaced, ...narrowed.replaced]) };
  }
  return lean;
}

/** Is told of the values whose gradients a method asks for, and whether by rules of its own. */
export type OnGradients = (values: readonly Value[], byOwnRules: boolean) => void;

/**
 * Makes something over the lean network; or over the model's own graph, where the method asks for gradients of values that the other
 * goes around, or for gradients by rules of its own, which may look at every layer.
 * @param make appends the method; it may be called twice
 */
export function overLeanNetwork<Made>(
  model: Model,
  layer: Value,
  make: (network: Graph, onGradients?: OnGradients) => Made,
): Made {
  const lean = leanNetwork(model, layer);
  if (lean.graph === model.graph) return make(lean.graph);
  let asksForMore = false;
  const made = make(lean.graph, (values, byOwnRules) => {
    asksForMore ||= byOwnRules || values.some((value) => lean.replaced.has(value));
  });
  return asksForMore ? make(model.graph) : made;
}
