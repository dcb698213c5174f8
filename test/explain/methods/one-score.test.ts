/** @file Two classes by one score with a sigmoid, beside the same network with two scores and a softmax. */

import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../../src/explain/compile.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { checkModel } from "../../../src/explain/prove/check-model.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { relativeDifference } from "../../support/goldens/goldens.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

const x = randomTensor([3, 2, 6, 6], "x");

/** Softmax of [-z, z] gives sigmoid(2z), so the one score is that of a sigmoid at 2z there. */
function network(ending: "sigmoid" | "softmax"): Graph {
  const op = new Builder();
  const maps = op.layer("maps", "Relu", [
    op.Conv(op.input("x", "float32", ["N", 2, 6, 6]), op.constant(randomTensor([4, 2, 3, 3], "w"))),
  ]);
  const score = op.MatMul(op.Flatten(op.GlobalAveragePool(maps)), op.constant(randomTensor([4, 1], "v")));
  op.output(ending === "sigmoid" ? op.Sigmoid(score) : op.Softmax(op.Concat(op.Neg(score), score, { axis: 1 })), "y");
  return op.graph;
}

const opened = async (ending: "sigmoid" | "softmax") => {
  const model = await openModel(network(ending), runtime);
  const explainer = await createExplainer(model, { runtime });
  return { model, explanation: await explainer.explain(x, { classes: [0, 1, "predicted"] }) };
};

describe("one sigmoid output", () => {
  it("stands for two classes, the second by its score and the first by the negated one", async () => {
    const { model, explanation } = await opened("sigmoid");
    const two = (await opened("softmax")).explanation;
    expect(model.classCount).toBe(2);
    expect(explanation.predicted).toEqual(two.predicted);
    for (const part of ["scores", "evidence", "weights"] as const) {
      expect(relativeDifference(explanation[part] as Tensor, two[part] as Tensor)).toBeLessThan(1e-6);
    }
    const [off, on] = floats(explanation.probabilities);
    expect((off as number) + (on as number)).toBeCloseTo(1, 6);
  });

  it("is proved and compiled as any model is", async () => {
    const { model } = await opened("sigmoid");
    const check = await checkModel(model, { runtime, source: network("sigmoid") });
    expect(check.passed).toBe(true);
    const compiled = await runtime.open(compileExplanation(model, { classes: "all" }));
    const { y, heatmap } = await compiled.run({ x });
    expect([y?.dims, heatmap?.dims]).toEqual([
      [3, 1],
      [3, 2, 6, 6],
    ]);
  });
});
