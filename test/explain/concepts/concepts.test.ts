/** @file Factorisation, heat maps and importances of concepts, against scikit-learn, pytorch-grad-cam and the code of CRAFT's authors. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ChangedLayer } from "../../../src/explain/concepts/changed-layer.js";
import { findConcepts } from "../../../src/explain/concepts/concepts.js";
import type { ClassEffects } from "../../../src/explain/concepts/effects.js";
import { Factoriser } from "../../../src/explain/concepts/nmf.js";
import { at } from "../../../src/foundation/present.js";
import { openModel } from "../../../src/model/open.js";
import { rowsOf } from "../../../src/model/run/batches.js";
import { Sessions } from "../../../src/model/run/sessions.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import {
  conceptGolden,
  conceptReferences,
  conceptsSection,
  mapsApart,
  type Stored,
  stored,
} from "../../support/peers/concepts.js";
import { runtime } from "../../support/runtime.js";

const classEffects = ({ classIndex, drops, score, importance, rebuilt }: ClassEffects): ClassEffects => ({
  ...{ classIndex, drops, score, importance, rebuilt },
});
function expectNear(actual: Tensor, expected: Stored, tolerance: number): void {
  expect(actual.dims).toEqual(expected.dims);
  const largest = Math.max(...expected.values.map(Math.abs));
  const furthest = Math.max(...Array.from(floats(actual), (value, i) => Math.abs(value - at(expected.values, i))));
  expect(furthest).toBeLessThan(tolerance * largest);
}

it.each(conceptReferences.map((each) => [each.what, each.code, each] as const))(
  "gives %s as %s, within its bar",
  async (_what, _code, { bar, worst }) => {
    expect(await worst()).toBeLessThan(bar);
  },
);

it("finds the amounts of given directions, as after many sweeps", async () => {
  const { columns, start, after } = conceptGolden("nmf");
  const factoriser = new Factoriser(start.dims[0] ?? 0, { runtime });
  const { amounts, directions } = after["40"] ?? {};
  if (!amounts || !directions) throw new Error("expected factors after 40 sweeps");
  expectNear(await factoriser.amounts(stored(columns), stored(directions)), amounts, 0.02);
  await factoriser.close();
});

it("finds each concept of pytorch-grad-cam's once, from every start", async () => {
  const { nearest, all } = await mapsApart();
  expect(new Set(nearest).size).toBe(3);
  expect(all.map(({ stability }) => stability > 0.99)).toEqual([true, true, true]);
});

it("are in docs/conformance.md, each within its bar", () => {
  const page = readFileSync(new URL("../../../docs/conformance.md", import.meta.url), "utf8");
  const rows = conceptReferences.map(({ what, code, note }) => {
    const row = page.split("\n").find((line) => line.startsWith(`| ${what} | ${code} |`) && line.includes(note));
    return Number(row?.split(" | ")[2]);
  });
  expect(rows.map((worst, i) => worst <= at(conceptReferences, i).bar)).toEqual(rows.map(() => true));
  expect(page).toContain(conceptsSection(rows));
});

it("gives nothing for columns of zeros, and stops when it is told to", async () => {
  const factoriser = new Factoriser(2, { runtime });
  const zeros = float32([3, 4], new Float32Array(12));
  const start = await factoriser.start(zeros, 1);
  expect(await factoriser.factorise(zeros, start)).toMatchObject({ error: 0, converged: true });
  const columns = randomTensor([3, 4], "stop");
  const signal = AbortSignal.abort();
  await expect(factoriser.factorise(columns, start, { signal })).rejects.toThrow(/abort/i);
  await factoriser.close();
});

it("takes away nothing, one concept, or all, in every layout of a layer", async () => {
  const layouts: Record<string, (op: Builder, planes: string) => { layer: string; back: (value: string) => string }> = {
    nchw: (op, planes) => ({ layer: op.named("layer", planes), back: (value) => value }),
    nhwc: (op, planes) => ({
      layer: op.named("layer", op.Transpose(planes, { perm: [0, 2, 3, 1] })),
      back: (value) => op.Transpose(value, { perm: [0, 3, 1, 2] }),
    }),
    tokens: (op, planes) => {
      const grid = op.Transpose(op.Reshape(planes, op.ints([0, 0, -1])), { perm: [0, 2, 1] });
      const first = op.Mul(op.Slice(grid, op.ints([0]), op.ints([1]), op.ints([1])), op.scalar(0.5));
      const layer = op.named("layer", op.Concat(first, grid, { axis: 1 }));
      return { layer, back: (value) => op.Unsqueeze(op.Transpose(value, { perm: [0, 2, 1] }), op.ints([3])) };
    },
  };
  for (const [name, layout] of Object.entries(layouts)) {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 12, 12]);
    const weight = op.constant(randomTensor([6, 3, 4, 4], "w"));
    const { layer, back } = layout(op, op.Relu(op.Conv(x, weight, { strides: [4, 4] })));
    const squares = op.Mul(back(layer), back(layer));
    const means = op.ReduceMean(squares, op.ints([2, 3]), { keepdims: 0 });
    op.output(op.Gemm(means, op.constant(randomTensor([4, 6], "l")), { transB: 1 }), "scores");
    const model = await openModel(writeModel(op.graph), runtime, name);
    const images = randomTensor([3, 3, 12, 12], "images");
    const concepts = await findConcepts(model, [images], { runtime, count: 2, layer: "layer" });
    const image = rowsOf(images, 1, 1);
    const session = await runtime.open({ ...model.graph, outputs: [...model.graph.outputs, { name: "layer" }] });
    const withoutAny = async ({ amounts, directions }: { amounts: Tensor; directions: Tensor }) => {
      const { layer: values } = await session.run({ x: image });
      const linear = floats(randomTensor([4, 6], "l"));
      const left = Array.from(values ? floats(values) : [], (value, i) => {
        const [c, p] = [Math.floor(i / 9), i % 9];
        const part = (k: number) => at(floats(directions), 6 * k + c) * at(floats(amounts), 9 * k + p);
        return value - Math.min(value, part(0) + part(1));
      });
      const mean = (c: number) => left.slice(9 * c, 9 * c + 9).reduce((sum, value) => sum + value ** 2, 0) / 9;
      const score = (i: number) => [0, 1, 2, 3, 4, 5].reduce((sum, c) => sum + at(linear, 6 * i + c) * mean(c), 0);
      return { dims: [4], values: [0, 1, 2, 3].map(score) };
    };
    const scores = floats(at(Object.values(await session.run({ x: image })), 0));
    const sessions = new Sessions(runtime);
    const changed = new ChangedLayer(model, concepts.layer, sessions);
    const amounts = (await concepts.of(image)).reshape([2, 9]);
    const masks = float32([3, 2], [1, 1, 0, 1, 0, 0]);
    const its = { image, amounts, directions: concepts.directions };
    const [whole, one, none] = await changed.scores("reduced", await changed.start(its), masks);
    scores.forEach((score, i) => {
      expect(at(whole ?? [], i)).toBeCloseTo(score, 4);
    });
    expect(one).not.toEqual(whole);
    const { drops, score, classes, ...ofClass } = await concepts.effects(image, 2, [0, 2]);
    expect(score).toBeCloseTo(at(scores, 2), 4);
    expect(score - at(drops, 0)).toBeCloseTo(at(one ?? [], 2), 4);
    expect(classes).toEqual([
      await concepts.effects(image, 0).then(classEffects),
      { classIndex: 2, drops, score, importance: ofClass.importance, rebuilt: ofClass.rebuilt },
    ]);
    const highest = (row: Float32Array | undefined) => row?.indexOf(Math.max(...row));
    expect([ofClass.predicted, ofClass.answers[0]]).toEqual([highest(whole), highest(one)]);
    await expect(concepts.effects(image, 2, [4])).rejects.toThrow(/class: expected an index from 0 to 3, got 4/);
    if (name === "nchw") expectNear(float32([4], none ?? []), await withoutAny(its), 1e-4);
    await sessions.close();
    await session.close();
    await concepts.close();
  }
});
