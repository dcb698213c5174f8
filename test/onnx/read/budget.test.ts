/** @file A file that holds more than any network does is refused by what is written in it, before it is decoded. */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import { TensorProto_DataLocation } from "../../../src/onnx/proto/onnx_pb.js";
import type { ExternalFile } from "../../../src/onnx/read/external-data.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { skimModel } from "../../../src/onnx/read/skim.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { complaint } from "../../support/complaint.js";
import { modelBytes } from "../../support/models/model-proto.js";
import { everything, share } from "../../support/share.js";

const nodes = (count: number) => Array.from({ length: count }, (_, i) => ({ opType: "Relu", output: [`d${i}`] }));
const output = [{ name: "y" }];
const branch = (graph: object) => ({
  opType: "If",
  output: ["y"],
  attribute: [{ name: "then_branch", type: 5, g: graph }],
});

/** A file as it would lie on a disk, which counts what is read of it. */
function fileOf(bytes: Uint8Array, byteLength = bytes.length): ExternalFile & { count: number } {
  const file = {
    path: "/net.onnx",
    byteLength,
    count: 0,
    read(offset: number, length: number) {
      file.count += length;
      const part = new Uint8Array(length);
      part.set(bytes.subarray(offset, offset + length));
      return part;
    },
  };
  return file;
}

const overlapping = (count: number, length: number) => ({
  node: nodes(1),
  output,
  initializer: Array.from({ length: count }, (_, i) => ({
    ...{ name: `w${i}`, dataType: 2, dims: [BigInt(length)], dataLocation: TensorProto_DataLocation.EXTERNAL },
    externalData: [
      { key: "location", value: "w.bin" },
      { key: "length", value: String(length) },
    ],
  })),
});

const read = (graph: object, more: object = {}) => complaint(modelBytes(graph as never, more as never));

describe("a file of too much", () => {
  it.runIf(everything)("is refused for its nodes, wherever they stand", () => {
    const sentence = "bad-graph: net.onnx: expected a model of at most 100000 nodes, got more";
    const many = nodes(100_001);
    const places: [graph: object, more?: object][] = [
      [{ node: [branch({ node: many })], output }],
      [{ node: many, output }],
      [{ node: nodes(1), output }, { functions: [{ name: "f", node: many }] }],
    ];
    for (const [graph, more] of share(places, 3)) expect(read(graph, more)).toBe(sentence);
    expect(read({ node: [branch({ node: nodes(20_001), output: [{ name: "d0" }] })], output })).toMatch(
      /expected a network of at most 20000 nodes, got 20002$/,
    );
  });

  it.runIf(everything)("is given up at once where it lies on a disk", () => {
    const file = fileOf(modelBytes({ node: nodes(300_000), output } as never));
    expect(() => skimModel(file, "net.onnx")).toThrow("net.onnx: expected a model of at most 100000 nodes, got more");
    expect(file.count).toBeLessThan(file.byteLength / 2);
  });

  it.runIf(everything)("is refused for names, texts, lists and tensors", () => {
    const long = "n".repeat(20_000);
    expect(read({ node: [{ opType: "Relu", name: long, output: ["y"] }], output })).toBe(
      `bad-graph: net.onnx: expected names of at most 16384 bytes, got one of 20000 that begins ${JSON.stringify("n".repeat(40))}`,
    );
    const names = Array.from({ length: 3000 }, () => ({ opType: "Relu", name: "n".repeat(12_000), output: ["y"] }));
    expect(read({ node: names, output })).toMatch(/at most 33554432 bytes of names, got more$/);
    const calls = Array.from({ length: 20_000 }, (_, i) => ({ opType: "f", domain: "f", output: [`q${i}`] }));
    const body = {
      name: "f",
      domain: "f",
      output: ["y"],
      node: [{ opType: "Relu", name: "n".repeat(10_000), output: ["y"] }],
    };
    expect(read({ node: calls, output }, { functions: [body] })).toMatch(
      /multiplies without measure: expected fewer calls$/,
    );
    const initializer = Array.from({ length: 100_001 }, (_, i) => ({
      name: `${i}`,
      dataType: 1,
      floatData: [1],
      dims: [1n],
    }));
    expect(read({ node: nodes(1), output, initializer })).toMatch(/at most 100000 tensors, got more$/);
    const axes = { name: "w", dataType: 1, floatData: [1], dims: new Array<bigint>(65).fill(1n) };
    expect(read({ node: nodes(1), output, initializer: [axes] })).toMatch(
      /tensor "w": expected at most 64 sizes, got 65$/,
    );
    const wide = { name: "w", dataType: 1, dims: [2n ** 33n, 0n] };
    expect(read({ node: nodes(1), output, initializer: [wide] })).toMatch(
      /size 8589934592: expected at most 2147483647$/,
    );
  });

  it("is refused for the zeros of its sparse tensors, one by one or together", () => {
    const sparse = (size: number) => ({ dims: [BigInt(size)], values: { name: "s", dataType: 1, dims: [0n] } });
    const sentence = /expected a model of at most 67108864 elements of sparse tensors, got more$/;
    expect(read({ node: nodes(1), output, sparseInitializer: [sparse(4e9)] })).toMatch(sentence);
    expect(read({ node: nodes(1), output, sparseInitializer: new Array(3).fill(sparse(2 ** 25)) })).toMatch(sentence);
    const attribute = [{ name: "sparse_value", type: 11, sparseTensor: sparse(4e9) }];
    expect(read({ node: [{ opType: "Constant", output: ["y"], attribute }], output })).toMatch(sentence);
  });

  it("is refused for messages in messages", () => {
    let graph: object = { node: nodes(1) };
    for (let i = 0; i < 40; i++) graph = { node: [branch(graph)] };
    expect(read(graph)).toBe("bad-graph: net.onnx: expected subgraphs and types at most 100 levels deep");
  });

  it("is refused for what one value feeds, branches, and outputs", () => {
    const fan = Array.from({ length: 8001 }, (_, i) => ({ opType: "Relu", input: ["x"], output: [`d${i}`] }));
    expect(read({ node: fan, output })).toMatch(/at most 8000 nodes that read one value, got 8001$/);
    const flat = Array.from({ length: 5001 }, (_, i) => ({ ...branch({ node: [] }), output: [`d${i}`] }));
    expect(read({ node: flat, output })).toMatch(/at most 5000 branches and loops, got 5001$/);
    const outputs = Array.from({ length: 5001 }, (_, i) => ({ name: `y${i}` }));
    expect(read({ node: nodes(1), output: outputs })).toMatch(/at most 5000 outputs, got 5001$/);
  });
});

describe("weights in other files", () => {
  const opened = (count: number, length: number, size: number) => () =>
    readModel(modelBytes(overlapping(count, length) as never), "net.onnx", () => fileOf(new Uint8Array(), size));

  it("may share bytes, but not many times over", () => {
    expect(opened(3, 2 ** 28, 2 ** 28)).not.toThrow();
    expect(opened(2000, 1000, 1000)).not.toThrow();
    expect(opened(2000, 2 ** 28, 2 ** 28)).toThrow(
      'net.onnx: tensor "w4": expected tensors that share few bytes, got more than 4 times the 268435456 bytes of w.bin',
    );
  });

  it("have a limit together", () => {
    expect(opened(40, 2 ** 30, 2 ** 36)).toThrow(/at most 34359738368 bytes of weights in other files, got more$/);
  });
});

it("numbers that a tensor lists stay in the file like raw ones, and are the same", () => {
  const values = Float32Array.from({ length: 20_000 }, (_, i) => i / 7);
  const initializer = [{ name: "w", dataType: 1, dims: [20_000n], floatData: [...values] }];
  const file = fileOf(modelBytes({ node: nodes(1), output: [{ name: "w" }], initializer } as never));
  const skimmed = skimModel(file);
  expect(skimmed.length).toBeLessThan(500);
  const w = readModel(skimmed, "net", () => file).initializers.get("w") as Tensor;
  expect(w.file?.byteLength).toBe(80_000);
  expect(floats(w)).toEqual(values);
});

it.runIf(everything)("many small weights stay in the file as well", () => {
  const op = new Builder();
  op.output(op.Relu(op.input("x", "float32", [1])), "y");
  const model = writeModel(op.graph);
  const tensor = new BinaryWriter()
    .tag(2, WireType.Varint)
    .int32(1)
    .tag(9, WireType.LengthDelimited)
    .bytes(new Uint8Array(60_000))
    .finish();
  const graph = new BinaryWriter();
  for (let i = 0; i < 3000; i++) graph.tag(5, WireType.LengthDelimited).bytes(tensor);
  const weights = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph.finish()).finish();
  const whole = new Uint8Array(model.length + weights.length);
  whole.set(model);
  whole.set(weights, model.length);
  expect(skimModel(fileOf(whole)).length).toBeLessThan(2 ** 26 + 2 ** 20);
});
