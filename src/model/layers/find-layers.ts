/** @file Finds the feature maps of a network that can be explained. */

import { dimsOf, typeOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import type { Layer } from "./layer.js";
import { type GridOptions, gridOf, type Layout, layoutsOf } from "./layout.js";
import { quantizationOf } from "./quantization.js";
import { rearrangedFrom } from "./rearranged.js";

/**
 * All feature maps of more than one place between image and scores, in order of computation. Scores with places, such as those of a
 * segmentation, are none, also before they are resized or moved.
 */
export function explainableLayers(model: Model, options: GridOptions = {}): Layer[] {
  const { graph, input, scores } = model;
  const before = ancestors(graph, [scores]);
  const layouts = layoutsOf(graph, input.name, options);
  const scoreCopies = new Set(
    layouts.has(scores)
      ? rearrangedFrom(graph, scores)
      : graph.nodes.flatMap(({ op, inputs, outputs }) => (op === "Identity" && outputs[0] === scores ? inputs : [])),
  );
  return layersIn(model, layouts).filter(({ name }) => name !== scores && !scoreCopies.has(name) && before.has(name));
}

/**
 * All values of more than one place that depend on the image, in order of computation, whether the scores read them or not: real
 * numbers, and whole ones that stand for real numbers.
 */
export function layersIn({ graph, input }: Model, layouts: ReadonlyMap<Value, Layout>): Layer[] {
  const after = descendants(graph, [input.name]);
  return graph.nodes.flatMap((node) => {
    const [name = ""] = node.outputs;
    const [layout, dims] = [layouts.get(name), dimsOf(graph, name)];
    if (layout === undefined || dims === undefined || !after.has(name)) return [];
    if (gridOf(layout, dims).sizes.every((size) => size === 1)) return [];
    const layer = { name, node: node.name, op: node.op, dims, layout };
    if (typeOf(graph, name)?.type === "float32") return [layer];
    const quantization = quantizationOf(graph, name);
    return quantization ? [{ ...layer, quantization }] : [];
  });
}
