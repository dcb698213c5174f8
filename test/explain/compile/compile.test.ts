/** @file Compiled models give the library's maps. */

import { describe, expect, it } from "vitest";
import { type CompileOptions, compileExplanation } from "../../../src/explain/compile.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { displayMapOf } from "../../../src/explain/maps.js";
import { modelCard } from "../../../src/model/card.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { floats, int64, numbers, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";

type Feeds = Readonly<Record<string, Tensor>>;

async function runFile(graph: Graph, feeds: Feeds): Promise<Record<string, Tensor>> {
  const session = await runtime.open(writeModel(graph));
  const results = await session.run(feeds);
  await session.close();
  return results;
}

/** Runs a compiled network, and compares every map with the display map that the library makes of the class named beside it. */
async function compareMaps(graph: Graph, options: CompileOptions, feeds: Feeds, input: Tensor) {
  const model = await openModel(graph, runtime);
  const results = await runFile(compileExplanation(model, options), feeds);
  const { heatmap, heatmap_classes: explained } = results as { heatmap: Tensor; heatmap_classes: Tensor };
  const [count = 0, k = 0, height = 0, width = 0] = heatmap.dims;
  const explainer = await createExplainer(model, { ...options, runtime });
  const size = height * width;
  for (let column = 0; column < k; column++) {
    const labels = Array.from({ length: count }, (_, i) => numbers(explained)[i * k + column] as number);
    const explanation = await explainer.explain(input, { labels });
    for (let i = 0; i < count; i++) {
      const map = floats(heatmap).subarray((i * k + column) * size, (i * k + column + 1) * size);
      const { values } = displayMapOf(explanation, i, 0, { width, height });
      values.forEach((value, p) => expect(map[p]).toBeCloseTo(value, 5));
    }
  }
  return { y: results.y as Tensor, heatmap, explained: numbers(explained) };
}

describe("compileExplanation", () => {
  it.each<[string, CompileOptions]>([
    ["the top class", {}],
    ["the top three classes", { classes: 3 }],
    ["all classes", { classes: "all" }],
    ["two classes at an earlier layer", { classes: 2, layer: "stem" }],
  ])("gives the file's own outputs and the maps of %s", async (_, options) => {
    const graph = convNet({ ending: "Softmax", skip: true });
    const x = images(2);
    const { y, heatmap, explained } = await compareMaps(graph, options, { x }, x);
    expect([...floats(y)]).toEqual([...floats((await runFile(graph, { x })).y as Tensor)]);
    const k = options.classes === "all" ? 4 : (options.classes ?? 1);
    expect(heatmap.dims).toEqual([2, k, 6, 6]);
    for (const i of [0, 1]) {
      const row = floats(y).subarray(4 * i, 4 * i + 4);
      const ranked = [0, 1, 2, 3].sort((a, b) => (row[b] as number) - (row[a] as number));
      expect(explained.slice(k * i, k * i + k)).toEqual(ranked.slice(0, k));
    }
  });

  it("lets the class be chosen at run time, -1 for the one with the next highest score", async () => {
    const x = images(2);
    const { y, explained } = await compareMaps(
      convNet(),
      { classes: 2, choose: true },
      { x, class: int64([3, -1, -1, 0], [2, 2]) },
      x,
    );
    const row = (i: number) => [...floats(y).subarray(4 * i, 4 * i + 4)];
    const second = [0, 1, 2, 3].sort((a, b) => (row(0)[b] as number) - (row(0)[a] as number))[1];
    expect(explained).toEqual([3, second, row(1).indexOf(Math.max(...row(1))), 0]);
  });

  it("declares what goes in and out, by names that the network does not use", async () => {
    const graph = convNet({ ending: "Sigmoid" });
    graph.outputs.push({ name: "features" });
    const compiled = compileExplanation(await openModel(graph, runtime), { classes: 3, choose: true });
    expect(compiled.nodes.every(({ domain }) => domain === "")).toBe(true);
    expect(compiled.inputs).toEqual([
      { name: "x", type: "float32", dims: ["N", 2, 6, 6] },
      { name: "class", type: "int64", dims: ["N", 3] },
    ]);
    expect(compiled.outputs).toEqual([
      { name: "y", type: "float32", dims: ["N", 4] },
      { name: "features", type: "float32", dims: ["N", 3, 6, 6] },
      { name: "heatmap", type: "float32", dims: ["N", 3, 6, 6] },
      { name: "heatmap_classes", type: "int64", dims: ["N", 3] },
    ]);
    const again = compileExplanation(await openModel(compileExplanation(await openModel(convNet(), runtime)), runtime));
    expect(again.outputs.map(({ name }) => name)).toEqual([
      ...["y", "heatmap", "heatmap_classes", "heatmap_1", "heatmap_classes_1"],
    ]);
  });

  it("leaves a map without evidence at zero", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 1, 4, 4]);
    const maps = op.Relu(op.Sub(op.Abs(x), op.scalar(9)));
    op.output(op.Flatten(op.ReduceMean(op.Concat(maps, maps, { axis: 1 }), op.ints([2, 3]), { keepdims: 1 })), "y");
    const { heatmap } = await runFile(compileExplanation(await openModel(op.graph, runtime)), {
      x: randomTensor([1, 1, 4, 4], "x"),
    });
    expect([...floats(heatmap as Tensor)]).toEqual(Array(16).fill(0));
  });

  it("serves networks of one image at a time, of channels last, and with further inputs", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", [1, 8, 6, 3]);
    const shift = op.input("shift", "float32", [5]);
    const planes = op.Transpose(x, { perm: [0, 3, 1, 2] });
    const maps = op.Relu(op.Conv(planes, op.constant(randomTensor([5, 3, 3, 3], "w")), { pads: [1, 1, 1, 1] }));
    op.output(op.Add(op.Flatten(op.GlobalAveragePool(maps)), shift), "y");
    const inputs = { shift: randomTensor([5], "shift") };
    const model = await openModel(op.graph, runtime, "model", { inputs });
    const compiled = compileExplanation(model);
    expect(compiled.inputs).toEqual([{ name: "x", type: "float32", dims: [1, 8, 6, 3] }]);
    expect(compiled.outputs[1]).toEqual({ name: "heatmap", type: "float32", dims: [1, 1, 8, 6] });
    const feed = randomTensor([1, 8, 6, 3], "x");
    const { heatmap } = await runFile(compiled, { x: feed });
    const explanation = await (await createExplainer(model, { runtime })).explain(feed);
    displayMapOf(explanation, 0, 0, { width: 6, height: 8 }).values.forEach((value, p) =>
      expect(floats(heatmap as Tensor)[p]).toBeCloseTo(value, 5),
    );
  });

  it("writes class names and preprocessing into the file", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 8, 8]);
    op.output(op.Flatten(op.GlobalAveragePool(op.Conv(x, op.constant(randomTensor([2, 3, 1, 1], "w"))))), "y");
    const given = { origin: "as given", classes: ["cat", "dog"], preprocessing: { scale: 1, mean: [104, 117, 123] } };
    const model = await openModel(op.graph, runtime, "model", { given });
    for (const image of [false, true]) {
      expect(modelCard(compileExplanation(model, { image }))).toMatchObject({
        classes: ["cat", "dog"],
        preprocessing: { width: 8, height: 8, scale: 1, mean: [104, 117, 123] },
      });
    }
  });

  it.each([[5], [0], [1.5], [Number.NaN]])("refuses to explain %j of four classes", async (classes) => {
    const model = await openModel(convNet(), runtime);
    expect(() => compileExplanation(model, { classes })).toThrow(
      `classes: expected a whole number from 1 to 4, or all, got ${classes}`,
    );
  });
});
