/** @file Graphs in other floating types than float32, brought to float32. */

import { type Attribute, copyGraph, type Graph, type GraphNode, readsOf, type ValueInfo } from "../graph.js";
import { type DataType, dataTypeName, dataTypes, type NumericType, Tensor } from "../tensor.js";

/** The floating types a graph may compute in. */
export type Precision = "float16" | "bfloat16" | "float32" | "float64";

const others: readonly (DataType | undefined)[] = ["float16", "bfloat16", "float64"] satisfies Precision[];
/** Attributes that name an element type. */
const typeAttributes = new Set(["to", "dtype", "output_dtype", "stash_type", "softmax_precision", "precision"]);

/**
 * The same graph in float32 throughout: inputs, weights, casts and outputs. Half precision would be worthless for
 * gradients, and onnxruntime computes it in float32 on CPUs anyway; for float64 it has no convolutions. Weights stay as
 * they are stored and are converted when they are read. A cast of a weight to float32 becomes a weight.
 * @returns the graph, and the least precise floating type that it computed in; weights that are only stored in another do
 *   not count
 */
export function toFloat32(graph: Graph): { readonly graph: Graph; readonly precision: Precision } {
  const folded = withCastWeights(graph);
  const types = new Set<DataType>();
  const converted = convertTypes(folded, types);
  const precision = (["bfloat16", "float16", "float64"] as const).find((type) => types.has(type)) ?? "float32";
  return { graph: converted, precision };
}

/** Casts of floating weights to float32 as weights. */
function withCastWeights(graph: Graph): Graph {
  const result = copyGraph(graph);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  result.nodes = graph.nodes.filter((node) => {
    const weight = graph.initializers.get(node.inputs[0] ?? "");
    const [output = ""] = node.outputs;
    const to = node.attributes.to?.type === "int" ? dataTypeName(node.attributes.to.value) : undefined;
    const folds =
      node.op === "Cast" && to === "float32" && weight && others.includes(weight.type) && !outputs.has(output);
    if (folds) result.initializers.set(output, float32From(weight));
    return !folds;
  });
  const readValues = new Set(result.nodes.flatMap(readsOf));
  for (const [name, { type }] of result.initializers) {
    if (others.includes(type) && !readValues.has(name) && !outputs.has(name)) result.initializers.delete(name);
  }
  return result;
}

/** A floating tensor in float32, converted when it is read. */
export function float32From(tensor: Tensor): Tensor {
  if (!others.includes(tensor.type)) return tensor;
  return new Tensor("float32", tensor.dims, tensor);
}

/** @param types takes the other types that occur */
function convertTypes(graph: Graph, types: Set<DataType>): Graph {
  const convert = <Type extends DataType | undefined>(type: Type): Type | "float32" => {
    if (type === undefined || !others.includes(type)) return type;
    types.add(type);
    return "float32";
  };
  const info = (value: ValueInfo): ValueInfo => ({ ...value, type: convert(value.type) });
  const tensor = (value: Tensor): Tensor =>
    convert<NumericType>(value.type) === value.type ? value : float32From(value);
  const attribute = ([name, value]: [string, Attribute]): [string, Attribute] => {
    if (value.type === "graph") return [name, { type: "graph", value: convertTypes(value.value, types) }];
    if (value.type === "tensor") return [name, { type: "tensor", value: tensor(value.value) }];
    if (value.type !== "int" || !typeAttributes.has(name)) return [name, value];
    const type = dataTypeName(value.value);
    return convert(type) === type ? [name, value] : [name, { type: "int", value: dataTypes.float32 }];
  };
  const node = (each: GraphNode): GraphNode => ({
    ...each,
    attributes: Object.fromEntries(Object.entries(each.attributes).map(attribute)),
  });
  const result = copyGraph(graph);
  result.initializers = new Map([...graph.initializers].map(([name, value]) => [name, tensor(value)]));
  // A weight that is converted is no longer one that a run may replace.
  result.inputs = graph.inputs.filter(({ name }) => result.initializers.get(name)?.stored === undefined).map(info);
  result.outputs = graph.outputs.map(info);
  result.nodes = graph.nodes.map(node);
  result.types = new Map([...graph.types].map(([name, { type, dims }]) => [name, { type: convert(type), dims }]));
  return result;
}
