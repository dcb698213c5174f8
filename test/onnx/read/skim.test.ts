/** @file A model file read without its large weights is the same model. */

import { describe, expect, it } from "vitest";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { type ExternalFile, ownFile } from "../../../src/onnx/read/external-data.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { skimModel } from "../../../src/onnx/read/skim.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";

/** Bytes as a file that counts what is read of it. */
function fileOf(bytes: Uint8Array): ExternalFile & { count: number } {
  const file = {
    path: "/model.onnx",
    byteLength: bytes.length,
    count: 0,
    read(offset: number, byteLength: number) {
      file.count += byteLength;
      return bytes.slice(offset, offset + byteLength);
    },
  };
  return file;
}

/** A large initializer, a large Constant node, one in a subgraph, and small ones. */
function network(): Graph {
  const branch = (factor: number) => {
    const op = new Builder(undefined, `branch${factor}`);
    op.output(op.Mul("x", op.constant(randomTensor([200, 200], `branch${factor}`))), `scaled${factor}`);
    return { type: "graph", value: op.graph } as const;
  };
  const op = new Builder();
  op.input("x", "float32", [1, 200]);
  const product = op.MatMul("x", op.constant(randomTensor([200, 200], "w"), "w"));
  const added = op.Add(product, op.node("Constant", [], { value: randomTensor([200, 200], "c") })[0]);
  const scaled = op.Mul(added, op.constant(randomTensor([200], "small"), "small"));
  const condition = op.Greater(op.ReduceSum(scaled, { keepdims: 0 }), op.scalar(0));
  op.output(op.node("If", [condition], { then_branch: branch(1), else_branch: branch(2) })[0] as string, "y");
  op.graph.metadata.set("author", "somebody");
  return op.graph;
}

/** Every initializer's elements, with those of subgraphs. */
function weightsOf(graph: Graph): Record<string, number[]> {
  const own = [...graph.initializers].map(([name, tensor]): [string, number[]] => [
    name,
    [...(tensor.data as Float32Array)],
  ]);
  const inner = graph.nodes
    .flatMap(({ attributes }) => Object.values(attributes))
    .flatMap((attribute) => (attribute.type === "graph" ? Object.entries(weightsOf(attribute.value)) : []));
  return Object.fromEntries([...own, ...inner]);
}

describe("skimModel", () => {
  it("leaves large tensors in the file, wherever they stand, and keeps the rest", () => {
    const bytes = writeModel(network());
    const file = fileOf(bytes);
    const skimmed = skimModel(file);
    expect(skimmed.length).toBeLessThan(5000);
    const read = readModel(skimmed, "model", (location) => {
      expect(location).toBe(ownFile);
      return file;
    });
    const whole = readModel(bytes);
    const large = [...read.initializers.values()].filter(({ size }) => size > 1000);
    expect(large.map(({ file: place }) => place?.byteLength)).toEqual([160_000, 160_000]);
    expect(weightsOf(read)).toEqual(weightsOf(whole));
    expect(read.metadata).toEqual(whole.metadata);
    expect(read.nodes.map(({ op, inputs, outputs }) => [op, inputs, outputs])).toEqual(
      whole.nodes.map(({ op, inputs, outputs }) => [op, inputs, outputs]),
    );
  });

  it("reads little more than what it keeps", () => {
    const op = new Builder();
    const w = op.constant(randomTensor([2000, 1000], "w"), "w");
    op.output(op.MatMul(op.input("x", "float32", [1, 2000]), w));
    const file = fileOf(writeModel(op.graph));
    expect(skimModel(file)).toBeDefined();
    expect(file.count).toBeLessThan(300_000);
    expect(file.byteLength).toBeGreaterThan(8_000_000);
  });

  it("says what is wrong with what is no protobuf, or is cut off", () => {
    const bytes = writeModel(network());
    const damaged = /not a readable ONNX file: expected a whole protobuf ModelProto, got \d+ bytes that are cut short/;
    expect(() => skimModel(fileOf(bytes.subarray(0, bytes.length - 1000)))).toThrow(damaged);
    expect(() => skimModel(fileOf(new Uint8Array(100).fill(0xff).fill(0, 50)))).toThrow(damaged);
    expect(() => skimModel(fileOf(new TextEncoder().encode("<html>")))).toThrow(/got text that begins "<html>"$/);
  });
});

it("a tensor in a file is read when it is asked for, and not kept", () => {
  const bytes = writeModel(network());
  const file = fileOf(bytes);
  const graph = readModel(skimModel(file), "model", () => file);
  const before = file.count;
  const w = graph.initializers.get("w") as Tensor;
  expect([...floats(w)]).toEqual([...floats(randomTensor([200, 200], "w"))]);
  expect(file.count - before).toBe(160_000);
  expect([...floats(w.reshape([40_000]))].length).toBe(40_000);
  expect(file.count - before).toBe(320_000);
});
