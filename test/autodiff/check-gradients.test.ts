/** @file The gradient checker refuses wrong rules, and says where. */

import { describe, expect, it } from "vitest";
import { checkGradients } from "../../src/autodiff/check-gradients.js";
import { unary } from "../../src/autodiff/rule.js";
import { Builder } from "../../src/onnx/builder.js";
import { gradientProblem } from "../support/models/gradient-case.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { run } from "../support/models/run.js";
import { overriding, wrongRules } from "./wrong-rules.js";

describe("checkGradients refuses", () => {
  it.each(Object.entries(wrongRules))("%s", async (_mistake, wrong) => {
    const problem = await gradientProblem(wrong.op, wrong.at, "static");
    expect(await checkGradients(problem.graph, { ...problem, run })).toMatchObject({ passed: true });
    const check = await checkGradients(problem.graph, { ...problem, run, rules: overriding(wrong) });
    expect(check).toMatchObject({ passed: false });
  });
});

it("checkGradients says where the largest error is, and repeats itself for one seed", async () => {
  const op = new Builder();
  const y = op.Mul(op.Sigmoid(op.input("a", "float32", [3])), op.input("b", "float32", [3]));
  const feeds = { a: randomTensor([3], "a"), b: randomTensor([3], "b") };
  const options = { of: y, wrt: ["b", "a"], feeds, run, rules: { Sigmoid: unary((_op, g) => g) } };
  const check = await checkGradients(op.graph, options);
  expect(check).toMatchObject({ passed: false, worst: "a", seed: 1 });
  expect(await checkGradients(op.graph, options)).toEqual(check);
});
