/** @file Checks that a global average follows a layer: with linear layers alone, as CAM asks for, or with anything behind it. */

import { type Dim, dimsOf, type GraphNode, ints as intsAttribute, readsOf, type Value } from "../../../onnx/graph.js";
import { ancestors, descendants } from "../../../onnx/prune.js";
import { isChannelsFirst } from "../../input/axis-order.js";
import type { Model } from "../../model.js";
import type { Layer } from "../layer.js";
import { axesOfLayout, type Layout } from "../layout.js";
import { placesBehind } from "../reach.js";
import { sizesOf } from "../sizes.js";

const averages = new Set(["GlobalAveragePool", "AveragePool", "ReduceMean"]);
const affine = new Set([
  ...["Identity", "Dropout", "BatchNormalization", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Concat"],
  ...["Gemm", "MatMul", "Conv", "Add", "Sub", "Mul", "Div", "Neg"],
]);
/** Linear in one of their inputs, if the others do not depend on the layer. */
const products = new Set(["Gemm", "MatMul", "Conv", "Mul", "Div"]);

/** The first node behind a layer that is neither an average over all places nor linear and alike at all places. */
export function findNonLinearHead(model: Model, layer: Layer): GraphNode | undefined {
  return findInHead(model, layer, false);
}

/**
 * As `findNonLinearHead`, but behind the average over all places anything may follow: the gradient at the layer is the same at
 * every place all the same, so that its mean over places says of each place what its own gradient says.
 */
export function findUnevenHead(model: Model, layer: Layer): GraphNode | undefined {
  return findInHead(model, layer, true);
}

/** @param onlyPlaces look no further than the places do */
function findInHead({ graph, scores }: Model, { name, layout }: Layer, onlyPlaces: boolean): GraphNode | undefined {
  const [after, before] = [descendants(graph, [name]), ancestors(graph, [scores])];
  const hasPlaces = placesBehind(graph, name, axesOfLayout(layout, sizesOf(graph, name) ?? []));
  return graph.nodes.find((node) => {
    const reads = readsOf(node).filter((value) => after.has(value));
    if (reads.length === 0 || !node.outputs.some((value) => before.has(value))) return false;
    if (onlyPlaces && !reads.some(hasPlaces)) return false;
    if (averages.has(node.op)) return node.outputs.some(hasPlaces);
    if (!affine.has(node.op) || (products.has(node.op) && reads.length > 1)) return true;
    if (!reads.some(hasPlaces)) return false;
    return !(node.outputs.every(hasPlaces) && isAlikeEverywhere(node, layout, (value) => dimsOf(graph, value)));
  });
}

/** Whether an affine node computes the same at every place. */
function isAlikeEverywhere(
  node: GraphNode,
  layout: Layout,
  dims: (value: Value) => readonly Dim[] | undefined,
): boolean {
  const isFirst = typeof layout === "string" && isChannelsFirst(layout);
  const channel = isFirst ? 1 - layout.length : -1;
  switch (node.op) {
    case "MatMul":
    case "Gemm":
      return !isFirst;
    case "Mul":
    case "Div":
      return node.inputs.some((value) => {
        const sizes = dims(value);
        return sizes?.every((size, axis) => size === 1 || axis === sizes.length + channel) ?? false;
      });
    case "Conv": {
      const isAll = (name: string, expected: number) =>
        (intsAttribute(node, name) ?? []).every((value) => value === expected);
      const kernel = dims(node.inputs[1] ?? "")?.slice(2) ?? [];
      return kernel.length > 0 && kernel.every((size) => size === 1) && isAll("strides", 1) && isAll("pads", 0);
    }
    default:
      return true;
  }
}
