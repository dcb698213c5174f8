/** @file The network without what neither the explained layer nor the scores need, for methods that ask for nothing else. */

import type { Model } from "../../model/model.js";
import type { Graph, Value } from "../../onnx/graph.js";
import { foldConvolutions } from "../../onnx/rewrite/fold/fold-convolutions.js";
import { narrowRows } from "../../onnx/rewrite/narrow/narrow-rows.js";
import type { CamMethod } from "../method.js";
import type { AppendMethodOptions } from "./append-method.js";

/** The model's graph, or one that gives the same activations of the layer, the same scores, and the same gradients. */
interface LeanNetwork {
  readonly graph: Graph;
  /** Values that the scores no longer go through. */
  readonly replaced: ReadonlySet<Value>;
}

function leanNetwork({ graph, scores }: Model, layer: Value): LeanNetwork {
  const folded = foldConvolutions(graph, [layer, scores]);
  const narrowed = narrowRows(folded.graph, scores, [layer]);
  return {
    graph: narrowed?.graph ?? folded.graph,
    replaced: new Set([...folded.replaced, ...(narrowed?.replaced ?? [])]),
  };
}

/**
 * Makes something over the lean network; or over the model's own graph, where the method asks for gradients of values that the other
 * goes around, or for gradients by rules of its own, which may look at every layer.
 * @param make appends the method; it may be called twice
 */
export function overLeanNetwork<Method extends CamMethod, Made>(
  what: AppendMethodOptions<Method>,
  make: (network: Graph, what: AppendMethodOptions<Method>) => Made,
): Made {
  const lean = leanNetwork(what.model, what.layer.name);
  if (lean.graph === what.model.graph) return make(lean.graph, what);
  let asksForMore = false;
  const onGradients = (values: readonly Value[], byOwnRules: boolean) => {
    asksForMore ||= byOwnRules || values.some((value) => lean.replaced.has(value));
  };
  const made = make(lean.graph, { ...what, onGradients });
  return asksForMore ? make(what.model.graph, what) : made;
}
