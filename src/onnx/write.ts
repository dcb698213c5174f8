/** @file Writes ONNX files: graph to bytes. */

import { create, toBinary } from "@bufbuild/protobuf";
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
  TensorProtoSchema,
  type TypeProto,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { FoveaError } from "../error.js";
import type { Attribute, Dim, Graph, GraphNode, ValueInfo } from "./graph.js";
import { dataTypes, type Tensor } from "./tensor.js";

/** The IR version written for graphs of our own; files that we read keep theirs. */
const irVersion = 9n;

/** What protobuf lets one file hold. */
const mostBytes = 2 ** 31 - 1;

/**
 * Serialises a graph as an ONNX ModelProto, with its weights inside.
 * @throws FoveaError `bad-graph` when there are more than 2 GB of them
 */
export function writeModel(graph: Graph): Uint8Array {
  const weights = [...graph.initializers.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (weights > mostBytes) {
    const got = `${(weights / 2 ** 30).toFixed(2)} GB`;
    throw new FoveaError(
      "bad-graph",
      `graph "${graph.name}": weights: expected at most 2 GB in one ONNX file, got ${got}`,
    );
  }
  const model = Object.assign(create(ModelProtoSchema), graph.rest, {
    irVersion: graph.rest && graph.rest.irVersion >= 8n ? graph.rest.irVersion : irVersion,
    producerName: graph.rest?.producerName || "fovea",
    graph: graphProto(graph),
    opsetImport: [...graph.opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: [...graph.metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, model);
}

function graphProto(graph: Graph): GraphProto {
  const declared = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const inner = [...graph.types].filter(([name]) => !declared.has(name) && !graph.initializers.has(name));
  return Object.assign(create(GraphProtoSchema), graph.rest?.graph, {
    name: graph.name || "graph",
    input: graph.inputs.map(valueInfoProto),
    output: graph.outputs.map(valueInfoProto),
    node: graph.nodes.map(nodeProto),
    initializer: [...graph.initializers].map(([name, tensor]) => tensorProto(tensor, name)),
    valueInfo: inner.map(([name, type]) => valueInfoProto({ name, ...type })),
  });
}

function nodeProto(node: GraphNode) {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute)),
  });
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
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
      return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: graphProto(attribute.value) });
    case "opaque":
      return attribute.value as AttributeProto;
  }
}

function tensorProto(tensor: Tensor, name = ""): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: tensor.dims.map(BigInt),
    dataType: dataTypes[tensor.type],
    rawData: tensor.bytes as Uint8Array<ArrayBuffer>,
  });
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
