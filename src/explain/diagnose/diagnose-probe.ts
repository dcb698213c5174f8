/** @file All inner values of a network for one image, and the gradient at each value between a layer and the scores. */

import { differentiate } from "../../autodiff/differentiate.js";
import { filledUp, rowsOf } from "../../model/run/batches.js";
import { appendScores } from "../../model/run/classifier.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, type GraphNode, readsOf, typeOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants, prune } from "../../onnx/prune.js";
import { floats, int64, type Tensor } from "../../onnx/tensor.js";
import type { Explainer } from "../options.js";
import { appendSeed } from "../run/append-target.js";

export interface Probe {
  /** The network, with its scores as [1, classes]. */
  readonly graph: Graph;
  /** The nodes between layer and scores, in order of computation. */
  readonly behind: readonly GraphNode[];
  /** Every float32 value that the scores depend on. */
  readonly values: ReadonlyMap<Value, Float32Array>;
  /** The gradient of the class's score at the layer and at every value behind it. */
  readonly gradients: ReadonlyMap<Value, Float32Array>;
}

/**
 * Runs the network once, node by node, and keeps everything: for a look at a map that cannot be read, not for every map.
 * @param image the model's input, batch of 1
 */
export async function probe(explainer: Explainer, image: Tensor, index: number): Promise<Probe> {
  const { model, layer, options } = explainer;
  const op = new Builder(copyGraph(model.graph));
  const { scores } = appendScores(op, model);
  const images = filledUp(model, image);
  const classes = Array<number>(images.dims[0] ?? 1).fill(index);
  const seed = appendSeed(op, scores, op.constant(int64(classes)), options.against ?? false);
  const before = ancestors(op.graph, [scores]);
  const after = descendants(op.graph, [layer.name]);
  const isFloat = (value: Value) => value !== "" && typeOf(op.graph, value)?.type === "float32";
  const values = model.graph.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((value) => before.has(value) && isFloat(value));
  const path = values.filter((value) => after.has(value));
  const { graph, gradients } = differentiate(op.graph, { of: scores, wrt: path, seed });
  const session = await options.runtime.open(prune(graph, [...values, ...gradients.values()]), { optimize: false });
  try {
    const results = await session.run({ [model.input.name]: images });
    const read = (value: Value) => {
      const tensor = tensorNamed(results, value);
      return floats(tensor.dims[0] === classes.length ? rowsOf(tensor, 0, 1) : tensor);
    };
    return {
      graph: op.graph,
      behind: op.graph.nodes.filter(
        (node) => readsOf(node).some((value) => after.has(value)) && node.outputs.some((value) => before.has(value)),
      ),
      values: new Map(values.map((value) => [value, read(value)])),
      gradients: new Map([...gradients].map(([value, gradient]) => [value, read(gradient)])),
    };
  } finally {
    await session.close();
  }
}
