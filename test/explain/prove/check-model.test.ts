/** @file The proofs: they pass for right models, and fail where the numbers are not the file's. */

import { describe, expect, it } from "vitest";
import { methods } from "../../../src/explain/methods/index.js";
import { checkModel } from "../../../src/explain/prove/check-model.js";
import { openModel } from "../../../src/model/open.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { writeModel } from "../../../src/onnx/write.js";
import { runtime } from "../../support/runtime.js";
import { type ConvNetOptions, convNet } from "../architectures/networks.js";
import { vit } from "../architectures/vit.js";

const check = async (graph: Graph, source: Graph, layer = "auto") =>
  checkModel(await openModel(graph, runtime), { runtime, source: writeModel(source), layer });

describe("checkModel", () => {
  it.each<ConvNetOptions>([{}, { ending: "Softmax" }, { ending: "Sigmoid" }, { skip: true }])(
    "passes for a network with %o, at every kind of layer",
    async (options) => {
      for (const layer of ["auto", "inner"]) {
        const { passed, scores, gradient } = await check(convNet(options), convNet(options), layer);
        expect([passed, scores.passed, gradient?.passed]).toEqual([true, true, true]);
      }
    },
  );

  it("lists the operators between the layer and the scores", async () => {
    const { operators, layer } = await check(convNet({ ending: "Softmax" }), convNet({ ending: "Softmax" }), "inner");
    expect(layer.name).toBe("inner");
    expect(operators.map(([op]) => op)).toEqual(
      expect.arrayContaining(["Relu", "GlobalAveragePool", "Flatten", "Gemm"]),
    );
    expect(operators.map(([op]) => op)).not.toContain("Conv");
  });

  it("fails where the file gives other scores", async () => {
    const { passed, scores } = await check(convNet({ shift: 1 }), convNet());
    expect([passed, scores.passed]).toEqual([false, false]);
    expect(scores.error).toBeGreaterThan(0.01);
  });
});

it.each(methods.map(({ name }) => name))("proves scores and gradients where %s looks", async (method) => {
  const graph = method.includes("attention") ? vit() : convNet();
  const model = await openModel(graph, runtime);
  const { passed, gradient } = await checkModel(model, { source: graph, runtime, method });
  expect([passed, gradient?.passed]).toEqual([true, true]);
});
