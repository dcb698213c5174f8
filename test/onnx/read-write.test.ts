/** @file Files survive reading and writing; what is written, onnxruntime runs. */

import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { type Attribute, emptyGraph, type Graph, runInputs, typeOf } from "../../src/onnx/graph.js";
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProtoSchema,
  TensorProto_DataType as Type,
} from "../../src/onnx/proto/onnx_pb.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32, int64, type NumericType, numbers, Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { floatValue, modelBytes } from "../support/models/model-proto.js";
import { runFresh } from "../support/models/run.js";

function again(graph: Graph): Graph {
  return readModel(writeModel(graph));
}

describe("a round trip keeps", () => {
  it("every kind of attribute", () => {
    const branch = new Builder(emptyGraph("branch"));
    branch.output(branch.Neg("outer"));
    const attributes: Record<string, Attribute> = {
      int: { type: "int", value: -3 },
      float: { type: "float", value: 0.25 },
      string: { type: "string", value: "größer" },
      ints: { type: "ints", value: [1, -2, 3] },
      floats: { type: "floats", value: [0.5, -1.5] },
      strings: { type: "strings", value: ["a", "", "ß"] },
      none: { type: "ints", value: [] },
      tensor: { type: "tensor", value: float32([2], [1, 2]) },
      graph: { type: "graph", value: branch.graph },
    };
    const op = new Builder();
    op.node("Anything", [], attributes);
    const read = again(op.graph).nodes[0]?.attributes ?? {};
    expect(Object.keys(read)).toEqual(Object.keys(attributes));
    for (const name of ["int", "float", "string", "ints", "floats", "strings", "none"]) {
      expect(read[name]).toEqual(attributes[name]);
    }
    expect(read.tensor?.type === "tensor" && numbers(read.tensor.value)).toEqual([1, 2]);
    expect(read.graph?.type === "graph" && read.graph.value.nodes.map(({ op: name }) => name)).toEqual(["Neg"]);
  });

  it("attributes that it does not understand", () => {
    const type = { value: { case: "tensorType" as const, value: { elemType: 1 } } };
    const attribute = [{ name: "type", type: AttributeType.TYPE_PROTO, tp: type }];
    const bytes = modelBytes({ node: [{ name: "n", opType: "Optional", output: ["y"], attribute }] });
    const read = again(readModel(bytes)).nodes[0]?.attributes.type;
    expect(read).toMatchObject({ type: "opaque", value: { tp: type } });
  });

  const elements: Record<NumericType, Tensor["data"]> = {
    float32: Float32Array.of(1.5, -2),
    float64: Float64Array.of(Math.PI, -1e300),
    float16: Uint16Array.of(0x3e00, 0xc000),
    bfloat16: Uint16Array.of(0x3fc0, 0xc000),
    uint8: Uint8Array.of(0, 255),
    int8: Int8Array.of(-128, 127),
    uint16: Uint16Array.of(0, 65535),
    int16: Int16Array.of(-32768, 32767),
    uint32: Uint32Array.of(0, 4294967295),
    int32: Int32Array.of(-2147483648, 2147483647),
    uint64: BigUint64Array.of(0n, 2n ** 64n - 1n),
    int64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
    bool: Uint8Array.of(0, 1),
  };

  it.each(Object.entries(elements))("a tensor of type %s", (type, data) => {
    const op = new Builder();
    op.output(op.Identity(op.constant(new Tensor(type as NumericType, [2, 1], data), "w")));
    const read = again(op.graph).initializers.get("w") as Tensor;
    expect({ type: read.type, dims: read.dims, data: read.data }).toEqual({ type, dims: [2, 1], data });
  });

  it("scalars and tensors without elements", () => {
    const op = new Builder();
    op.output(op.Concat(op.constant(float32([0, 3], []), "none"), op.constant(float32([], [7]), "one"), { axis: 0 }));
    const { initializers } = again(op.graph);
    expect([initializers.get("none")?.dims, initializers.get("one")?.dims]).toEqual([[0, 3], []]);
    expect(initializers.get("one")?.data).toEqual(Float32Array.of(7));
  });

  it("metadata, opset imports, symbolic and unknown sizes, types of inner values", () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, "", 5]);
    const inner = op.Relu(x);
    op.output(op.Relu(inner), "y");
    op.input("anything", "int64", undefined);
    op.graph.types.set(inner, { type: "float32", dims: ["N", 3, "", 5] });
    op.graph.metadata.set("labels", '["a"]');
    op.graph.opsets.set("com.example", 3);
    const read = again(op.graph);
    expect(read.inputs).toEqual([
      { name: "x", type: "float32", dims: ["N", 3, "", 5] },
      { name: "anything", type: "int64", dims: undefined },
    ]);
    expect(typeOf(read, inner)).toEqual({ type: "float32", dims: ["N", 3, "", 5] });
    expect([...read.metadata]).toEqual([["labels", '["a"]']]);
    expect([...read.opsets]).toEqual([
      ["", 18],
      ["com.example", 3],
    ]);
  });

  it("what a file says that nobody here reads", () => {
    const graph = { node: [{ opType: "Relu", input: ["x"], output: ["y"] }], docString: "about the graph" };
    const bytes = modelBytes(graph, {
      docString: "about",
      producerName: "maker",
      producerVersion: "2",
      modelVersion: 7n,
    });
    expect(again(readModel(bytes)).rest).toMatchObject({
      docString: "about",
      producerName: "maker",
      producerVersion: "2",
      modelVersion: 7n,
      graph: { docString: "about the graph" },
    });
  });

  it("the numbers that the model computes", async () => {
    const op = new Builder();
    const w = op.constant(float32([2, 3], [1, 2, 3, 4, 5, 6]), "w");
    op.output(op.Softmax(op.Gemm(op.input("x", "float32", ["N", 2]), w)), "y");
    const feeds = { x: float32([2, 2], [1, -1, 0.5, 2]) };
    expect((await runFresh(again(again(op.graph)), feeds)).y).toEqual((await runFresh(op.graph, feeds)).y);
  });
});

describe("reading", () => {
  it.each([
    ["float32", { dataType: Type.FLOAT, floatData: [1.5, -2] }, [1.5, -2]],
    ["float64", { dataType: Type.DOUBLE, doubleData: [0.1, -2] }, [0.1, -2]],
    ["int64", { dataType: Type.INT64, int64Data: [5n, -6n] }, [5, -6]],
    ["int32", { dataType: Type.INT32, int32Data: [5, -6] }, [5, -6]],
    ["int16", { dataType: Type.INT16, int32Data: [5, -6] }, [5, -6]],
    ["int8", { dataType: Type.INT8, int32Data: [5, -6] }, [5, -6]],
    ["uint8", { dataType: Type.UINT8, int32Data: [5, 250] }, [5, 250]],
    ["uint16", { dataType: Type.UINT16, int32Data: [5, 65000] }, [5, 65000]],
    ["uint32", { dataType: Type.UINT32, uint64Data: [5n, 4000000000n] }, [5, 4000000000]],
    ["uint64", { dataType: Type.UINT64, uint64Data: [5n, 6n] }, [5, 6]],
    ["bool", { dataType: Type.BOOL, int32Data: [1, 0] }, [1, 0]],
    ["float16", { dataType: Type.FLOAT16, int32Data: [0x3e00, 0xc000] }, [1.5, -2]],
    ["bfloat16", { dataType: Type.BFLOAT16, int32Data: [0x3fc0, 0xc000] }, [1.5, -2]],
  ] as const)("takes elements of type %s that are listed one by one", (type, listed, expected) => {
    const initializer = [create(TensorProtoSchema, { name: "w", dims: [2n], ...listed } as never)];
    const tensor = readModel(modelBytes({ initializer, output: [{ name: "w" }] })).initializers.get("w") as Tensor;
    expect([tensor.type, tensor.dims, numbers(tensor)]).toEqual([type, [2], expected]);
  });

  it.each([0, 1, 2, 3])("takes raw elements at an odd place in the file (%i)", (shift) => {
    const rawData = new Uint8Array(Float32Array.of(1.5, -2).buffer);
    const initializer = [{ name: "w".repeat(shift + 1), dims: [2n], dataType: Type.FLOAT, rawData }];
    const [tensor] = readModel(modelBytes({ initializer, output: [{ name: "w" }] })).initializers.values();
    expect(tensor?.data).toEqual(Float32Array.of(1.5, -2));
  });

  it("sorts nodes that stand in the wrong order, captured values included", () => {
    const branch = { name: "branch", node: [{ opType: "Neg", input: ["b"], output: ["c"] }], output: [{ name: "c" }] };
    const node = [
      {
        name: "if",
        opType: "If",
        input: ["condition"],
        output: ["y"],
        attribute: ["then_branch", "else_branch"].map((name) => ({ name, type: AttributeType.GRAPH, g: branch })),
      },
      { name: "second", opType: "Neg", input: ["a"], output: ["b"] },
      { name: "first", opType: "Neg", input: ["x"], output: ["a"] },
    ];
    const { nodes } = readModel(modelBytes({ node, output: [{ name: "y" }] }));
    expect(nodes.map(({ name }) => name)).toEqual(["first", "second", "if"]);
  });

  it("gives nodes without a name one that is free", () => {
    const node = [
      { opType: "Neg", input: ["x"], output: ["Relu"] },
      { name: "Relu", opType: "Relu", input: ["Relu"], output: ["y"] },
      { opType: "Neg", input: ["y"], output: ["z"] },
    ];
    const { nodes } = readModel(modelBytes({ node, output: [{ name: "z" }] }));
    expect(nodes.map(({ name }) => name)).toEqual(["Relu_1", "Relu", "z"]);
  });

  it("takes the standard domain under its other name", () => {
    const node = [{ name: "n", opType: "Relu", domain: "ai.onnx", input: ["x"], output: ["y"] }];
    const opsetImport = [{ domain: "ai.onnx", version: 21n }];
    const graph = readModel(modelBytes({ node, output: [{ name: "y" }] }, { opsetImport }));
    expect([graph.nodes[0]?.domain, [...graph.opsets]]).toEqual(["", [["", 21]]]);
  });

  it("does not ask for weights that an old file lists among the inputs", async () => {
    const initializer = [{ name: "w", dims: [2n], dataType: Type.FLOAT, floatData: [3, 4] }];
    const node = [{ opType: "Mul", input: ["x", "w"], output: ["y"] }];
    const input = [floatValue("x", [2]), floatValue("w", [2])];
    const graph = readModel(
      modelBytes({ node, input, initializer, output: [floatValue("y", [2])] }, { irVersion: 3n }),
    );
    expect(runInputs(graph).map(({ name }) => name)).toEqual(["x"]);
    expect((await runFresh(graph, { x: float32([2], [1, 2]) })).y?.data).toEqual(Float32Array.of(3, 8));
  });

  it("understands the largest whole number as 'to the end'", async () => {
    const largest = 2n ** 63n - 1n;
    const attribute = [
      { name: "starts", type: AttributeType.INTS, ints: [1n] },
      { name: "ends", type: AttributeType.INTS, ints: [largest] },
    ];
    const node = [{ opType: "Slice", input: ["x"], output: ["y"], attribute }];
    const opsetImport = [{ domain: "", version: 9n }];
    const graph = { node, input: [floatValue("x", [3])], output: [floatValue("y", [2])] };
    const read = readModel(modelBytes(graph, { opsetImport }));
    expect((await runFresh(again(read), { x: float32([3], [1, 2, 3]) })).y?.data).toEqual(Float32Array.of(2, 3));
  });
});

describe("Tensor", () => {
  it("refuses elements that do not fill its sizes", () => {
    expect(() => float32([2, 2], [1, 2, 3])).toThrowErrorMatchingInlineSnapshot(
      `[FoveaError: float32 tensor [2,2]: expected 16 bytes, got 12]`,
    );
  });

  it("takes other sizes of the same product", () => {
    expect(int64([1, 2, 3, 4]).reshape([2, 2]).dims).toEqual([2, 2]);
    expect(() => int64([1, 2, 3, 4]).reshape([3])).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
  });

  it("decodes half precision, subnormals and infinities included", () => {
    const bits = Uint16Array.of(0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000);
    const expected = [2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, Infinity, -Infinity, NaN, -0];
    expect(numbers(new Tensor("float16", [8], bits))).toEqual(expected);
  });
});
