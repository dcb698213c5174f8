/** @file The gradient of max pooling axis by axis: the same as by the pool's Indices, ties included. */

import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/autodiff/differentiate.js";
import type { RuleTable } from "../../src/autodiff/rule.js";
import { maxPoolGradient } from "../../src/autodiff/rules/max-pool.js";
import { spatialWindow } from "../../src/autodiff/window.js";
import { present } from "../../src/foundation/present.js";
import { random } from "../../src/foundation/random.js";
import { type Attributes, Builder } from "../../src/onnx/builder.js";
import { type Graph, ints, type Value } from "../../src/onnx/graph.js";
import { prune } from "../../src/onnx/prune.js";
import { float32, sizeOf, type Tensor } from "../../src/onnx/tensor.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { elements, gradientOf } from "../support/models/gradient.js";
import { run } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const axisByAxis: RuleTable = {
  MaxPool: {
    gradients: (backward) => {
      const window = spatialWindow(backward, ints(backward.node, "kernel_shape") ?? []);
      return [present(maxPoolGradient(backward, window), "gradient")];
    },
  },
};

const [twice, thrice] = [
  { kernel_shape: [2, 2], strides: [2, 2] },
  { kernel_shape: [3, 3], strides: [2, 2] },
];

/** Small whole numbers, so that many are equal and sums are exact. */
function wholeNumbers(dims: readonly number[], seed: number, most: number): Tensor {
  const source = random(seed);
  return float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => Math.floor(source.uniform() * most) - 1),
  );
}

/** A pool y of x [N, ...], and an input g for the gradient of y. */
async function pool(dims: readonly number[], attributes: Attributes): Promise<{ graph: Graph; y: Value }> {
  const op = new Builder();
  const [y] = op.node("MaxPool", [op.input("x", "float32", ["N", ...dims.slice(1)])], attributes);
  op.output(y);
  const graph = await inferTypes(op.graph, runtime);
  new Builder(graph).input("g", "float32");
  return { graph, y };
}

describe("the gradient of MaxPool, axis by axis", () => {
  it.each<[readonly number[], Attributes]>([
    [[2, 2, 4, 6], twice],
    [[2, 2, 5, 7], twice],
    [[2, 2, 5, 7], { ...twice, ceil_mode: 1 }],
    [[2, 2, 6, 6], { ...twice, pads: [1, 1, 1, 1] }],
    [[2, 2, 6, 6], { ...twice, pads: [0, 0, 1, 1] }],
    [[2, 2, 7, 7], thrice],
    [[2, 2, 7, 8], { ...thrice, pads: [1, 1, 1, 1] }],
    [[2, 2, 6, 6], { ...thrice, ceil_mode: 1 }],
    [[2, 2, 5, 5], { ...thrice, auto_pad: "SAME_UPPER" }],
    [[2, 2, 5, 5], { ...twice, auto_pad: "SAME_LOWER" }],
    [[2, 2, 5, 5], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }],
    [[2, 3, 9, 11], { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 0, 1] }],
    [[1, 2, 13, 13], { kernel_shape: [5, 5], pads: [2, 2, 2, 2] }],
    [[1, 1, 10, 7], { kernel_shape: [4, 3], strides: [3, 2], pads: [2, 1, 1, 1] }],
    [[2, 3, 9], { kernel_shape: [3], strides: [2] }],
    [[1, 2, 4, 3, 5], { kernel_shape: [2, 2, 3], strides: [2, 1, 2], pads: [0, 0, 1, 0, 0, 1] }],
    [[1, 16, 48, 48], { ...thrice, pads: [1, 1, 1, 1] }],
  ])("of %j with %j is that by Indices", async (dims, attributes) => {
    const { graph, y } = await pool(dims, attributes);
    const x = wholeNumbers(dims, 1, 4);
    const g = wholeNumbers(present((await run(prune(graph, [y]), { x }))[y], y).dims, 2, 9);
    const options = { of: y, wrt: "x", seed: "g" };
    const actual = await gradientOf(graph, { ...options, rules: axisByAxis }, { x, g });
    const expected = await byIndices(graph, options, { x, g });
    expect(actual.dims).toEqual(dims);
    expect(elements(actual)).toEqual(elements(expected));
  });

  it("is taken where an image's values are many", async () => {
    const asks = async (side: number) => {
      const { graph, y } = await pool([1, 16, side, side], thrice);
      const { nodes } = differentiate(graph, { of: y, wrt: ["x"] }).graph;
      return nodes.some(({ op, outputs }) => op === "MaxPool" && outputs.length > 1);
    };
    expect([await asks(32), await asks(48)]).toEqual([true, false]);
  });
});

/** Without sizes, the rule has the pool's Indices alone. */
function byIndices(graph: Graph, options: Parameters<typeof gradientOf>[1], feeds: Parameters<typeof run>[1]) {
  const inputs = graph.inputs.map((input) => (input.name === "x" ? { name: "x", type: input.type } : input));
  return gradientOf({ ...graph, inputs }, options, feeds);
}
