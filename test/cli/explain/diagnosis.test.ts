/** @file What `fovea explain` says of maps that cannot be read. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { diagnosed, drawableMap } from "../../../src/cli/explain/diagnosis.js";
import { writeNpy } from "../../../src/data/npy.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const images = ["bright", "vast"] as const;

/** Class 0 is spoken for by what speaks against class 1; a picture of vast values overflows. */
beforeAll(() => {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 1, 8, 8]);
  const stem = op.layer("stem", "Relu", [op.Mul(x, op.scalar(1e20))]);
  const features = op.layer("features", "Mul", [stem, op.scalar(1e-20)]);
  const rows = op.constant(float32([2, 1], [1, -1]));
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), rows, { transB: 1 }), "y");
  writeFileSync(join(folder, "model.onnx"), writeModel(op.graph));
  for (const name of images) {
    const values = Float32Array.from({ length: 64 }, (_, i) => (1 + i) * (name === "bright" ? 1 : 1e25));
    writeFileSync(join(folder, `${name}.npy`), writeNpy(float32([1, 1, 8, 8], values)));
  }
});

describe("fovea explain", () => {
  it.runIf(everything)("says why a map is blank and which options to try, in words and as JSON", async () => {
    const args = ["explain", "bright.npy", "--model", "model.onnx", "--class", "1", "--out", "map.png"];
    const { code, out } = await fovea(folder, args);
    expect(code).toBe(0);
    expect(out).toMatch(
      / {2}map of 1: Nothing at this layer speaks for this class \(probability .* %\): 64 of 64 positions/,
    );
    expect(out).toContain("\n    try --against, or --class predicted\n");
    const { results } = JSON.parse((await fovea(folder, [...args, "--json"])).out);
    expect(results[0].classes[0].diagnosis).toMatchObject({
      condition: "all-against",
      text: expect.stringMatching(/^Nothing at this layer/),
      facts: { height: 8, width: 8, negativePositions: 64, negativeShare: 1 },
      suggestions: [
        { against: true, options: "--against" },
        { class: "predicted", options: "--class predicted" },
      ],
    });
  });

  it("refuses an image on which the scores overflow, with the place, and explains the others", async () => {
    const args = ["explain", "vast.npy", "bright.npy", "--model", "model.onnx", "--out", "maps"];
    const { code, err } = await fovea(folder, args);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^fovea: vast\.npy: expected finite class scores, got none\. .* It begins at Mul "Mul": .* 64 of 64/m,
    );
    expect(existsSync(join(folder, "maps", "vast.fovea.png"))).toBe(false);
    expect(existsSync(join(folder, "maps", "bright.fovea.png"))).toBe(true);
  });
});

it("draws a map that is not finite as blank, where the scores are finite", async () => {
  const op = new Builder();
  const small = op.layer("small", "Mul", [op.input("x", "float32", ["N", 1, 8, 8]), op.scalar(1e-35)]);
  const large = op.Mul(op.Mul(small, op.scalar(1e25)), op.scalar(1e25));
  op.output(op.Flatten(op.GlobalAveragePool(large)), "y");
  const model = await openModel(op.graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "small" });
  const tensor = float32([1, 1, 8, 8], new Float32Array(64).fill(1));
  const input = { path: "x.npy", input: tensor, pictures: [], box: undefined, notes: [] };
  const explanation = await diagnosed(explainer, input, await explainer.explain(tensor), { fully: true });
  expect(explanation.diagnosis(0, 0)).toMatchObject({ condition: "not-finite", cause: { kind: "overflow" } });
  expect(drawableMap(explanation, 0, 0)).toEqual({ width: 8, height: 8, values: new Float32Array(64) });
});
