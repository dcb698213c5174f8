/** @file Files of unusual kinds on the command line: several inputs and outputs, half precision, quantised. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../../src/data/npy.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Value } from "../../../src/onnx/graph.js";
import { dataTypes, float32, Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();

/** Convolution to `features` [N, 4, 14, 14]. */
function stem(op: Builder, x: Value): Value {
  return op.layer("features", "Relu", [op.Conv(x, op.constant(randomTensor([4, 3, 3, 3], "w")))]);
}

beforeAll(() => {
  const op = new Builder();
  const x = op.input("x", "float32", [1, 3, 16, 16]);
  const pooled = op.Flatten(op.GlobalAveragePool(stem(op, x)));
  const scaled = op.Mul(pooled, op.input("temperature", "float32", [1]));
  op.output(op.Reshape(x, op.ints([1, 3, 256])), "picture");
  op.output(op.MatMul(scaled, op.constant(randomTensor([4, 2], "a"))), "first");
  op.output(op.MatMul(scaled, op.constant(randomTensor([4, 3], "b"))), "second");
  writeFileSync(join(folder, "several.onnx"), writeModel(op.graph));
  writeFileSync(join(folder, "temperature.npy"), writeNpy(float32([1], [2])));
  writeFileSync(join(folder, "wrong.npy"), writeNpy(float32([2], [2, 2])));
  writeFileSync(join(folder, "x.npy"), writeNpy(randomTensor([2, 3, 16, 16], "x")));

  const half = new Builder();
  const inner = half.Cast(half.input("x", "float16", ["N", 3, 16, 16]), { to: dataTypes.float32 });
  const y = half.MatMul(
    half.Flatten(half.GlobalAveragePool(stem(half, inner))),
    half.constant(randomTensor([4, 2], "a")),
  );
  half.output(half.Cast(y, { to: dataTypes.float16 }), "y");
  writeFileSync(join(folder, "half.onnx"), writeModel(half.graph));

  const whole = new Builder();
  const [q, scale, zero] = whole.node("DynamicQuantizeLinear", [whole.input("x", "float32", ["N", 3, 16, 16])], {}, 3);
  const weights = new Tensor(
    "int8",
    [4, 3, 3, 3],
    Int8Array.from({ length: 108 }, (_, i) => i - 54),
  );
  const sums = whole.Cast(whole.node("ConvInteger", [q, whole.constant(weights), zero])[0], { to: dataTypes.float32 });
  const [q2, scale2, zero2] = whole.node("DynamicQuantizeLinear", [whole.Flatten(whole.Mul(sums, scale))], {}, 3);
  const head = new Tensor(
    "int8",
    [784, 2],
    Int8Array.from({ length: 1568 }, (_, i) => (i % 200) - 100),
  );
  const product = whole.node("MatMulInteger", [q2, whole.constant(head), zero2])[0];
  whole.output(whole.Mul(whole.Cast(product, { to: dataTypes.float32 }), scale2), "y");
  writeFileSync(join(folder, "whole.onnx"), writeModel(whole.graph));
});

const inputs = ["--input", "temperature=temperature.npy"];

describe("a model with several inputs and outputs", () => {
  it.runIf(everything)("explains the first output with class scores, or the one that is named", async () => {
    const args = ["explain", "x.npy", "--model", "several.onnx", "--layer", "features", "--json", ...inputs];
    for (const [more, count] of [
      [[], 2],
      [["--output", "second", "--top", "5"], 3],
    ] as const) {
      const { code, out } = await fovea(folder, [...args, ...more]);
      expect(code).toBe(0);
      const { results } = JSON.parse(out) as { results: { top: unknown[] }[] };
      expect(results.map(({ top }) => top.length)).toEqual([count, count]);
    }
  });

  it.runIf(everything)("is proved with them", async () => {
    const { code, out } = await fovea(folder, ["check", "several.onnx", ...inputs, "--output", "second", "--json"]);
    expect([code, JSON.parse(out)]).toMatchObject([0, { passed: true }]);
  });

  it.each([
    [["--output", "third", ...inputs], 'several.onnx: unknown output "third": expected one of'],
    [["--input", "time=temperature.npy"], 'several.onnx: unknown input "time": expected one of'],
    [["--input", "temperature"], '--input: expected NAME=FILE.npy, got "temperature"'],
    [["--input", "temperature=gone.npy"], "gone.npy: array: expected a file, got none there"],
    [["--input", "temperature=wrong.npy"], 'several.onnx: input "temperature": expected float32 [1], got float32 [2]'],
    [[], 'several.onnx: expected one image input, got float32 "x", float32 "temperature"'],
  ])("refuses %j", async (args, sentence) => {
    const { code, err } = await fovea(folder, ["inspect", "several.onnx", ...args]);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("is shown as it is", async () => {
    const { out } = await fovea(folder, ["inspect", "several.onnx", ...inputs]);
    expect(out).toContain("[N, 3, 16, 16] (the file takes one image at a time)");
    expect(out).toContain("scores        first");
  });
});

describe("a model in half precision", () => {
  it.runIf(everything)("is explained and proved, and the output says what it computes in", async () => {
    const { code, out } = await fovea(folder, ["explain", "x.npy", "--model", "half.onnx", "--check"]);
    expect(code).toBe(0);
    expect(out).toContain("note      computed in float32; the file computes in float16");
    expect(out).toContain("\n  computed in float32; the file computes in float16\n");
    expect((await fovea(folder, ["inspect", "half.onnx"])).out).toContain(
      "precision     float16; explained in float32",
    );
  });
});

describe("a model in whole numbers", () => {
  it.each([["explain", "x.npy", "--model"], ["check"], ["compile", "--out", "y.onnx"]])(
    "is refused by %s in one line",
    async (...args) => {
      const { code, err } = await fovea(folder, [...args, "whole.onnx"]);
      expect(code).toBe(2);
      expect(err).toMatch(
        /^fovea: .*belongs to a quantised model, whose gradient is zero or undefined everywhere: use/,
      );
      expect(err.trim().split("\n")).toHaveLength(1);
    },
  );

  it("can be looked at", async () => {
    const { code, out } = await fovea(folder, ["inspect", "whole.onnx"]);
    expect([code, out]).toEqual([0, expect.stringContaining("input         x")]);
  });
});
