/** @file What rules do where a function has a kink or a tie, or divides by zero. */

import { describe, expect, it } from "vitest";
import { type AttributeLike, Builder, float } from "../../src/onnx/builder.js";
import type { Value } from "../../src/onnx/graph.js";
import { float32 } from "../../src/onnx/tensor.js";
import { elements, gradientOf } from "../support/models/gradient.js";

type Attributes = Readonly<Record<string, AttributeLike>>;

/** The gradient of the sum of an operator's output with respect to one of its inputs, rows of equal length. */
async function gradient(name: string, inputs: readonly number[][][], wrt = 0, attributes: Attributes = {}) {
  const op = new Builder();
  const tensors = inputs.map((rows) => float32([rows.length, rows[0]?.length ?? 0], rows.flat()));
  const names = tensors.map(({ dims }, i) => op.input(`x${i}`, "float32", dims));
  const of = op.node(name, names, attributes)[0] as Value;
  const feeds = Object.fromEntries(tensors.map((tensor, i) => [`x${i}`, tensor]));
  return elements(await gradientOf(op.graph, { of, wrt: `x${wrt}` }, feeds)).map((value) => Number(value.toFixed(5)));
}

describe("slopes at kinks", () => {
  it.each([
    ["Elu", { alpha: float(0.25) }, [0], [0.25]],
    ["Selu", { alpha: float(0.5), gamma: float(3) }, [0], [1.5]],
    ["Celu", { alpha: float(0.25) }, [0], [1]],
    ["Softsign", {}, [0], [1]],
    ["ThresholdedRelu", { alpha: float(0.5) }, [0.5, 0.75], [0, 1]],
    ["HardSigmoid", { alpha: float(0.25) }, [-2, 0, 2], [0, 0.25, 0]],
    ["HardSwish", {}, [-3, 0, 3], [0, 0.5, 1]],
    ["ReduceL1", {}, [-2, 0, 2], [-1, 0, 1]],
    ["ReduceL2", {}, [0, 0], [0, 0]],
    ["LpNormalization", {}, [0, 0], [0, 0]],
  ] as const)("of %s %o at %o are %o", async (name, attributes, x, slopes) => {
    expect(await gradient(name, [[[...x]]], 0, attributes)).toEqual(slopes);
  });

  it("PRelu has the slope below 0 at 0, and none for the slope itself", async () => {
    const inputs = [[[-2, 0, 3]], [[0.5, 0.5, 0.5]]];
    expect(await gradient("PRelu", inputs)).toEqual([0.5, 0.5, 1]);
    expect(await gradient("PRelu", inputs, 1)).toEqual([-2, 0, 0]);
  });

  it("activations stay finite far out", async () => {
    for (const name of ["Elu", "Selu", "Celu", "Softplus", "Mish", "Erf", "HardSwish"]) {
      const [left, right] = await gradient(name, [[[-200, 200]]]);
      expect([name, left]).toEqual([name, 0]);
      expect(Number.isFinite(right)).toBe(true);
    }
  });
});

describe("ties", () => {
  it.each(["Max", "Min"])("%s shares the gradient evenly among the operands that attain it", async (name) => {
    const [a, b, c] = [[[1, 2, 3]], [[1, 2, 3]], [[1, 9, -9]]];
    const shared = name === "Max" ? [1 / 3, 0, 0.5] : [1 / 3, 0.5, 0];
    expect(await gradient(name, [a, b, c])).toEqual(shared.map((value) => Number(value.toFixed(5))));
  });

  it("ReduceMax and ReduceMin share the gradient evenly", async () => {
    const attributes = { keepdims: 0 };
    expect(await gradient("ReduceMax", [[[1, 4, 4, 0]]], 0, attributes)).toEqual([0, 0.5, 0.5, 0]);
    expect(await gradient("ReduceMin", [[[1, 4, 4, 0]]], 0, attributes)).toEqual([0, 0, 0, 1]);
  });

  it("GlobalMaxPool gives a tie to the first maximum", async () => {
    const op = new Builder();
    const of = op.node("GlobalMaxPool", [op.input("x", "float32", [1, 2, 3])])[0] as Value;
    const x = float32([1, 2, 3], [1, 5, 5, 7, 0, 7]);
    expect(elements(await gradientOf(op.graph, { of, wrt: "x" }, { x }))).toEqual([0, 1, 0, 1, 0, 0]);
  });
});

it("ReduceProd is exact with no, one and two zeros", async () => {
  const op = new Builder();
  const of = op.ReduceProd(op.input("x", "float32", [3, 3]), op.ints([1]));
  const x = float32([3, 3], [2, 3, 4, 2, 0, 4, 0, 3, 0]);
  expect(elements(await gradientOf(op.graph, { of, wrt: "x" }, { x }))).toEqual([12, 8, 6, 0, 8, 0, 0, 0, 0]);
});

it("LpPool has no gradient where a window is zero", async () => {
  const op = new Builder();
  const of = op.node("LpPool", [op.input("x", "float32", [1, 1, 4])], { kernel_shape: [2], strides: [2] })[0] as Value;
  const x = float32([1, 1, 4], [0, 0, 3, 4]);
  const found = elements(await gradientOf(op.graph, { of, wrt: "x" }, { x }));
  expect(found.map((value) => Number(value.toFixed(5)))).toEqual([0, 0, 0.6, 0.8]);
});
