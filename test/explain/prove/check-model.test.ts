/** @file The proofs: they pass for right models, and fail where the numbers are not the file's. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { methodNamed, methods } from "../../../src/explain/methods/index.js";
import { checkModel } from "../../../src/explain/prove/check-model.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { transformers } from "../../../src/model/layers/attention.js";
import { openModel } from "../../../src/model/open.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { writeModel } from "../../../src/onnx/write.js";
import type { Runtime } from "../../../src/runtime/session.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";
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

describe("the file beside the model", () => {
  const file = readFileSync(new URL("../../fixtures/cases/pad-maxpool/model.onnx", import.meta.url));

  it("is run as it is: what onnxruntime's optimiser makes of it does not pass for it", async () => {
    const graph = readModel(file);
    const right = await checkModel(await openModel(graph, runtime), { runtime, source: file });
    expect([right.passed, right.scores.error < 1e-6]).toEqual([true, true]);
    // onnxruntime merges the Pad of one zero around each plane into the pool, which then ignores the zeros.
    const padded = graph.nodes.find(({ op }) => op === "Pad")?.inputs[0] ?? "";
    const pads = { type: "ints", value: [1, 1, 1, 1] } as const;
    graph.nodes = graph.nodes.map((node) =>
      node.op === "MaxPool" ? { ...node, inputs: [padded], attributes: { ...node.attributes, pads } } : node,
    );
    const wrong = await checkModel(await openModel(graph, runtime), { runtime, source: file });
    expect([wrong.passed, wrong.scores.passed]).toEqual([false, false]);
  });

  it("is run with optimisations where it does not run without, and a note says so", async () => {
    const optimising: Runtime = {
      name: "a runtime that runs files only with its optimisations",
      open: (source, options = {}) => {
        if (source instanceof Uint8Array && options.optimize === false)
          throw new FoveaError("bad-graph", "onnxruntime refused the model: no kernel");
        return runtime.open(source, options);
      },
    };
    const model = await openModel(convNet(), runtime);
    const { passed, notes } = await checkModel(model, { source: writeModel(convNet()), runtime: optimising });
    expect([passed, notes]).toEqual([
      true,
      [
        expect.stringMatching(
          /^The file runs only as the runtime optimises it, .*: onnxruntime refused .*: no kernel$/,
        ),
      ],
    ]);
  });

  it("has to give an image the same scores again, and beside others", async () => {
    const { stability, notes } = await check(convNet(), convNet());
    expect([stability.again.error, stability.besideOthers?.passed, notes]).toEqual([0, true, []]);
  });
});

it.each(
  share(
    methods.map(({ name }) => name),
    3,
  ),
)("proves scores and gradients where %s looks", async (method) => {
  const graph = methodNamed(method).worksOn === transformers ? vit() : convNet();
  const model = await openModel(graph, runtime);
  const { passed, gradient } = await checkModel(model, { source: graph, runtime, method });
  expect([passed, gradient?.passed]).toEqual([true, true]);
});
