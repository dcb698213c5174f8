/** @file Reads ONNX files: bytes to graph. With functions.ts and write.ts the only place that knows protobuf. */

import { fromBinary } from "@bufbuild/protobuf";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { type Attribute, type Dim, emptyGraph, type Graph, type GraphNode, readsOf, type ValueInfo } from "../graph.js";
import { Names } from "../names.js";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from "../proto/onnx_pb.js";
import { foldConstants } from "../rewrite/constants.js";
import { expandFunctions } from "../rewrite/expand.js";
import { inlineFunctions } from "../rewrite/functions.js";
import { upgrade } from "../rewrite/upgrade.js";
import { dataTypeName, sizeOf, Tensor } from "../tensor.js";
import { largestConstant, largestSize, mostAxes } from "./budget.js";
import { type ExternalTensors, externalTensors, type ReadExternal } from "./external-data.js";
import { refuseFatalAttributes } from "./fatal-attributes.js";
import { refuseHiddenData } from "./hidden-data.js";
import { refuseVastGraphs } from "./limits.js";
import { refuseVastRanks } from "./ranks.js";
import { Budget } from "./spend.js";
import { survey } from "./survey.js";
import { unreadable } from "./unreadable.js";

/**
 * Reads an ONNX model. Weights stay views into `bytes`. Operators of older opsets are raised to the form of
 * opset 18, so that after reading there is one form per operator; functions of the file are inlined, Constant nodes become
 * initializers, of an If whose condition is a constant the taken branch stays, and Attention and RotaryEmbedding are written
 * out.
 * @param bytes the file's content
 * @param where how errors name the file; default `"model"`
 * @param external reads the files that the model keeps weights in; by default such a model is refused
 * @throws FoveaError `bad-file` when the bytes are no ONNX model, `bad-graph` when its content contradicts itself, or is more than
 *   any network has (see budget.ts)
 */
export function readModel(bytes: Uint8Array, where = "model", external?: ReadExternal): Graph {
  const budget = new Budget(where);
  const model = decoded(bytes, where, budget);
  if (model.graph === undefined || (model.graph.node.length === 0 && model.graph.output.length === 0)) {
    throw new FoveaError(
      "bad-file",
      `${where}: not an ONNX model: expected a graph, got none in ${bytes.length} bytes`,
    );
  }
  refuseHiddenData(model, where, budget);
  inlineFunctions(model, where);
  const outside: ExternalTensors = external ? externalTensors(model, external, where, budget) : new Map();
  const graph = graphFrom(model.graph, where, outside);
  refuseUnusableName(graph, where);
  graph.opsets = new Map(
    model.opsetImport.map(({ domain, version }) => [domain === "ai.onnx" ? "" : domain, wholeNumber(version)]),
  );
  // Before IR version 4 a weight had to be listed among the inputs, too.
  if (model.irVersion < 4n) graph.inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  graph.metadata = new Map(model.metadataProps.map(({ key, value }) => [key, value]));
  Object.assign(model.graph, { node: [], initializer: [], valueInfo: [] });
  graph.rest = model;
  foldConstants(graph);
  refuseVastGraphs(graph, where);
  refuseFatalAttributes(graph, where);
  refuseVastRanks(graph, where);
  return expandFunctions(upgrade(graph, where));
}

/** No object of JavaScript has a field of this name: the runtime takes and gives values as fields. */
const unusable = "__proto__";

function refuseUnusableName({ inputs, initializers, nodes }: Graph, where: string): void {
  const isUsed =
    initializers.has(unusable) ||
    inputs.some(({ name }) => name === unusable) ||
    nodes.some(({ outputs }) => outputs.includes(unusable));
  if (!isUsed) return;
  throw new FoveaError(
    "bad-graph",
    `${where}: value "${unusable}": expected another name, which the runtime can hand over`,
  );
}

/** Nothing is decoded of a file that holds too much. */
function decoded(bytes: Uint8Array, where: string, budget: Budget): ModelProto {
  try {
    survey(bytes, budget);
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw unreadable(where, bytes, bytes.length, cause);
  }
}

function graphFrom(proto: GraphProto, where: string, outside: ExternalTensors): Graph {
  const graph = emptyGraph(proto.name);
  graph.inputs = proto.input.map(valueInfoFrom);
  graph.outputs = proto.output.map(valueInfoFrom);
  const results = new Set(proto.output.map(({ name }) => name));
  for (const tensor of proto.initializer) {
    if (tensor.dataType !== textType || results.has(tensor.name))
      graph.initializers.set(tensor.name, tensorFrom(tensor, where, outside));
  }
  graph.texts = textsIn(proto);
  const names = new Names(proto.node.map(({ name }) => name));
  graph.nodes = sortNodes(
    proto.node
      .map((node, index) => nodeFrom(node, index, names, where, outside))
      .filter(({ outputs: [output = ""] }) => !graph.texts?.has(output)),
    where,
  );
  for (const info of proto.valueInfo.map(valueInfoFrom)) {
    if (info.type !== undefined) graph.types.set(info.name, { type: info.type, dims: info.dims });
  }
  return graph;
}

/** ONNX's number of the element type of texts. */
const textType = 8;

/** Constants of texts: initializers and the outputs of Constant nodes. */
function textsIn({ initializer, node }: GraphProto): Map<string, readonly string[]> {
  const decoder = new TextDecoder();
  const decoded = (texts: readonly Uint8Array[]) => texts.map((bytes) => decoder.decode(bytes));
  const texts = new Map<string, readonly string[]>();
  for (const { name, dataType, stringData } of initializer)
    if (dataType === textType) texts.set(name, decoded(stringData));
  for (const { opType, output, attribute } of node) {
    const [{ t, s, strings, type } = {}] = opType === "Constant" ? attribute : [];
    const [name = ""] = output;
    if (t?.dataType === textType) texts.set(name, decoded(t.stringData));
    else if (s && type === AttributeType.STRING) texts.set(name, decoded([s]));
    else if (strings && type === AttributeType.STRINGS) texts.set(name, decoded(strings));
  }
  return texts;
}

/** @param names those that nodes of the graph bear */
function nodeFrom(proto: NodeProto, index: number, names: Names, where: string, outside: ExternalTensors): GraphNode {
  const domain = proto.domain === "ai.onnx" ? "" : proto.domain;
  const name = proto.name || names.fresh(proto.output.find((output) => output !== "") ?? `${proto.opType}_${index}`);
  const attributes = proto.attribute.map((attribute) => [attribute.name, attributeFrom(attribute, where, outside)]);
  return {
    name,
    op: proto.opType,
    domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: Object.fromEntries(attributes),
  };
}

function attributeFrom(proto: AttributeProto, where: string, outside: ExternalTensors): Attribute {
  switch (proto.type) {
    case AttributeType.INT:
      return { type: "int", value: wholeNumber(proto.i) };
    case AttributeType.FLOAT:
      return { type: "float", value: proto.f };
    case AttributeType.STRING:
      return { type: "string", value: new TextDecoder().decode(proto.s) };
    case AttributeType.INTS:
      return { type: "ints", value: proto.ints.map(wholeNumber) };
    case AttributeType.FLOATS:
      return { type: "floats", value: proto.floats };
    case AttributeType.STRINGS:
      return { type: "strings", value: proto.strings.map((bytes) => new TextDecoder().decode(bytes)) };
    case AttributeType.TENSOR:
      if (proto.t && proto.t.dataType !== textType)
        return { type: "tensor", value: tensorFrom(proto.t, where, outside) };
      return { type: "opaque", value: proto };
    case AttributeType.GRAPH:
      if (proto.g) return { type: "graph", value: graphFrom(proto.g, where, outside) };
      return { type: "opaque", value: proto };
    default:
      return { type: "opaque", value: proto };
  }
}

/** Files say "to the end" with the largest int64, which is no exact number: the largest that is one stands for it. */
function wholeNumber(value: bigint): number {
  const largest = 2 ** 63 - 1024;
  return Math.max(-largest, Math.min(largest, Number(value)));
}

function valueInfoFrom(proto: ValueInfoProto): ValueInfo {
  const kind = proto.type?.value;
  if (kind?.case !== "tensorType") return { name: proto.name };
  const type = dataTypeName(kind.value.elemType);
  if (type === undefined) return { name: proto.name };
  const sizes = kind.value.shape?.dim;
  if (sizes && sizes.length > mostAxes) throw tooManyAxes(`value "${proto.name}"`, sizes.length);
  const dims = sizes?.map(({ value }): Dim => {
    if (value.case === "dimParam") return value.value;
    // Some exporters write -1 for a size that they don't know.
    if (value.case !== "dimValue" || value.value < 0n) return "";
    if (value.value <= BigInt(largestSize)) return Number(value.value);
    throw new FoveaError("bad-graph", `value "${proto.name}": size ${value.value}: expected at most ${largestSize}`);
  });
  return { name: proto.name, type, dims };
}

function tooManyAxes(at: string, count: number): FoveaError {
  return new FoveaError("bad-graph", `${at}: expected at most ${mostAxes} sizes, got ${count}`);
}

function tensorFrom(proto: TensorProto, where: string, outside: ExternalTensors): Tensor {
  const at = `${where}: tensor "${proto.name}"`;
  const bytes = outside.get(proto);
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL && bytes === undefined) {
    throw new FoveaError("bad-file", `${at}: its data lies in another file: expected a model with its weights inside`);
  }
  const type = dataTypeName(proto.dataType);
  if (type === undefined || type === "string") {
    throw new FoveaError("bad-graph", `${at}: element type ${proto.dataType}: expected a numeric type`);
  }
  if (proto.dims.length > mostAxes) throw tooManyAxes(at, proto.dims.length);
  const dims = proto.dims.map(Number);
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0)) {
    throw new FoveaError("bad-graph", `${at}: sizes [${dims}]: expected whole numbers ≥ 0`);
  }
  const largest = Math.max(0, ...dims);
  if (largest > largestSize) {
    throw new FoveaError("bad-graph", `${at}: size ${largest}: expected at most ${largestSize}`);
  }
  if (sizeOf(dims) > largestConstant) {
    throw new FoveaError("bad-graph", `${at}: sizes [${dims}]: expected at most ${largestConstant} elements`);
  }
  try {
    return new Tensor(type, dims, bytes ?? (proto.rawData.length > 0 ? proto.rawData : listedData(proto, type)));
  } catch (cause) {
    throw new FoveaError("bad-graph", `${at}: ${messageOf(cause)}`, { cause });
  }
}

/** Elements written as a list of numbers, where a file doesn't use raw bytes. */
function listedData(proto: TensorProto, type: string) {
  switch (type) {
    case "float32":
      return Float32Array.from(proto.floatData);
    case "float64":
      return Float64Array.from(proto.doubleData);
    case "int64":
      return BigInt64Array.from(proto.int64Data);
    case "uint64":
      return BigUint64Array.from(proto.uint64Data);
    case "uint32":
      return Uint32Array.from(proto.uint64Data, Number);
    case "int32":
      return Int32Array.from(proto.int32Data);
    case "uint16":
    case "float16":
    case "bfloat16":
      return Uint16Array.from(proto.int32Data);
    case "int16":
      return Int16Array.from(proto.int32Data);
    case "int8":
      return Int8Array.from(proto.int32Data);
    default:
      return Uint8Array.from(proto.int32Data);
  }
}

/** Sorts the nodes, stably: files must be sorted already, but some are not. @throws FoveaError `bad-graph` for a cycle */
function sortNodes(nodes: GraphNode[], where: string): GraphNode[] {
  const indexOf = new Map<string, number>();
  const producerOf = new Map<string, GraphNode>();
  for (const [index, node] of nodes.entries()) {
    for (const output of node.outputs) {
      if (output !== "" && indexOf.has(output)) {
        throw new FoveaError("bad-graph", `${where}: value "${output}" is made twice: expected one node per value`);
      }
      if (output !== "") {
        indexOf.set(output, index);
        producerOf.set(output, node);
      }
    }
  }
  if (nodes.every((node, index) => readsOf(node).every((input) => (indexOf.get(input) ?? -1) < index))) return nodes;

  const sorted = new Set<GraphNode>();
  const opened = new Set<GraphNode>();
  const stack = nodes.toReversed();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const waiting = sorted.has(node) ? [] : readsOf(node).flatMap((input) => producerOf.get(input) ?? []);
    const unsorted = waiting.filter((other) => !sorted.has(other));
    if (unsorted.length === 0) {
      sorted.add(node);
      stack.pop();
    } else if (opened.has(node)) {
      throw new FoveaError("bad-graph", `${where}: node "${node.name}" depends on its own output: expected no cycle`);
    } else {
      opened.add(node);
      for (const other of unsorted) stack.push(other);
    }
  }
  return [...sorted];
}
