/** @file `fovea explain --show-steps` and the agreement with the exact map, as their users meet them. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../../src/data/npy.js";
import { Builder } from "../../../src/onnx/builder.js";
import { floats } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
beforeAll(() => {
  for (const head of ["average", "flatten"] as const) {
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 3, 6, 6])));
    const flat = op.Flatten(head === "average" ? op.GlobalAveragePool(features) : features);
    const rows = op.constant(randomTensor([4, head === "average" ? 3 : 108], "rows"));
    op.output(op.Gemm(flat, rows, op.constant(randomTensor([4], "bias")), { transB: 1 }), "y");
    writeFileSync(join(folder, `${head}.onnx`), writeModel(op.graph));
  }
  writeFileSync(join(folder, "x.npy"), writeNpy(randomTensor([1, 3, 6, 6], "x")));
});

const explain = (...options: string[]) => fovea(folder, ["explain", "x.npy", ...options]);

it("prints the five steps, largest channels first, and that the parts are the score before an average", async () => {
  const { out, code } = await explain("--model", "average.onnx", "--class", "1", "--show-steps");
  expect(code).toBe(0);
  expect(out).toMatch(/Grad-CAM of 1 in five steps\n.*3 channels of 6x6/);
  expect(out).toMatch(/averaged gradients \(Grad-CAM\): .* = (-?\d+\.\d{4}), the score/);
  expect(out).toMatch(/together +(-?\d+\.\d{4})\n/);
  expect(out).not.toContain("hires-cam");
});

it.runIf(everything)(
  "tells how far Grad-CAM's parts are from the score before a flattening, where HiResCAM's are all of it",
  async () => {
    const { out } = await explain("--model", "flatten.onnx", "--class", "1", "--show-steps");
    expect(out).toMatch(/\(Grad-CAM\): .*, -?\d+\.\d{4} (less|more) than the score\n/);
    expect(out).toMatch(/\(HiResCAM\): .*, the score\n/);
  },
);

it("writes the arrays, and gives the same to programs, with the agreement", async () => {
  const run = await explain("--model", "flatten.onnx", "--class", "1", "--json", "--steps-to", "steps");
  const [{ agreement, steps, diagnosis }] = JSON.parse(run.out).results[0].classes;
  expect(agreement.correlation).toBeLessThan(1);
  expect(diagnosis.facts.agreement).toEqual(agreement);
  expect(steps.channels).toHaveLength(3);
  const array = (name: string) => readNpy(readFileSync(join(folder, "steps", name)), name);
  expect(array("1-1-activation.npy").dims).toEqual([3, 6, 6]);
  for (const [file, name] of [
    ["1-3-weights.npy", "weights"],
    ["1-4-sum.npy", "sum"],
    ["1-7-exact.npy", "exact"],
  ] as const)
    expect([...floats(array(file))]).toEqual(steps[name].values);
});

it.each([
  [["--method", "hires-cam"], "expected the method grad-cam, whose steps they are, got --method hires-cam"],
  [["--augment"], "expected one layer's map as it is, got --augment"],
])("refuses what has no such steps: %s", async (options, message) => {
  const { err, code } = await explain("--model", "flatten.onnx", "--show-steps", ...options);
  expect(code).toBe(2);
  expect(err).toContain(message);
});
