/** @file Grad-CAM's steps against PyTorch's numbers, and the sums that must hold. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { gradCamSteps } from "../../../src/explain/steps/grad-cam-steps.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

interface Array {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

interface Golden
  extends Readonly<Record<"activation" | "gradient" | "alpha" | "sum" | "map" | "resized" | "exact", Array>> {
  readonly name: string;
  readonly input: Array;
  readonly weights: readonly Array[];
  readonly class: number;
  readonly score: number;
}

const file = new URL("../../fixtures/cases/grad-cam-steps/goldens.json", import.meta.url);
const goldens: readonly Golden[] = JSON.parse(readFileSync(file, "utf8"));
const tensor = ({ dims, values }: Array) => float32(dims, values);

async function stepsOf({ name, input, weights, class: target }: Golden) {
  const op = new Builder();
  const [kernel, bias, ...linear] = weights.map((each) => op.constant(tensor(each))) as [string, string, ...string[]];
  const conv = op.Conv(op.input("x", "float32", ["N", 1, 6, 6]), kernel, bias, { pads: [1, 1, 1, 1] });
  const features = op.named("features", op.Relu(conv));
  let y = op.Flatten(name.startsWith("average") ? op.GlobalAveragePool(features) : features);
  for (let at = 0; at < linear.length; at += 2) {
    if (at > 0) y = op.Sigmoid(y);
    y = op.Gemm(y, linear[at] as string, linear[at + 1] as string, { transB: 1 });
  }
  op.output(y, "y");
  const model = await openModel(op.graph, runtime);
  const explainer = await createExplainer(model, { runtime, layer: "features", include: ["activation", "gradient"] });
  const images = tensor(input);
  const explanation = await explainer.explain(images, { classes: [target] });
  const steps = await gradCamSteps(explainer, images, explanation);
  await explainer.close();
  return steps;
}

const close = (found: Tensor, { dims, values }: Array) => {
  expect(found.dims).toEqual(dims.length === 3 && found.dims.length === 2 ? dims.slice(1) : dims);
  const scale = Math.max(...values.map(Math.abs));
  values.forEach((value, i) => expect(Math.abs(value - (floats(found)[i] as number)) / scale).toBeLessThan(1e-5));
};

describe.each(goldens)("the steps before $name", (golden) => {
  it("have PyTorch's numbers", async () => {
    const steps = await stepsOf(golden);
    close(steps.activation, golden.activation);
    close(steps.gradient, golden.gradient);
    close(steps.weights, golden.alpha);
    for (const name of ["sum", "map", "resized", "exact"] as const) close(steps[name], golden[name]);
    expect(steps.class.score).toBeCloseTo(golden.score, 5);
  });

  it("tell of each channel what it adds, and add up to what is shown", async () => {
    const { channels, sum, exact, sums } = await stepsOf(golden);
    const total = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
    expect(total(channels.map(({ part }) => part))).toBeCloseTo(total(floats(sum)), 5);
    expect(total(channels.map(({ exactPart }) => exactPart))).toBeCloseTo(total(floats(exact)), 5);
    expect([sums.sum, sums.exact]).toEqual([total(floats(sum)), total(floats(exact))].map((v) => expect.closeTo(v, 5)));
  });

  it("add up to the score with the head's bias where the equations say so", async () => {
    const { sums } = await stepsOf(golden);
    const [gradCam, hiresCam] = [sums.sum, sums.exact].map((sum) => Math.abs(sums.without + sum - sums.score) < 1e-4);
    expect({ gradCam, hiresCam }).toEqual({
      gradCam: golden.name === "average - linear",
      hiresCam: !golden.name.includes("sigmoid"),
    });
  });
});
