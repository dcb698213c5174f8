/** @file Building, cutting and printing graphs. */

import { describe, expect, it } from "vitest";
import { Builder, float } from "../../src/onnx/builder.js";
import { emptyGraph, readsOf } from "../../src/onnx/graph.js";
import { printGraph } from "../../src/onnx/print.js";
import { ancestors, descendants, distancesTo, prune } from "../../src/onnx/prune.js";
import { float32 } from "../../src/onnx/tensor.js";
import { elements } from "../support/models/gradient.js";
import { runFresh } from "../support/models/run.js";

function chain() {
  const op = new Builder(emptyGraph("chain"));
  const x = op.input("x", "float32", ["N", 2]);
  const a = op.Mul(x, op.constant(float32([2], [2, 3]), "w"));
  const b = op.Relu(a);
  const c = op.Clip(b, undefined, op.scalar(6));
  op.output(c, "y");
  op.output(op.ReduceSum(b, op.ints([1]), { keepdims: 0 }), "total");
  return { op, graph: op.graph, x, a, b, c };
}

describe("Builder", () => {
  it("never uses a name twice, in scopes and over a graph that was there before", () => {
    const { graph } = chain();
    const op = new Builder(graph);
    const names = [op.Relu("x"), op.Relu("x"), op.scope("Relu").Relu("x"), op.scope("Relu").Relu("x")];
    expect(names).toEqual(["Relu_1", "Relu_2", "Relu/Relu", "Relu/Relu_1"]);
    const made = graph.nodes.flatMap(({ outputs }) => outputs);
    expect(new Set(made).size).toBe(made.length);
  });

  it("keeps one constant for equal numbers, across scopes", () => {
    const op = new Builder();
    expect(op.scalar(1)).toBe(op.scope("a").scalar(1));
    expect(op.ints([1, 2])).not.toBe(op.ints([12]));
    expect(op.ints([1])).not.toBe(op.int(1));
    expect(op.scalar(1)).not.toBe(op.scalar(1.5));
  });

  it("leaves out omitted inputs at the end and undefined attributes", () => {
    const op = new Builder();
    op.Clip("x", undefined, undefined);
    op.Clip("x", undefined, "max", { a: undefined, b: float(2) });
    expect(op.graph.nodes.map(({ inputs, attributes }) => ({ inputs, attributes }))).toEqual([
      { inputs: ["x"], attributes: {} },
      { inputs: ["x", "", "max"], attributes: { b: { type: "float", value: 2 } } },
    ]);
  });

  it("names every output of an operator that has several", () => {
    const op = new Builder();
    expect(op.node("Split", ["x"], { axis: 0 }, 3)).toEqual(["Split", "Split_1", "Split_2"]);
    expect(op.node("Split", ["x"], { axis: 0 }, 2)).toEqual(["Split_3", "Split_1_1"]);
  });
});

describe("prune", () => {
  it("keeps what the outputs need", () => {
    const { graph, a } = chain();
    const cut = prune(graph, [a]);
    expect(cut.nodes.map(({ op }) => op)).toEqual(["Mul"]);
    expect([...cut.initializers.keys()]).toEqual(["w"]);
    expect(cut.outputs.map(({ name }) => name)).toEqual([a]);
    expect(graph.nodes.length).toBe(6);
  });

  it("begins at given values, which become inputs with what is known of them", async () => {
    const { graph, b } = chain();
    graph.types.set(b, { type: "float32", dims: ["N", 2] });
    const tail = prune(graph, ["y"], [b]);
    expect(tail.inputs).toEqual([{ name: b, type: "float32", dims: ["N", 2] }]);
    expect(tail.nodes.map(({ op }) => op)).toEqual(["Clip", "Identity"]);
    const results = await runFresh(tail, { [b]: float32([1, 2], [5, 7]) });
    expect(elements(results.y as never)).toEqual([5, 6]);
  });

  it("computes a node again for its other outputs, beside the one that is given", async () => {
    const op = new Builder();
    const [pooled, indices] = op.node(
      "MaxPool",
      [op.input("x", "float32", [1, 1, 4])],
      { kernel_shape: [2], strides: [2] },
      2,
    );
    op.graph.types.set(pooled as string, { type: "float32", dims: [1, 1, 2] });
    op.output(op.Add(pooled, op.Cast(indices, { to: 1 })), "y");
    const tail = prune(op.graph, ["y"], [pooled as string]);
    expect(tail.inputs.map(({ name }) => name)).toEqual(["x", pooled]);
    const feeds = { x: float32([1, 1, 4], [1, 5, 7, 3]), [pooled as string]: float32([1, 1, 2], [10, 20]) };
    expect(elements((await runFresh(tail, feeds)).y as never)).toEqual([11, 22]);
  });

  it("lists an output that is asked for twice once", () => {
    const { graph, a } = chain();
    expect(prune(graph, [a, a]).outputs.length).toBe(1);
  });

  it("keeps what a subgraph captures", () => {
    const branch = new Builder(emptyGraph("branch"));
    branch.output(branch.Neg("a"));
    const op = new Builder();
    op.append({ name: "a", op: "Relu", domain: "", inputs: ["x"], outputs: ["a"], attributes: {} });
    const attributes = { then_branch: { type: "graph", value: branch.graph } } as const;
    op.append({ name: "if", op: "If", domain: "", inputs: ["condition"], outputs: ["y"], attributes });
    op.input("x", "float32");
    op.input("condition", "bool", []);
    expect(readsOf(op.graph.nodes[1] as never)).toEqual(["condition", "a"]);
    expect(prune(op.graph, ["y"]).nodes.map(({ name }) => name)).toEqual(["a", "if"]);
  });

  it("says which value there is not", () => {
    expect(() => prune(chain().graph, ["nothing"])).toThrowErrorMatchingInlineSnapshot(
      `[FoveaError: value "nothing": expected an input, an initializer or a node's output, got none]`,
    );
  });
});

it("ancestors and descendants follow the arrows", () => {
  const { graph, a, b, c } = chain();
  expect([...ancestors(graph, [b])].sort()).toEqual([a, b, "w", "x"].sort());
  expect([...descendants(graph, [c])].sort()).toEqual([c, "y"].sort());
});

it("distancesTo takes the shortest way", () => {
  const op = new Builder();
  const x = op.input("x", "float32", [1]);
  const near = op.Relu(op.Neg(x));
  const sum = op.Add(near, op.Sigmoid(op.Tanh(near)));
  const distances = distancesTo(op.graph, sum);
  expect([sum, near, x, "nowhere"].map((value) => distances.get(value))).toEqual([0, 1, 3, undefined]);
});

it("printGraph shows a node a line", () => {
  const { graph, op } = chain();
  op.node("Split", [op.Cast("y", { to: 1 })], { axis: 1, names: ["a", "b"], value: float32([1], [2]) }, 2);
  op.append({ name: "own", op: "Own", domain: "com.example", inputs: ["y"], outputs: ["z"], attributes: {} });
  expect(`\n${printGraph(graph)}\n`).toMatchInlineSnapshot(`
    "
    input  x : float32[N, 2]
    weight w : float32[2]
    weight const/f6 : float32[]
    weight const/i1 : int64[1]
    Mul = Mul(x, w) : ?
    Relu = Relu(Mul) : ?
    Clip = Clip(Relu, , const/f6) : ?
    y = Identity(Clip) : ?
    ReduceSum = ReduceSum(Relu, const/i1) {keepdims=0} : ?
    total = Identity(ReduceSum) : ?
    Cast = Cast(y) {to=1} : ?
    Split, Split_1 = Split(Cast) {axis=1, names=[a, b], value=float32[1]} : ?, ?
    z = com.example.Own(y) : ?
    output y : ?
    output total : ?
    "
  `);
});
