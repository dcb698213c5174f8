/** @file The checker's rules find what is wrong with a file, and nothing in a sound one. */

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/onnx/graph.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { writeModel } from "../../../src/onnx/write.js";
import { convNet } from "../../explain/architectures/networks.js";
import { onnxComplaints } from "./onnx-checker.js";

const soundNet = (): Graph => ({ ...convNet(), outputs: [{ name: "y", type: "float32", dims: ["N", 4] }] });

function rectifier(model: ModelProto): NodeProto {
  return model.graph?.node.find(({ opType }) => opType === "Relu") as NodeProto;
}

describe("the rules find", () => {
  const broken: [string, (model: ModelProto) => void, RegExp][] = [
    [
      "an IR version that does not know the opset",
      (model) => {
        model.irVersion = 7n;
      },
      /^IR 7 of opset 18$/,
    ],
    [
      "a domain that is not imported",
      (model) => {
        rectifier(model).domain = "local";
      },
      /domain "local" is not imported/,
    ],
    [
      "an opset that nothing uses",
      (model) => {
        model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "local", version: 1n }));
      },
      /nothing uses/,
    ],
    [
      "a metadata key twice",
      (model) => {
        for (const value of ["a", "b"])
          model.metadataProps.push(create(StringStringEntryProtoSchema, { key: "k", value }));
      },
      /a key twice/,
    ],
    [
      "an operator of a later opset",
      (model) => {
        rectifier(model).opType = "Gelu";
      },
      /\(Gelu\): no operator of opset 18/,
    ],
    [
      "a missing attribute",
      (model) => {
        Object.assign(rectifier(model), { opType: "Cast" });
      },
      /attribute to is missing/,
    ],
    [
      "an unknown attribute",
      (model) => {
        rectifier(model).attribute.push(
          create(AttributeProtoSchema, { name: "slope", type: AttributeType.FLOAT, f: 1 }),
        );
      },
      /attribute slope is unknown/,
    ],
    [
      "an attribute of the wrong type",
      (model) => {
        const node = rectifier(model);
        node.opType = "LeakyRelu";
        node.attribute.push(create(AttributeProtoSchema, { name: "alpha", type: AttributeType.INT, i: 1n }));
      },
      /attribute alpha is int/,
    ],
    [
      "an attribute whose type is not said",
      (model) => {
        const node = rectifier(model);
        node.opType = "LeakyRelu";
        node.attribute.push(create(AttributeProtoSchema, { name: "alpha", f: 1 }));
      },
      /attribute alpha: no type/,
    ],
    [
      "too many inputs",
      (model) => {
        const node = rectifier(model);
        node.input.push(node.input[0] as string);
      },
      /2 inputs/,
    ],
    [
      "a value made twice",
      (model) => {
        const node = rectifier(model);
        model.graph?.node.push(create(NodeProtoSchema, { ...node, name: "again" }));
      },
      /a value of that name exists/,
    ],
    [
      "a node's name twice",
      (model) => {
        const node = rectifier(model);
        model.graph?.node.push(create(NodeProtoSchema, { ...node, output: ["other"] }));
      },
      /no name of its own/,
    ],
    [
      "nodes out of order",
      (model) => {
        model.graph?.node.reverse();
      },
      /is not made before it/,
    ],
    [
      "an output that nothing makes",
      (model) => {
        Object.assign(model.graph?.output[0] ?? {}, { name: "z" });
      },
      /output "z" is made by nothing/,
    ],
    [
      "an input without a shape",
      (model) => {
        const kind = model.graph?.input[0]?.type?.value;
        if (kind?.case === "tensorType") delete kind.value.shape;
      },
      /"x": no shape/,
    ],
    [
      "an initializer that is too short",
      (model) => {
        const tensor = model.graph?.initializer[0];
        if (tensor) tensor.rawData = tensor.rawData.slice(4);
      },
      /bytes for 54/,
    ],
    [
      "an initializer that nothing uses",
      (model) => {
        const tensor = model.graph?.initializer[0];
        if (tensor) model.graph?.initializer.push({ ...tensor, name: "spare" });
      },
      /"spare" is used by nothing/,
    ],
  ];
  it("nothing in a sound file", () => {
    const graph = soundNet();
    expect(onnxComplaints(writeModel(graph))).toEqual([]);
  });
  it.each(broken)("%s", (_, breakIt, sentence) => {
    const graph = soundNet();
    const model = fromBinary(ModelProtoSchema, writeModel(graph));
    breakIt(model);
    expect(onnxComplaints(toBinary(ModelProtoSchema, model))).toContainEqual(expect.stringMatching(sentence));
  });
});
