/** @file The parts of a score that do not come from the image: biases, and the shares of smooth functions. */

import { appendLocalGradients } from "../../../autodiff/differentiate.js";
import type { Builder } from "../../../onnx/builder.js";
import {
  type Dim,
  dimsOf,
  type Graph,
  type GraphNode,
  readsOf,
  typeOf,
  type Value,
  type ValueInfo,
} from "../../../onnx/graph.js";
import { ancestors } from "../../../onnx/prune.js";
import type { CamInputs } from "../../method.js";

/** Linear in values of the image, with a bias as the third input. */
const biased = new Set(["Conv", "ConvTranspose", "Gemm"]);
/** Homogeneous: f(ax) = a f(x) for a > 0. So are Mul and Div by constants. */
const homogeneous = new Set([
  ...["Relu", "LeakyRelu", "PRelu", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "Abs"],
  ...["Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather", "Expand", "Tile", "Neg"],
  ...["DepthToSpace", "SpaceToDepth", "Resize", "Upsample", "Identity", "Dropout", "Cast"],
  ...["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2"],
]);

/** The share of one node. */
export interface BiasShare {
  /** Where it is added. */
  readonly value: Value;
  /** The share of the score, of the value's shape; or, where it belongs to no place, as one number per image, [N]. */
  readonly share: Value;
  readonly placed: boolean;
}

/**
 * Of every node between image and scores Y: ∂y/∂Y ⊙ b with its bias b; for one without a bias that is not homogeneous, Y ⊙ ∂y/∂Y
 * less Σ X ⊙ ∂y/∂X over its inputs X, which is the implicit bias f(z) - f'(z)z of a smooth f (Srinivas and Fleuret 2019,
 * section 3.2). Together with x ⊙ ∂y/∂x all shares add up to y.
 */
export function biasShares(op: Builder, { model, scores, gradientsOf }: CamInputs): BiasShare[] {
  const [after, before] = [numbersBehind(op.graph, model.input.name), ancestors(op.graph, [scores])];
  const dependent = (node: GraphNode) => [...new Set(readsOf(node).filter((value) => after.has(value)))];
  const adding = op.graph.nodes.flatMap((node) => {
    const [value = ""] = node.outputs;
    return before.has(value) && after.has(value) && adds(node, after) ? [{ node, value }] : [];
  });
  const gradients = gradientsOf(adding.map(({ value }) => value));
  return adding.flatMap(({ node, value }, i) => {
    const gradient = gradients[i] as Value;
    if (biased.has(node.op)) {
      const share = op.Mul(gradient, biasOf(op, node, dimsOf(op.graph, value)?.length ?? 4));
      return [{ value, share, placed: true }];
    }
    const inputs = dependent(node);
    const local = appendLocalGradients(op, value, inputs, gradient);
    const sizes = (name: Value) => dimsOf(op.graph, name)?.join();
    const placed = sizes(value) !== undefined && inputs.every((input) => sizes(input) === sizes(value));
    const collected = (share: Value, of: Value) =>
      placed ? share : sumOfImage(op, share, dimsOf(op.graph, of), model.input);
    const passed = inputs.flatMap((input) => {
      const share = local.get(input);
      return share === undefined ? [] : [collected(op.Mul(input, share), input)];
    });
    const all = collected(op.Mul(value, gradient), value);
    return [{ value, share: passed.reduce((a, b) => op.Sub(a, b), all), placed }];
  });
}

/** The image and all real numbers that are computed from it; values of its sizes alone are constants. */
function numbersBehind(graph: Graph, image: Value): Set<Value> {
  const after = new Set([image]);
  for (const node of graph.nodes) {
    if (!readsOf(node).some((value) => after.has(value))) continue;
    for (const output of node.outputs) {
      if ((typeOf(graph, output)?.type ?? "float32") === "float32") after.add(output);
    }
  }
  return after;
}

/** Whether a node's output is not zero where its inputs are. */
function adds({ op, inputs }: GraphNode, after: ReadonlySet<Value>): boolean {
  if (homogeneous.has(op)) return false;
  if (biased.has(op)) return (inputs[2] ?? "") !== "";
  if (op === "MatMul" || op === "Mul") return inputs.every((input) => after.has(input));
  if (op === "Div") return after.has(inputs[1] ?? "");
  if (["Add", "Sub", "Sum", "Concat"].includes(op)) return inputs.some((input) => !after.has(input));
  return true;
}

/** The bias of a linear node in the shape of its output. */
function biasOf(op: Builder, { op: kind, inputs, attributes }: GraphNode, rank: number): Value {
  const [, , bias = ""] = inputs;
  if (kind !== "Gemm") return op.Unsqueeze(bias, op.ints(Array.from({ length: rank - 2 }, (_, i) => i + 1)));
  const beta = attributes.beta?.type === "float" ? attributes.beta.value : 1;
  return beta === 1 ? bias : op.Mul(bias, op.scalar(beta));
}

/** A value that has the sizes `dims`, summed over all but the images that it belongs to: [N]. */
export function sumOfImage(op: Builder, value: Value, dims: readonly Dim[] | undefined, image: ValueInfo): Value {
  const axis = dims?.indexOf(image.dims?.[0] ?? "") ?? 0;
  if (axis > 0) {
    const others = dims?.flatMap((_, i) => (i === axis ? [] : [i])) ?? [];
    return op.ReduceSum(value, op.ints(others), { keepdims: 0 });
  }
  // Rows of images one behind the other, if not the images themselves.
  const count = op.Shape(image.name, { start: 0, end: 1 });
  const rows = op.Reshape(value, op.Concat(count, op.ints([-1]), { axis: 0 }));
  return op.ReduceSum(rows, op.ints([1]), { keepdims: 0 });
}
