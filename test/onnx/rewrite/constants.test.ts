/** @file Constants and decided branches in a file are settled when it is read. */

import { describe, expect, it } from "vitest";
import { type AttributeLike, Builder, float } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, type Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, numbers, Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { runFresh } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

const constants: readonly (readonly [string, AttributeLike, readonly number[], readonly number[]])[] = [
  ["value", float32([2, 1], [3, 4]), [2, 1], [3, 4]],
  ["value_float", float(0.5), [], [0.5]],
  ["value_floats", { type: "floats", value: [0.5, 2] }, [2], [0.5, 2]],
  ["value_int", 7, [], [7]],
  ["value_ints", [7, 8], [2], [7, 8]],
];

it.each(constants)("a Constant's %s becomes an initializer", (name, value, dims, elements) => {
  const op = new Builder();
  op.output(op.Identity(op.node("Constant", [], { [name]: value })[0]));
  const [tensor] = [...readModel(writeModel(op.graph)).initializers.values()] as [Tensor];
  expect([tensor.dims, numbers(tensor)]).toEqual([dims, elements]);
});

it("a Constant that is itself an output stays a node", () => {
  const op = new Builder();
  op.output(op.node("Constant", [], { value_float: float(1) })[0] as Value);
  expect(readModel(writeModel(op.graph)).nodes.map((node) => node.op)).toEqual(["Constant"]);
});

describe("an If whose condition is a constant becomes the taken branch", () => {
  const branch = (name: string, build: (op: Builder) => readonly Value[]) => {
    const op = new Builder(emptyGraph(name), name);
    for (const value of build(op)) op.output(value);
    return { type: "graph", value: op.graph } as const;
  };

  /** t = 2x; (y, z) = condition ? (exp(t), t) : (-(3t), 3t) */
  function model(condition: (op: Builder) => Value): Graph {
    const op = new Builder();
    const doubled = op.Mul(op.input("x", "float32", [2]), op.scalar(2));
    const then_branch = branch("then", (inner) => [inner.Exp(doubled), inner.Identity(doubled)]);
    const else_branch = branch("else", (inner) => {
      const scaled = inner.Mul(doubled, inner.constant(float32([], [3]), "const/f2"));
      return [inner.Neg(scaled), scaled];
    });
    const [y, z] = op.node("If", [condition(op)], { then_branch, else_branch }, 2) as [Value, Value];
    op.output(y, "y");
    op.output(z, "z");
    return op.graph;
  }

  const truth = (value: number) => new Tensor("bool", [], Uint8Array.of(value));
  it.each([
    ["true", (op: Builder) => op.constant(truth(1))],
    ["false", (op: Builder) => op.constant(truth(0))],
    [
      "a Constant node, negated twice",
      (op: Builder) => op.Not(op.Not(op.node("Constant", [], { value: truth(1) })[0])),
    ],
    ["a copy, negated", (op: Builder) => op.Not(op.Identity(op.constant(truth(1))))],
  ])("%s", async (_name, condition) => {
    const bytes = writeModel(model(condition));
    const feeds = { x: float32([2], [1, -0.5]) };
    const session = await runtime.open(bytes, { optimize: false, threads: 1 });
    const before = await session.run(feeds);
    const graph = readModel(bytes);
    expect(graph.nodes.map(({ op }) => op)).not.toContain("If");
    expect(await runFresh(graph, feeds)).toEqual(before);
  });

  it("and one that is not stays", () => {
    const graph = model((op) => op.Greater(op.ReduceSum("x", { keepdims: 0 }), op.scalar(0)));
    expect(readModel(writeModel(graph)).nodes.map(({ op }) => op)).toContain("If");
  });
});
