/** @file Factorisation, heat maps and importances of concepts, against scikit-learn, pytorch-grad-cam and the code of CRAFT's authors. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ChangedLayer } from "../../../src/explain/concepts/changed-layer.js";
import { findConcepts } from "../../../src/explain/concepts/concepts.js";
import type { ClassEffects } from "../../../src/explain/concepts/effects.js";
import { Factoriser } from "../../../src/explain/concepts/nmf.js";
import { sobolDesign, totalIndices } from "../../../src/explain/concepts/sobol.js";
import { at } from "../../../src/foundation/present.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { openModel } from "../../../src/model/open.js";
import { rowsOf } from "../../../src/model/run/batches.js";
import { Sessions } from "../../../src/model/run/sessions.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

interface Stored {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

const classEffects = ({ classIndex, drops, score, importance, rebuilt }: ClassEffects): ClassEffects => ({
  ...{ classIndex, drops, score, importance, rebuilt },
});
const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/concepts/${name}.json`, import.meta.url), "utf8"));
const tensor = ({ dims, values }: Stored) => float32(dims, values);

function expectNear(actual: Tensor, expected: Stored, tolerance: number): void {
  expect(actual.dims).toEqual(expected.dims);
  const largest = Math.max(...expected.values.map(Math.abs));
  const furthest = Math.max(...Array.from(floats(actual), (value, i) => Math.abs(value - at(expected.values, i))));
  expect(furthest).toBeLessThan(tolerance * largest);
}

/** A network whose layer is its input, where that is not negative: behind it a convolution, a rectifier, the mean and a linear layer. */
function network({
  dims,
  conv,
  bias,
  linear,
}: {
  dims: readonly number[];
  conv: Tensor;
  bias: Tensor;
  linear: Tensor;
}) {
  const op = new Builder();
  const layer = op.named("layer", op.Relu(op.input("x", "float32", ["N", ...dims.slice(1)])));
  const hidden = op.Relu(op.Conv(layer, op.constant(conv), op.constant(bias), { pads: [1, 1, 1, 1] }));
  const means = op.ReduceMean(hidden, op.ints([2, 3]), { keepdims: 0 });
  op.output(op.Gemm(means, op.constant(linear), { transB: 1 }), "scores");
  return openModel(writeModel(op.graph), runtime, "network");
}

it("factorises as scikit-learn's coordinate descent does, sweep by sweep from the same start", async () => {
  const { columns, start, after } = golden("nmf");
  const [count = 0] = start.dims;
  const places = columns.dims[1];
  const factoriser = new Factoriser(count, { runtime });
  const begin = {
    directions: tensor(start),
    amounts: float32([count, places], new Float32Array(count * places).fill(1)),
  };
  for (const [sweeps, expected] of Object.entries<{ amounts: Stored; directions: Stored; error: number }>(after)) {
    const found = await factoriser.sweep(tensor(columns), begin, Number(sweeps));
    expectNear(found.amounts, expected.amounts, 1e-4);
    expectNear(found.directions, expected.directions, 1e-4);
    expect(found.error).toBeCloseTo(expected.error, 4);
  }
  const { amounts, directions } = after["40"];
  expectNear(await factoriser.amounts(tensor(columns), tensor(directions)), amounts, 0.02);
  await factoriser.close();
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

it("finds the heat maps of pytorch-grad-cam's deep feature factorisation", async () => {
  const { planes, maps, error } = golden("dff");
  const [conv, bias, linear] = [[2, 10, 3, 3], [2], [2, 2]].map((dims) => randomTensor(dims, "any"));
  const model = await network({
    dims: planes.dims,
    conv: at([conv], 0) as Tensor,
    bias: bias as Tensor,
    linear: linear as Tensor,
  });
  const concepts = await findConcepts(model, [tensor(planes)], { runtime, count: 3, layer: "layer" });
  expect(concepts.error).toBeLessThan(error + 1e-3);
  expect(concepts.all.map(({ stability }) => stability > 0.99)).toEqual([true, true, true]);
  const own = await concepts.of(tensor(planes));
  const flat = (values: ArrayLike<number>, k: number) => {
    const area = planes.dims[2] * planes.dims[3];
    return Array.from(values).filter((_, i) => Math.floor(i / area) % 3 === k);
  };
  const cosine = (a: readonly number[], b: readonly number[]) => {
    const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * at(y, i), 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const nearest = [0, 1, 2].map((k) => {
    const cosines = [0, 1, 2].map((j) => cosine(flat(floats(own), k), flat(maps.values, j)));
    expect(Math.max(...cosines)).toBeGreaterThan(0.995);
    return cosines.indexOf(Math.max(...cosines));
  });
  expect(new Set(nearest).size).toBe(3);
  await concepts.close();
});

it("gives the importances of the code of CRAFT's authors", async () => {
  const { amounts, directions, importances, conv, bias, linear } = golden("sobol");
  const [images = 0, count = 0, height = 0, width = 0] = amounts.dims;
  const dims = [1, directions.dims[1], height, width];
  const model = await network({ dims, conv: tensor(conv), bias: tensor(bias), linear: tensor(linear) });
  const sessions = new Sessions(runtime);
  const changed = new ChangedLayer(model, chooseLayer(model, "layer"), sessions);
  const design = sobolDesign(count, 32);
  const sums = [0, 1].map(() => new Array<number>(count).fill(0));
  for (let i = 0; i < images; i++) {
    const its = rowsOf(tensor(amounts), i, 1).reshape([count, height * width]);
    const image = { image: randomTensor(dims, "seen by nobody"), amounts: its, directions: tensor(directions) };
    const rows = await changed.scores("rebuilt", await changed.start(image), design.masks);
    for (const [c, sum] of sums.entries())
      totalIndices(
        rows.map((row) => at(row, c)),
        32,
      ).forEach((index, k) => {
        sum[k] = at(sum, k) + index / images;
      });
  }
  expectNear(float32([2, count], sums.flat()), importances, 1e-4);
  await sessions.close();
});

it("gives the total indices of the Ishigami function", () => {
  // f = sin a + 7 sin² b + 0.1 c⁴ sin a over -π to π has total indices 0.5576, 0.4424 and 0.2437 (Ishigami and Homma 1990).
  const points = 4096;
  const { masks } = sobolDesign(3, points);
  const scores = Array.from({ length: points * 4 }, (_, i) => {
    const [a = 0, b = 0, c = 0] = Array.from(floats(masks).subarray(3 * i, 3 * i + 3), (x) => Math.PI * (2 * x - 1));
    return Math.sin(a) + 7 * Math.sin(b) ** 2 + 0.1 * c ** 4 * Math.sin(a);
  });
  const [a, b, c] = totalIndices(scores, points);
  for (const [got, expected] of [
    [a, 0.5576],
    [b, 0.4424],
    [c, 0.2437],
  ])
    expect(got).toBeCloseTo(expected as number, 2);
  expect(totalIndices([2, 2, 2, 2], 2)).toEqual([0]);
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
