/** @file The walk: what it emits, what it adds up, what it refuses; and the conventions at kinks. */

import { describe, expect, it } from "vitest";
import { checkGradients } from "../../src/autodiff/check-gradients.js";
import { differentiate } from "../../src/autodiff/differentiate.js";
import { unary } from "../../src/autodiff/rule.js";
import { Builder, float } from "../../src/onnx/builder.js";
import type { Value } from "../../src/onnx/graph.js";
import { ancestors, prune } from "../../src/onnx/prune.js";
import { float32 } from "../../src/onnx/tensor.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { elements, gradientOf } from "../support/models/gradient.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { run } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

describe("conventions, as in PyTorch", () => {
  it.each([
    ["Relu", {}, 0],
    ["LeakyRelu", { alpha: float(0.25) }, 0.25],
    ["Abs", {}, 0],
  ] as const)("the slope of %s %o at 0 is %f", async (name, attributes, slope) => {
    const op = new Builder();
    const y = op.node(name, [op.input("x", "float32", [3])], attributes)[0] as Value;
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x" }, { x: float32([3], [1, 0, -0]) });
    expect(elements(gradient)).toEqual([1, slope, slope]);
  });

  it("Clip passes no gradient at its bounds, as relu6 and hardtanh do not", async () => {
    const op = new Builder();
    const y = op.Clip(op.input("x", "float32", [5]), op.scalar(-1), op.scalar(1));
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x" }, { x: float32([5], [-2, -1, 0, 1, 2]) });
    expect(elements(gradient)).toEqual([0, 0, 1, 0, 0]);
  });

  it("MaxPool gives a tie to the first maximum of the window", async () => {
    const op = new Builder();
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    const y = op.node("MaxPool", [op.input("x", "float32", [1, 1, 2, 6])], attributes)[0] as Value;
    const x = float32([1, 1, 2, 6], [0, 0, 1, 3, 2, 5, 0, 0, 3, 3, 5, 5]);
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x" }, { x });
    expect(elements(gradient)).toEqual([1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("MaxPool adds up where windows overlap, ties included", async () => {
    const op = new Builder();
    const attributes = { kernel_shape: [3], strides: [1], pads: [1, 1] };
    const y = op.node("MaxPool", [op.input("x", "float32", [1, 1, 6])], attributes)[0] as Value;
    const x = float32([1, 1, 6], [1, 4, 4, 2, 4, 0]);
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x" }, { x });
    // Windows [_14] [144] [442] [424] [240] [40_] go to positions 1, 1, 1, 2, 4, 4.
    expect(elements(gradient)).toEqual([0, 3, 1, 0, 2, 0]);
  });
});

describe("differentiate", () => {
  it("adds up the gradients of a value that is used several times", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", [2]);
    const y = op.Add(op.Mul(x, x), op.Sub(op.Mul(x, op.scalar(3)), op.Neg(x)));
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x" }, { x: float32([2], [5, -1]) });
    expect(elements(gradient)).toEqual([14, 2]);
  });

  it("weights the outputs with the seed", async () => {
    const op = new Builder();
    const y = op.Mul(op.input("x", "float32", [3]), op.input("x", "float32", [3]));
    op.graph.inputs.pop();
    const seed = op.constant(float32([3], [1, 0, -2]));
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x", seed }, { x: float32([3], [1, 2, 3]) });
    expect(elements(gradient)).toEqual([2, 0, -12]);
  });

  it("reaches inner values, weights and the value itself", async () => {
    const op = new Builder();
    const w = op.constant(float32([2], [3, 4]), "w");
    const inner = op.Mul(op.input("x", "float32", [2]), w);
    const y = op.Mul(inner, inner);
    const feeds = { x: float32([2], [1, 2]) };
    expect(elements(await gradientOf(op.graph, { of: y, wrt: inner }, feeds))).toEqual([6, 16]);
    expect(elements(await gradientOf(op.graph, { of: y, wrt: w }, feeds))).toEqual([6, 32]);
    expect(elements(await gradientOf(op.graph, { of: y, wrt: y }, feeds))).toEqual([1, 1]);
  });

  it("gives zeros of the right shape to a value that the score does not depend on", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", [2]);
    const other = op.input("other", "float32", [1, 3]);
    const y = op.Add(op.Exp(x), op.Floor(x));
    const feeds = { x: float32([2], [0, 0]), other: float32([1, 3], [1, 2, 3]) };
    const gradient = await gradientOf(op.graph, { of: y, wrt: other }, feeds);
    expect([gradient.dims, elements(gradient)]).toEqual([
      [1, 3],
      [0, 0, 0],
    ]);
    expect(elements(await gradientOf(op.graph, { of: op.Ceil(x), wrt: "x" }, feeds))).toEqual([0, 0]);
  });

  it("leaves the graph that it was given as it was", async () => {
    const op = new Builder();
    op.node("MaxPool", [op.input("x", "float32", [1, 1, 4, 4])], { kernel_shape: [2, 2] });
    const before = structuredClone({ nodes: op.graph.nodes, initializers: [...op.graph.initializers.keys()] });
    differentiate(op.graph, { of: "MaxPool", wrt: ["x"] });
    expect({ nodes: op.graph.nodes, initializers: [...op.graph.initializers.keys()] }).toEqual(before);
  });

  it("keeps only backward nodes that the gradients asked for need", async () => {
    const { graph } = await smallNetwork();
    const onlyInput = differentiate(graph, { of: "score", wrt: ["x"] });
    const both = differentiate(graph, { of: "score", wrt: ["x", "w"] });
    const used = ancestors(onlyInput.graph, onlyInput.gradients.values());
    const backward = onlyInput.graph.nodes.slice(graph.nodes.length);
    expect(backward.filter(({ outputs }) => !outputs.some((output) => used.has(output)))).toEqual([]);
    expect(backward.filter(({ op }) => op === "MatMul" || op === "Concat")).toEqual([]);
    expect(backward.length).toBeLessThan(both.graph.nodes.length - graph.nodes.length);
    const added = [...onlyInput.graph.initializers.keys()].filter((name) => !graph.initializers.has(name));
    expect(added.filter((name) => !used.has(name))).toEqual([]);
  });

  it("stops at the layer: nothing is emitted for what lies before it", async () => {
    const { graph, layer } = await smallNetwork();
    const { graph: whole } = differentiate(graph, { of: "score", wrt: [layer] });
    const names = whole.nodes.slice(graph.nodes.length).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("Conv"))).toEqual([]);
  });

  it("names a backward node after its forward node", async () => {
    const { graph } = await smallNetwork();
    const { graph: whole } = differentiate(graph, { of: "score", wrt: ["x"] });
    const names = whole.nodes.slice(graph.nodes.length).map(({ name }) => name);
    expect(names).toEqual([
      "score/grad/Shape",
      "score/grad/Expand",
      "Relu/grad/HardSigmoid",
      "Relu/grad/Mul",
      "Conv/grad/Slice",
      "Conv/grad/Transpose",
      "Conv/grad/Conv",
    ]);
  });

  it("computes a second derivative when it is applied twice", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3]);
    const y = op.ReduceSum(op.Mul(op.Sigmoid(x), op.Exp(op.Mul(x, op.Tanh(x)))));
    const first = differentiate(await inferTypes(op.graph, runtime), { of: y, wrt: [x] });
    const slope = first.gradients.get(x) as Value;
    const typed = await inferTypes(prune(first.graph, [slope]), runtime);
    const feeds = { x: randomTensor([2, 3], "second derivative") };
    expect(await checkGradients(typed, { of: slope, wrt: [x], feeds, run, tolerance: 2e-4 })).toMatchObject({
      passed: true,
    });
    const cube = new Builder();
    const z = cube.Pow(cube.input("x", "float32", [2]), cube.scalar(3));
    const once = differentiate(cube.graph, { of: z, wrt: ["x"] });
    const curvature = await gradientOf(
      await inferTypes(once.graph, runtime),
      { of: once.gradients.get("x") as Value, wrt: "x" },
      { x: float32([2], [2, -1]) },
    );
    expect(elements(curvature)).toEqual([12, -6]);
  });

  it("takes another rule where one is given, as guided backpropagation does", async () => {
    const op = new Builder();
    const y = op.Mul(op.Relu(op.input("x", "float32", [4])), op.constant(float32([4], [1, -1, 1, -1])));
    const guided = unary((builder, g, _x, out) =>
      builder.Where(builder.Greater(out, builder.scalar(0)), builder.Relu(g), builder.scalar(0)),
    );
    const feeds = { x: float32([4], [1, 1, -1, -1]) };
    const gradient = await gradientOf(op.graph, { of: y, wrt: "x", rules: { Relu: guided } }, feeds);
    expect(elements(gradient)).toEqual([1, 0, 0, 0]);
  });

  it("gives an optional output that it needs a name that is free", async () => {
    const op = new Builder();
    op.named("pool/output_1", op.input("x", "float32", [1, 1, 4]));
    const attributes = { kernel_shape: { type: "ints", value: [2] } } as const;
    op.append({ name: "pool", op: "MaxPool", domain: "", inputs: ["pool/output_1"], outputs: ["y"], attributes });
    const gradient = await gradientOf(op.graph, { of: "y", wrt: "x" }, { x: float32([1, 1, 4], [1, 3, 2, 8]) });
    expect(elements(gradient)).toEqual([0, 2, 0, 1]);
  });

  it("names the operator, the node and the path where there is no rule", () => {
    const op = new Builder();
    const y = op.Exp(op.Relu(op.node("Det", [op.input("x", "float32", [3])])[0]));
    expect(() => differentiate(op.graph, { of: y, wrt: ["x"] })).toThrowErrorMatchingInlineSnapshot(
      `[FoveaError: node "Det": operator Det has no differentiation rule (reached by Relu "Relu" <- Exp "Exp"): choose a layer behind it]`,
    );
  });

  it("names the domain of an operator that is not standard", () => {
    const op = new Builder();
    const node = { name: "act", op: "Relu", domain: "com.example", inputs: [op.input("x", "float32")], attributes: {} };
    op.append({ ...node, outputs: ["y"] });
    expect(() => differentiate(op.graph, { of: "y", wrt: ["x"] })).toThrowErrorMatchingInlineSnapshot(
      `[FoveaError: node "act": operator com.example.Relu has no differentiation rule: choose a layer behind it]`,
    );
  });

  it("asks for no rule where nothing is differentiated", () => {
    const op = new Builder();
    const x = op.input("x", "float32", [3]);
    const before = op.node("Det", [x])[0] as Value;
    const beside = op.node("Det", [op.input("other", "float32", [3])])[0] as Value;
    const y = op.Mul(op.Exp(before), beside);
    expect(() => differentiate(op.graph, { of: y, wrt: [before] })).not.toThrow();
  });
});

async function smallNetwork() {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 2, 5, 5]);
  const w = op.constant(randomTensor([3, 2, 3, 3], "w"), "w");
  const layer = op.Conv(x, w, { pads: [1, 1, 1, 1] });
  op.output(op.Relu(layer), "score");
  return { graph: await inferTypes(op.graph, runtime), layer };
}
