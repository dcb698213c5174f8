/** @file Whether what follows a layer is a global average and linear layers, as CAM asks for. */

import { type Dim, dimsOf, type GraphNode, ints as intsAttribute, readsOf, type Value } from "../../onnx/graph.js";
import { ancestors, descendants } from "../../onnx/prune.js";
import type { Model } from "../model.js";
import type { Layer } from "./layer.js";
import { axesOfLayout, type Layout } from "./layout.js";
import { placesBehind } from "./reach.js";
import { sizesOf } from "./sizes.js";

const averages = new Set(["GlobalAveragePool", "AveragePool", "ReduceMean"]);
const affine = new Set([
  ...["Identity", "Dropout", "BatchNormalization", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Concat"],
  ...["Gemm", "MatMul", "Conv", "Add", "Sub", "Mul", "Div", "Neg"],
]);
/** Linear in one of their inputs, if the others do not depend on the layer. */
const products = new Set(["Gemm", "MatMul", "Conv", "Mul", "Div"]);

/** The first node between a layer and the scores that is neither an average over all places nor linear and alike at all places. */
export function firstBesideLinearHead({ graph, scores }: Model, { name, layout }: Layer): GraphNode | undefined {
  const [after, before] = [descendants(graph, [name]), ancestors(graph, [scores])];
  const hasPlaces = placesBehind(graph, name, axesOfLayout(layout, sizesOf(graph, name) ?? []));
  return graph.nodes.find((node) => {
    const read = readsOf(node).filter((value) => after.has(value));
    if (read.length === 0 || !node.outputs.some((value) => before.has(value))) return false;
    const places = read.some(hasPlaces);
    if (averages.has(node.op)) return node.outputs.some(hasPlaces);
    if (!affine.has(node.op) || (products.has(node.op) && read.length > 1)) return true;
    if (!places) return false;
    return !(node.outputs.every(hasPlaces) && isAlikeEverywhere(node, layout, (value) => dimsOf(graph, value)));
  });
}

/** Whether an affine node does the same at every place. */
function isAlikeEverywhere(
  node: GraphNode,
  layout: Layout,
  dims: (value: Value) => readonly Dim[] | undefined,
): boolean {
  const channel = layout === "nchw" ? -3 : -1;
  switch (node.op) {
    case "MatMul":
    case "Gemm":
      return layout !== "nchw";
    case "Mul":
    case "Div":
      return node.inputs.some((value) => {
        const sizes = dims(value);
        return sizes?.every((size, axis) => size === 1 || axis === sizes.length + channel) ?? false;
      });
    case "Conv": {
      const alone = (name: string, only: number) => (intsAttribute(node, name) ?? []).every((value) => value === only);
      const kernel = dims(node.inputs[1] as Value)?.slice(2) ?? [];
      return kernel.length > 0 && kernel.every((size) => size === 1) && alone("strides", 1) && alone("pads", 0);
    }
    default:
      return true;
  }
}
