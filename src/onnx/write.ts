/** @file Writes ONNX files: graph to bytes. */

import { create, toBinary } from "@bufbuild/protobuf";
import { FoveaError } from "../foundation/error.js";
import { Builder } from "./builder.js";
import type { Attribute, Dim, Graph, GraphNode, Value, ValueInfo } from "./graph.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  type TypeProto,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "./proto/onnx_pb.js";
import { namePadAxes } from "./rewrite/pad-axes.js";
import { dataTypes, type Tensor } from "./tensor.js";

/** The IR version written for graphs of our own; files that we read keep theirs. */
const irVersion = 9n;

/** Protobuf's own limit. */
const largestModel = 2 ** 31;

/** Where a tensor's bytes are to be found if not in the model: a name that the runtime knows, and a place under it. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
}

export interface WriteModelOptions {
  /** Decides, tensor by tensor, whether its bytes stay outside. Default: none. */
  readonly outside?: (tensor: Tensor) => ExternalPlace | undefined;
}

/**
 * Serialises a graph as an ONNX ModelProto. Tensors that are converted when read are written as they are stored, with a
 * Cast node each, so that they take no more room than in the file they come from. Pads are written in the form that
 * onnxruntime computes rightly (see `namePadAxes`).
 * @throws FoveaError `bad-graph` for a model of 2 GiB or more, which protobuf cannot hold
 */
export function writeModel(graph: Graph, { outside = () => undefined }: WriteModelOptions = {}): Uint8Array {
  const size = weightBytes(graph, outside);
  if (size >= largestModel) {
    const got = `${(size / 2 ** 30).toFixed(1)} GiB of weights`;
    throw new FoveaError(
      "bad-graph",
      `model: expected less than 2 GiB, which is all that an ONNX file holds, got ${got}`,
    );
  }
  const model = Object.assign(create(ModelProtoSchema), graph.rest, {
    irVersion: graph.rest && graph.rest.irVersion >= 8n ? graph.rest.irVersion : irVersion,
    producerName: graph.rest?.producerName || "fovea",
    graph: graphProto(namePadAxes(graph), outside),
    opsetImport: [...graph.opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: [...graph.metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, model);
}

type Outside = NonNullable<WriteModelOptions["outside"]>;

/** The bytes of the weights within the model. */
function weightBytes(graph: Graph, outside: Outside): number {
  let sum = 0;
  for (const tensor of graph.initializers.values()) {
    const stored = tensor.stored ?? tensor;
    if (!outside(stored)) sum += stored.byteLength;
  }
  return sum;
}

function graphProto(graph: Graph, outside: Outside): GraphProto {
  const { initializers, casts } = asStored(graph);
  const declared = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const inner = [...graph.types].filter(([name]) => !declared.has(name) && !graph.initializers.has(name));
  return Object.assign(create(GraphProtoSchema), graph.rest?.graph, {
    name: graph.name || "graph",
    input: graph.inputs.map(valueInfoProto),
    output: graph.outputs.map(valueInfoProto),
    node: [...casts, ...graph.nodes].map((node) => nodeProto(node, outside)),
    initializer: [
      ...[...initializers].map(([name, tensor]) => tensorProto(tensor, name, outside(tensor))),
      ...[...(graph.texts ?? [])].map(([name, texts]) => textsProto(name, texts)),
    ],
    valueInfo: inner.map(([name, type]) => valueInfoProto({ name, ...type })),
  });
}

/** Initializers as they are stored, and the nodes that convert them. */
function asStored(graph: Graph): { initializers: ReadonlyMap<Value, Tensor>; casts: readonly GraphNode[] } {
  if (![...graph.initializers.values()].some(({ stored }) => stored))
    return { initializers: graph.initializers, casts: [] };
  const op = new Builder(graph);
  const casts: GraphNode[] = [];
  const initializers = [...graph.initializers].map(([name, tensor]): [Value, Tensor] => {
    if (tensor.stored === undefined) return [name, tensor];
    const stored = op.fresh(`${name}/${tensor.stored.type}`);
    const attributes = { to: { type: "int", value: dataTypes[tensor.type] } } as const;
    casts.push({
      name: op.fresh(`${name}/Cast`),
      op: "Cast",
      domain: "",
      inputs: [stored],
      outputs: [name],
      attributes,
    });
    return [stored, tensor.stored];
  });
  return { initializers: new Map(initializers), casts };
}

function nodeProto(node: GraphNode, outside: Outside) {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute, outside)),
  });
}

function attributeProto(name: string, attribute: Attribute, outside: Outside): AttributeProto {
  switch (attribute.type) {
    case "int":
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute.value) });
    case "float":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value });
    case "string": {
      const s = new TextEncoder().encode(attribute.value);
      return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s });
    }
    case "ints":
      return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: attribute.value.map(BigInt) });
    case "floats":
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...attribute.value] });
    case "strings": {
      const strings = attribute.value.map((text) => new TextEncoder().encode(text));
      return create(AttributeProtoSchema, { name, type: AttributeType.STRINGS, strings });
    }
    case "tensor":
      return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: tensorProto(attribute.value) });
    case "graph":
      return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: graphProto(attribute.value, outside) });
    case "opaque":
      return attribute.value as AttributeProto;
  }
}

function tensorProto(tensor: Tensor, name = "", place?: ExternalPlace): TensorProto {
  const described = { name, dims: tensor.dims.map(BigInt), dataType: dataTypes[tensor.type] };
  if (place === undefined) {
    return create(TensorProtoSchema, { ...described, rawData: tensor.bytes as Uint8Array<ArrayBuffer> });
  }
  const entries = { location: place.location, offset: String(place.offset), length: String(tensor.byteLength) };
  return create(TensorProtoSchema, {
    ...described,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
}

function textsProto(name: string, texts: readonly string[]): TensorProto {
  const stringData = texts.map((text) => new TextEncoder().encode(text));
  return create(TensorProtoSchema, { name, dims: [BigInt(texts.length)], dataType: dataTypes.string, stringData });
}

function valueInfoProto({ name, type, dims }: ValueInfo) {
  return create(ValueInfoProtoSchema, type === undefined ? { name } : { name, type: typeProto(dataTypes[type], dims) });
}

function typeProto(elemType: number, dims: readonly Dim[] | undefined): TypeProto {
  const dim = dims?.map((size) => {
    if (typeof size === "number") return { value: { case: "dimValue" as const, value: BigInt(size) } };
    return size === "" ? {} : { value: { case: "dimParam" as const, value: size } };
  });
  const value = dim === undefined ? { elemType } : { elemType, shape: { dim } };
  return create(TypeProtoSchema, { value: { case: "tensorType", value } });
}
