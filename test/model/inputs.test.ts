/** @file Models that take one image at a time, and models with more inputs than the image. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { checkModel } from "../../src/explain/prove/check-model.js";
import type { Model } from "../../src/model/model.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph } from "../../src/onnx/graph.js";
import { float32, floats, int64 } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { runtime } from "../support/runtime.js";

const explainerOf = async (graph: Graph) =>
  createExplainer(await openModel(graph, runtime), { runtime, layer: "inner" });

describe("a model with a fixed batch of 1", () => {
  it("gives the same for a batch as one with an open batch", async () => {
    const fixed = convNet();
    fixed.inputs = [{ name: "x", type: "float32", dims: [1, 2, 6, 6] }];
    const [single, open] = [await explainerOf(fixed), await explainerOf(convNet())];
    const batch = images(3);
    for (const options of [{ classes: [2] }, { classes: ["predicted" as const, 1] }, { labels: [3, 0, 1] }]) {
      const [a, b] = [await single.explain(batch, options), await open.explain(batch, options)];
      expect([a.maps.dims, a.predicted, a.classes, a.weights?.dims]).toEqual([
        b.maps.dims,
        b.predicted,
        b.classes,
        b.weights?.dims,
      ]);
      floats(b.evidence).forEach((value, i) => expect(floats(a.evidence)[i]).toBeCloseTo(value, 5));
    }
    const [p, q] = [await single.classify(batch), await open.classify(batch)];
    floats(q).forEach((value, i) => expect(floats(p)[i]).toBeCloseTo(value, 5));
  });
});

describe("a model with a second input", () => {
  function twoInputs(): Graph {
    const graph = convNet();
    const op = new Builder(graph);
    graph.outputs = [];
    op.output(op.Mul("y", op.input("temperature", "float32", [1])), "scaled");
    return graph;
  }

  it("takes it as a constant, and passes the proofs", async () => {
    const model = await openModel(twoInputs(), runtime, "model", { inputs: { temperature: float32([1], [2]) } });
    const explainer = await createExplainer(model, { runtime, layer: "inner" });
    const { evidence } = await explainer.explain(images(1), { classes: [1] });
    const plain = await (await explainerOf(convNet())).explain(images(1), { classes: [1] });
    floats(plain.evidence).forEach((value, i) => expect(floats(evidence)[i]).toBeCloseTo(2 * value, 5));
    expect((await checkModel(model, { runtime, source: writeModel(twoInputs()) })).passed).toBe(true);
  });

  it("takes the same numbers in another type", async () => {
    const whole = await openModel(twoInputs(), runtime, "model", { inputs: { temperature: int64([2]) } });
    const floating = await openModel(twoInputs(), runtime, "model", { inputs: { temperature: float32([1], [2]) } });
    expect(whole.graph.initializers.get("temperature")).toMatchObject({ type: "float32", dims: [1] });
    const scores = async (model: Model) => {
      const explainer = await createExplainer(model, { runtime });
      return floats((await explainer.explain(images(1))).scores);
    };
    expect(await scores(whole)).toEqual(await scores(floating));
    expect((await checkModel(whole, { runtime, source: writeModel(twoInputs()) })).passed).toBe(true);
  });

  it("says what it lacks, and what does not fit", async () => {
    const open = (inputs = {}) => openModel(twoInputs(), runtime, "model", { inputs });
    await expect(open()).rejects.toThrow(
      'model: expected one image input, got float32 "x", float32 "temperature": give the others as arrays by name',
    );
    await expect(open({ temperature: float32([2], [1, 2]) })).rejects.toThrow(
      'model: input "temperature": expected float32 [1], got float32 [2]',
    );
    await expect(open({ temp: float32([1], [1]) })).rejects.toThrow('model: unknown input "temp": expected one of');
  });
});
