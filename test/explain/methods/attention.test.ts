/** @file Attention rollout and gradient-weighted attention, from the attentions themselves. */

import { describe, expect, it } from "vitest";
import { openModel } from "../../../src/model/open.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { prune } from "../../../src/onnx/prune.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { layerGradients } from "../../support/goldens/layer-gradients.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runFresh } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";
import { transformers } from "../architectures/transformers.js";
import { vit } from "../architectures/vit.js";
import { windowed } from "../architectures/windowed.js";
import { explained } from "./explained.js";

type Matrix = number[][];

const softmaxes = (graph: Graph) =>
  graph.nodes.flatMap(({ op, outputs }) => (op === "Softmax" ? [outputs[0] as string] : []));
const matrix = (values: Float32Array, size: number): Matrix =>
  Array.from({ length: size }, (_, i) => [...values.subarray(i * size, (i + 1) * size)]);
const unit = (size: number): Matrix =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => +(i === j)));
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    (b[0] as number[]).map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] as number), 0)),
  );
const combined = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((value, j) => f(value, b[i]?.[j] as number)));

/** The tiny transformer's two attentions (one head), for one picture on a grid of 2x3 with one token before it. */
async function attentions(graph: Graph, picture: Tensor, size: number): Promise<Matrix[]> {
  const found = await runFresh(prune(graph, softmaxes(graph)), { x: picture });
  return softmaxes(graph).map((name) => matrix(floats(found[name] as Tensor), size));
}

const picture = randomTensor([1, 3, 4, 6], "picture");

describe("attention rollout", () => {
  it("is the class token's row of the product of the mixed attentions", async () => {
    const graph = vit({ grid: [2, 3] });
    const all = await attentions(graph, picture, 7);
    const mixed = all.map((each) => combined(each, unit(7), (a, one) => 0.5 * a + 0.5 * one));
    const [first, second] = mixed as [Matrix, Matrix];
    const { evidence } = await explained(graph, "attention-rollout", picture);
    expect(evidence.dims).toEqual([1, 1, 2, 3]);
    const row = product(second, first)[0] as number[];
    expect([...floats(evidence)]).toEqual(row.slice(1).map((value) => expect.closeTo(value, 5)));
  });

  it("is the mean over all rows where no token stands before the grid", async () => {
    const graph = vit({ grid: [2, 3], skip: 0, head: "mean" });
    const all = await attentions(graph, picture, 6);
    const [first, second] = all.map((each) => combined(each, unit(6), (a, one) => 0.5 * a + 0.5 * one)) as [
      Matrix,
      Matrix,
    ];
    const rollout = product(second, first);
    const { evidence } = await explained(graph, "attention-rollout", picture);
    const expected = [0, 1, 2, 3, 4, 5].map((j) => rollout.reduce((sum, row) => sum + (row[j] as number), 0) / 6);
    expect([...floats(evidence)]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });
});

it("gradient-weighted attention adds up what passes through each layer", async () => {
  const { graph } = await openModel(vit({ grid: [2, 3] }), runtime);
  const all = await attentions(graph, picture, 7);
  let relevance = unit(7);
  for (const [i, name] of softmaxes(graph).entries()) {
    const { gradient } = await layerGradients(graph, name, picture, [2]);
    const weighted = combined(all[i] as Matrix, matrix(floats(gradient), 7), (a, g) => Math.max(0, a * g));
    relevance = combined(relevance, product(weighted, relevance), (a, b) => a + b);
  }
  const { evidence } = await explained(graph, "gradient-attention", picture, { classes: [2] });
  expect([...floats(evidence)]).toEqual((relevance[0] as number[]).slice(1).map((value) => expect.closeTo(value, 5)));
});

describe("attentions are recognised in every spelling", () => {
  const plain = transformers.filter(({ name }) => name.startsWith("ViT"));
  it.each(plain.map((each) => [each.name, each] as const))("of %s", async (_, { build, grid, input = [3, 16, 32] }) => {
    const { evidence } = await explained(build({}), "attention-rollout", randomTensor([2, ...input], "x"));
    expect(evidence.dims).toEqual([2, 1, ...grid]);
    const sums = [0, 1].map((i) => {
      const places = evidence.size / 2;
      return floats(evidence)
        .subarray(i * places, (i + 1) * places)
        .reduce((sum, value) => sum + value, 0);
    });
    // Rows of products of rows that sum to 1 do so, too; the rest lies on the tokens before the grid.
    for (const sum of sums) expect(sum > 0 && sum <= 1 + 1e-5).toBe(true);
  });
});

describe.each(["attention-rollout", "gradient-attention"])("%s is refused in one line", (method) => {
  it("where there is no attention", async () => {
    await expect(explained(convNet(), method, images(1))).rejects.toThrow(
      /^attention at layer "features": expected transformers whose attentions, .*, got none$/,
    );
  });

  it("where attentions look at windows", async () => {
    for (const { build, input = [3, 16, 32] } of windowed.slice(0, 2)) {
      const refused = explained(build({}), method, randomTensor([1, ...input], "x"));
      await expect(refused).rejects.toThrow(/^attention at layer ".*": expected/);
    }
  });
});
