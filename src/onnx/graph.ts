/** @file The graph: plain data that mirrors ONNX's GraphProto, and small questions about it. */

import { FoveaError } from "../foundation/error.js";
import type { ModelProto } from "./proto/onnx_pb.js";
import { type DataType, numbers, type Tensor } from "./tensor.js";

/** The name of a value (an input, an initializer or a node's output). `""` stands for an omitted optional input. */
export type Value = string;

/** A known size, a symbolic one by name, or `""` where nothing is known. */
export type Dim = number | string;

/** The type of a value; `dims` is undefined when not even the rank is known. */
export interface ValueType {
  readonly type: DataType;
  readonly dims?: readonly Dim[] | undefined;
}

/** A value with its type and sizes, as far as they are known. */
export interface ValueInfo extends Partial<ValueType> {
  readonly name: Value;
}

export type Attribute =
  | { readonly type: "int" | "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "ints" | "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Tensor }
  | { readonly type: "graph"; readonly value: Graph }
  | { readonly type: "opaque"; readonly value: unknown };

/** One operator of a graph, with its inputs, outputs and attributes. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `""` is the standard domain. */
  readonly domain: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A model: nodes in topological order, with a file's statements about them. */
export interface Graph {
  name: string;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  nodes: GraphNode[];
  initializers: Map<Value, Tensor>;
  /** Constants of texts by name, such as class names: nothing that is explained is computed of them. */
  texts?: Map<Value, readonly string[]>;
  /** Types of inner values, as far as somebody has told them (see `inferTypes` of the runtime). */
  types: Map<Value, ValueType>;
  /** Version of each operator set by domain; the standard domain is `""`. */
  opsets: Map<string, number>;
  /** The file's key-value metadata. */
  metadata: Map<string, string>;
  /** Fields of the file that we carry through unread. */
  rest?: ModelProto;
}

/** The opset that we emit: the lowest whose operators have the forms used here. */
export const emittedOpset = 18;

export function emptyGraph(name: string): Graph {
  return {
    name,
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: new Map(),
    types: new Map(),
    opsets: new Map([["", emittedOpset]]),
    metadata: new Map(),
  };
}

/** A copy whose lists may be changed; nodes and tensors are shared. */
export function copyGraph(graph: Graph): Graph {
  return {
    ...graph,
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    nodes: [...graph.nodes],
    initializers: new Map(graph.initializers),
    types: new Map(graph.types),
    opsets: new Map(graph.opsets),
    metadata: new Map(graph.metadata),
  };
}

/** Which node makes each value. */
export function producers(graph: Graph): Map<Value, GraphNode> {
  const result = new Map<Value, GraphNode>();
  for (const node of graph.nodes) for (const output of node.outputs) if (output !== "") result.set(output, node);
  return result;
}

/** Which nodes read each value, each of them once. */
export function readers(graph: Graph): Map<Value, GraphNode[]> {
  const result = new Map<Value, GraphNode[]>();
  for (const node of graph.nodes)
    for (const value of new Set(readsOf(node))) result.set(value, [...(result.get(value) ?? []), node]);
  return result;
}

/** The value that an Expand made larger, and the value whose shape it took; undefined where no Expand to a value's shape made it. */
export function expandedFrom(graph: Graph, value: Value): { readonly source: Value; readonly like: Value } | undefined {
  const producerOf = (name: Value) => graph.nodes.findLast((node) => node.outputs[0] === name);
  const expand = producerOf(value);
  if (expand?.op !== "Expand") return undefined;
  const [source = "", sizes = ""] = expand.inputs;
  const shape = producerOf(sizes);
  if (shape?.op !== "Shape" || Object.keys(shape.attributes).length > 0) return undefined;
  const [like = ""] = shape.inputs;
  return { source, like };
}

/** The known sizes of a value, or undefined where any of them is not a number. */
export function staticDims(dims: readonly Dim[] | undefined): readonly number[] | undefined {
  return dims?.every((dim) => typeof dim === "number") ? dims : undefined;
}

/** If a value is `OneHot` of classes over axis 1, as rows of zeros with one `weight` each: the classes and that weight. */
export function oneHotFrom(
  graph: Graph,
  value: Value,
): { readonly classes: Value; readonly weight: number } | undefined {
  const node = graph.nodes.findLast(({ outputs }) => outputs[0] === value);
  if (node?.op !== "OneHot" || int(node, "axis", -1) !== 1) return undefined;
  const [classes = "", , values = ""] = node.inputs;
  const constant = graph.initializers.get(values);
  const [off, on] = constant?.type === "float32" ? numbers(constant) : [];
  return off === 0 && on !== undefined ? { classes, weight: on } : undefined;
}

/** Inputs that a run must be given: those that no initializer fills. */
export function runInputs(graph: Graph): ValueInfo[] {
  return graph.inputs.filter(({ name }) => !graph.initializers.has(name));
}

/** Everything a node reads, with the outer values that its subgraphs capture. */
export function readsOf(node: GraphNode): Value[] {
  const reads = node.inputs.filter((input) => input !== "");
  for (const attribute of Object.values(node.attributes)) {
    if (attribute.type === "graph") for (const value of capturesOf(attribute.value)) reads.push(value);
  }
  return reads;
}

/** An operator's name, with its domain where that is not the standard one. */
export function operatorName({ domain, op }: GraphNode): string {
  return domain === "" ? op : `${domain}.${op}`;
}

/** Whether an operator is onnxruntime's own: a saved file holds those that its optimisations put there. */
export function isOptimised({ domain, op }: GraphNode): boolean {
  return /^com\.(microsoft|ms)\b/.test(domain) || (domain === "" && op === "SimplifiedLayerNormalization");
}

/** The bodies of loops and the branches of decisions. */
export function subgraphsOf({ attributes }: GraphNode): Graph[] {
  return Object.values(attributes).flatMap((attribute) => (attribute.type === "graph" ? [attribute.value] : []));
}

/** A node of which each subgraph is changed. */
export function withSubgraphs(node: GraphNode, change: (graph: Graph) => Graph): GraphNode {
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => [
    name,
    attribute.type === "graph" ? { type: "graph", value: change(attribute.value) } : attribute,
  ]);
  return { ...node, attributes: Object.fromEntries(attributes) };
}

/** The outer values that a subgraph reads. */
export function capturesOf(graph: Graph): Value[] {
  const inner = new Set<Value>([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  for (const node of graph.nodes) for (const output of node.outputs) inner.add(output);
  const outputs = graph.outputs.map(({ name }) => name);
  return [...graph.nodes.flatMap(readsOf), ...outputs].filter((value) => !inner.has(value));
}

/** Type of a value wherever it is declared. */
export function typeOf(graph: Graph, value: Value): ValueType | undefined {
  const tensor = graph.initializers.get(value);
  if (tensor) return { type: tensor.type, dims: tensor.dims };
  const type = graph.types.get(value);
  if (type) return type;
  const info = [...graph.inputs, ...graph.outputs].find(({ name }) => name === value);
  return info?.type === undefined ? undefined : { type: info.type, dims: info.dims };
}

/** The sizes of a value if its rank is known; unknown sizes are strings. */
export function dimsOf(graph: Graph, value: Value): readonly Dim[] | undefined {
  return typeOf(graph, value)?.dims;
}

export function int(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  if (attribute === undefined) return fallback;
  if (attribute.type === "int" || attribute.type === "float") return attribute.value;
  throw wrongAttribute(node, name, "a number", attribute.type);
}

export const float = int;

export function ints(node: GraphNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.type === "ints" || attribute.type === "floats") return attribute.value;
  throw wrongAttribute(node, name, "numbers", attribute.type);
}

export function string(node: GraphNode, name: string, fallback: string): string {
  const attribute = node.attributes[name];
  if (attribute === undefined) return fallback;
  if (attribute.type === "string") return attribute.value;
  throw wrongAttribute(node, name, "a string", attribute.type);
}

function wrongAttribute(node: GraphNode, name: string, expected: string, got: string): FoveaError {
  return new FoveaError(
    "bad-graph",
    `node "${node.name}" (${node.op}): attribute ${name}: expected ${expected}, got ${got}`,
  );
}
