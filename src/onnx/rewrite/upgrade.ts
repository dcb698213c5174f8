/** @file Raises operators of older opsets to the forms of opset 18, once, when a model is read. */

import { FoveaError } from "../../foundation/error.js";
import { Builder } from "../builder.js";
import { dimsOf, emittedOpset, type Graph, type GraphNode, int, ints, producers } from "../graph.js";
import { float32, int64, type Tensor } from "../tensor.js";

/** The oldest opset that is understood. */
const oldestOpset = 7;
/** From this one on every operator has its present form. */
const presentOpset = 21;

interface Raise {
  /** The opset from which on the operator has the present form. */
  readonly since: number;
  /** The same node in its present form; nodes that it needs before it are appended to the builder's graph. */
  readonly to: (op: Builder, node: GraphNode) => GraphNode;
}

/** Attributes that became inputs, in the order of the positions that they took: the first at `position`. */
function inputsFrom(position: number, ...names: readonly string[]): Raise["to"] {
  return (op, node) => {
    const tensors = names.map((name) => asTensor(node, name));
    return withInputs(op, node, position, names, tensors);
  };
}

/** @throws FoveaError `bad-graph` for an attribute that is no numbers */
function asTensor(node: GraphNode, name: string): Tensor | undefined {
  const attribute = node.attributes[name];
  switch (attribute?.type) {
    case "float":
      return float32([], [attribute.value]);
    case "floats":
      return float32([attribute.value.length], attribute.value);
    case "int":
      return int64([attribute.value]);
    case "ints":
      return int64(attribute.value);
    case undefined:
      return undefined;
    default:
      throw new FoveaError(
        "bad-graph",
        `node "${node.name}" (${node.op}): attribute ${name}: expected numbers, got ${attribute?.type}`,
      );
  }
}

const axes13: Raise = { since: 13, to: inputsFrom(1, "axes") };
const axes18: Raise = { since: 18, to: inputsFrom(1, "axes") };
const flattening13: Raise = { since: 13, to: flattening };

const raises: Record<string, Raise> = {
  BatchNormalization: { since: 14, to: withTrainingMode },
  Clip: { since: 11, to: inputsFrom(1, "min", "max") },
  Dropout: { since: 12, to: (_op, node) => ({ ...node, attributes: {} }) },
  GroupNormalization: { since: 21, to: normalizedGroups },
  Hardmax: flattening13,
  LogSoftmax: flattening13,
  Pad: { since: 11, to: inputsFrom(1, "pads", "value") },
  ReduceL1: axes18,
  ReduceL2: axes18,
  ReduceLogSum: axes18,
  ReduceLogSumExp: axes18,
  ReduceMax: axes18,
  ReduceMean: axes18,
  ReduceMin: axes18,
  ReduceProd: axes18,
  ReduceSum: axes13,
  ReduceSumSquare: axes18,
  Resize: { since: 11, to: asymmetricResize },
  RoiAlign: {
    since: 16,
    to: (_op, node) => withAttribute(node, "coordinate_transformation_mode", "output_half_pixel"),
  },
  Scatter: { since: 11, to: (_op, node) => ({ ...node, op: "ScatterElements" }) },
  Slice: { since: 10, to: inputsFrom(1, "starts", "ends", "axes") },
  Softmax: flattening13,
  Split: { since: 18, to: split },
  Squeeze: axes13,
  TopK: { since: 10, to: inputsFrom(1, "k") },
  Unsqueeze: axes13,
  Upsample: { since: emittedOpset, to: asymmetricResize },
};

/**
 * Raises every node that has an older form, those of subgraphs included; an opset below 18 becomes 18.
 * @throws FoveaError `bad-graph` for opsets below 7, or a form that cannot be raised
 */
export function upgrade(graph: Graph, where: string): Graph {
  const opset = graph.opsets.get("") ?? emittedOpset;
  if (opset < oldestOpset) {
    const expected = `expected ${oldestOpset} or newer: export the model again`;
    throw new FoveaError("bad-graph", `${where}: opset ${opset}: ${expected}`);
  }
  if (opset < presentOpset) raise(graph, opset, new Builder(graph));
  graph.opsets.set("", Math.max(opset, emittedOpset));
  return graph;
}

function raise(graph: Graph, opset: number, op: Builder): void {
  const nodes = graph.nodes;
  graph.nodes = [];
  for (const node of nodes) {
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.type === "graph") raise(attribute.value, opset, new Builder(attribute.value, "", op));
    }
    const step = node.domain === "" ? raises[node.op] : undefined;
    graph.nodes.push(step && opset < step.since ? step.to(op.scope(node.name), node) : node);
  }
}

function withInputs(
  op: Builder,
  node: GraphNode,
  position: number,
  names: readonly string[],
  tensors: readonly (Tensor | undefined)[],
): GraphNode {
  const inputs = Array.from({ length: position }, (_, i) => node.inputs[i] ?? "");
  tensors.forEach((tensor, i) => {
    inputs[position + i] = tensor ? op.constant(tensor, names[i]) : (node.inputs[position + i] ?? "");
  });
  while (inputs[inputs.length - 1] === "") inputs.pop();
  const attributes = Object.entries(node.attributes).filter(([name]) => !names.includes(name));
  return { ...node, inputs, attributes: Object.fromEntries(attributes) };
}

function withAttribute(node: GraphNode, name: string, value: string): GraphNode {
  return { ...node, attributes: { [name]: { type: "string", value }, ...node.attributes } };
}

/** Before opset 14 the extra outputs told training from inference: those of the running mean and variance stay. */
function withTrainingMode(_op: Builder, node: GraphNode): GraphNode {
  if (int(node, "spatial", 1) !== 1) {
    throw new FoveaError("bad-graph", `node "${node.name}" (BatchNormalization): expected spatial 1, got 0`);
  }
  const attributes = Object.entries(node.attributes).filter(([name]) => name === "epsilon" || name === "momentum");
  const trains = node.outputs.slice(1).some((output) => output !== "");
  if (trains) attributes.push(["training_mode", { type: "int", value: 1 }]);
  return { ...node, outputs: node.outputs.slice(0, trains ? 3 : 1), attributes: Object.fromEntries(attributes) };
}

/** Without sizes given, `num_outputs` became mandatory. */
function split(op: Builder, node: GraphNode): GraphNode {
  if (ints(node, "split") !== undefined) return inputsFrom(1, "split")(op, node);
  if (node.inputs[1]) return node;
  return { ...node, attributes: { ...node.attributes, num_outputs: { type: "int", value: node.outputs.length } } };
}

/** Upsample, and Resize before it had coordinate modes. */
function asymmetricResize(op: Builder, node: GraphNode): GraphNode {
  const [x = "", input] = node.inputs;
  const scales = input ?? op.constant(asTensor(node, "scales") ?? float32([0], []), "scales");
  const mode = node.attributes.mode ?? { type: "string", value: "nearest" };
  const plain = { ...node, op: "Resize", inputs: [x, "", scales], attributes: { mode } };
  return withAttribute(withAttribute(plain, "coordinate_transformation_mode", "asymmetric"), "nearest_mode", "floor");
}

/**
 * Before opset 13 the axes from `axis` on were taken as one. That is the present form where only axes of size 1 follow;
 * elsewhere the input is flattened.
 */
function flattening(op: Builder, node: GraphNode): GraphNode {
  const axis = int(node, "axis", 1);
  const [x = ""] = node.inputs;
  const dims = dimsOf(op.graph, x) ?? dimsOf(op.graph, node.outputs[0] ?? "");
  const rank = dims?.length ?? (["Gemm", "Flatten"].includes(producers(op.graph).get(x)?.op ?? "") ? 2 : undefined);
  const from = axis < 0 && rank !== undefined ? axis + rank : axis;
  if (from === -1 || from + 1 === rank || dims?.slice(from + 1).every((dim) => dim === 1)) {
    return { ...node, attributes: { axis: { type: "int", value: axis } } };
  }
  const flat = op.node(node.op, [op.Flatten(x, { axis })], { axis: -1 })[0];
  return { ...node, op: "Reshape", inputs: [flat, op.Shape(x)], attributes: {} };
}

/** Before opset 21 scale and bias had an element per group: each group is an instance of its own. */
function normalizedGroups(op: Builder, node: GraphNode): GraphNode {
  const [x = "", scale, bias] = node.inputs;
  const groups = op.Reshape(x, op.ints([0, int(node, "num_groups", 1), -1]));
  const epsilon = node.attributes.epsilon;
  const [normalized] = op.node("InstanceNormalization", [groups, scale, bias], epsilon ? { epsilon } : {});
  return { ...node, op: "Reshape", inputs: [normalized, op.Shape(x)], attributes: {} };
}
