/** @file Options that work with every method: layers fused, augmentation, principal component, classes by rank. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { displayMapOf, mapOf } from "../../../src/explain/maps.js";
import type { ExplainerOptions } from "../../../src/explain/options.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";

const model = await openModel(convNet({ skip: true }), runtime);
const explainerOf = (options: Partial<ExplainerOptions> = {}) =>
  createExplainer(model, { runtime, layer: "features", ...options });
const evidenceOf = async (options: Partial<ExplainerOptions>, input = images(2)) => [
  ...floats((await (await explainerOf(options)).explain(input, { classes: [1, "predicted"] })).evidence),
];
const close = (a: readonly number[], b: readonly number[]) =>
  expect(a).toEqual(b.map((value) => expect.closeTo(value, 4)));

describe("several layers", () => {
  it("are fused by their mean, their largest, or their mean at the same peak", async () => {
    const layers = ["inner", "features"];
    const [inner, features] = [await evidenceOf({ layer: "inner" }), await evidenceOf({ layer: "features" })];
    const both = (f: (a: number, b: number) => number) => inner.map((value, i) => f(value, features[i] as number));
    close(
      await evidenceOf({ layers, fusion: "mean" }),
      both((a, b) => (a + b) / 2),
    );
    close(await evidenceOf({ layers, fusion: "max" }), both(Math.max));
    const peaks = (all: readonly number[]) =>
      [0, 1, 2, 3].map((row) => Math.max(...all.slice(36 * row, 36 * row + 36).map(Math.abs)));
    const [p, q] = [peaks(inner), peaks(features)];
    const expected = inner.map((value, i) => {
      const row = Math.floor(i / 36);
      return (value / (p[row] as number) + (features[i] as number) / (q[row] as number)) / 2;
    });
    close(await evidenceOf({ layers }), expected);
  });

  it("of other sizes are brought to the finest one's, and the notes name them", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 1, 4, 4]);
    const fine = op.named("fine", op.Relu(x));
    const coarse = op.named("coarse", op.AveragePool(fine, { kernel_shape: [2, 2], strides: [2, 2] }));
    op.output(op.Flatten(op.GlobalAveragePool(coarse)), "y");
    const small = await openModel(op.graph, runtime);
    const explainer = await createExplainer(small, {
      runtime,
      layers: ["coarse", "fine"],
      fusion: "mean",
    });
    const input = float32(
      [1, 1, 4, 4],
      Array.from({ length: 16 }, (_, i) => i),
    );
    const { maps, layer } = await explainer.explain(input);
    expect(maps.dims).toEqual([1, 1, 4, 4]);
    expect(layer.name).toBe("fine");
    expect(explainer.notes.at(-1)).toBe("the mean of the maps at coarse (1x2x2), fine (1x4x4)");
  });

  it("are refused where there is none, or no such fusion", async () => {
    await expect(explainerOf({ layers: [] })).rejects.toThrow(/^layers: expected at least one, got none$/);
    await expect(explainerOf({ layers: ["inner"], fusion: "sum" as never })).rejects.toThrow(
      /^fusion: expected normal/,
    );
  });
});

describe("augmentation", () => {
  it("is the mean over mirrored and scaled versions, each mirrored back", async () => {
    const input = images(2);
    const mirror = (values: readonly number[]) => values.map((_, i) => values[i - (i % 6) + 5 - (i % 6)] as number);
    const mirrored = float32(input.dims, mirror([...floats(input)]));
    // The predicted class is that of the picture as it is.
    const plain = await (await explainerOf()).explain(input, { classes: [1, "predicted"] });
    const sum = [...floats(plain.evidence)];
    for (const k of [0, 1]) {
      const labels = plain.classes.map((row) => row[k] as number);
      const other = mirror([...floats((await (await explainerOf()).explain(mirrored, { labels })).evidence)]);
      for (const i of [0, 1]) {
        for (let p = 0; p < 36; p++)
          sum[(2 * i + k) * 36 + p] = (sum[(2 * i + k) * 36 + p] as number) + (other[36 * i + p] as number);
      }
    }
    const found = await evidenceOf({ augment: { scales: [1] } });
    close(
      found,
      sum.map((value) => value / 2),
    );
  });

  it("of a homogeneous network is the plain map times the mean scale", async () => {
    const plain = await evidenceOf({});
    close(
      await evidenceOf({ augment: { mirror: false, scales: [0.5, 1, 3] } }),
      plain.map((value) => 1.5 * value),
    );
    await expect(explainerOf({ augment: { scales: [] } })).rejects.toThrow(/^augmentation: scales: expected numbers/);
  });

  it("mirrors pictures with channels last, and works for methods of samples and of pixels", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 2, 3]);
    const weights = op.constant(float32([12, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    op.output(op.Gemm(op.Flatten(x), weights), "y");
    const last = await openModel(op.graph, runtime);
    const input = float32([1, 2, 2, 3], Array(12).fill(1));
    for (const method of ["gradient-x-input", "integrated-gradients"]) {
      const options = { runtime, method, augment: { scales: [1] } };
      const { evidence } = await (await createExplainer(last, options)).explain(input, { classes: [0] });
      // Weights 6 and 15, 24 and 33 at the places; of the mirrored picture each place gets its own weight again, mirrored back.
      close([...floats(evidence)], [10.5, 10.5, 28.5, 28.5]);
    }
  });
});

describe("the principal component", () => {
  it("of Grad-CAM is that of the weighted activations, as EigenGrad-CAM's where the gradient is the same everywhere", async () => {
    const graph = await openModel(convNet(), runtime);
    const of = async (method: string, eigenSmooth: boolean) => {
      const explainer = await createExplainer(graph, { runtime, layer: "features", method, eigenSmooth });
      return [...floats((await explainer.explain(images(1), { classes: [1] })).evidence)];
    };
    close(await of("grad-cam", true), await of("eigen-grad-cam", false));
    expect(await of("grad-cam", true)).not.toEqual(await of("grad-cam", false));
    expect(await of("eigen-cam", true)).toEqual(await of("eigen-cam", false));
    // Behind an average the mean effect of a channel is its weight times its mean: another weighing of the same activations.
    expect(await of("ablation-cam", true)).not.toEqual(await of("ablation-cam", false));
  });
});

describe("classes by rank", () => {
  it("are those with the highest scores, of each image", async () => {
    const { classes, scores, evidence } = await (await explainerOf()).explain(images(3), {
      classes: [{ rank: 1 }, { rank: 2 }, { rank: 4 }],
    });
    for (const [i, row] of classes.entries()) {
      const values = floats(scores).subarray(4 * i, 4 * i + 4);
      const order = [0, 1, 2, 3].sort((a, b) => (values[b] as number) - (values[a] as number));
      expect(row).toEqual([order[0], order[1], order[3]]);
    }
    const second = classes.map((row) => row[1] as number);
    const alone = await (await explainerOf()).explain(images(3), { labels: second });
    for (const i of [0, 1, 2]) {
      close(
        [...floats(evidence).subarray((3 * i + 1) * 36, (3 * i + 2) * 36)],
        [...floats(alone.evidence).subarray(36 * i, 36 * i + 36)],
      );
    }
    await expect((await explainerOf()).explain(images(1), { classes: [{ rank: 5 }] })).rejects.toThrow(
      /^class of rank 5: expected 1 to 4$/,
    );
  });
});

describe("the display map", () => {
  it("may be signed, cut off below, and end at a percentile", async () => {
    const explanation = await (await explainerOf()).explain(images(1), { classes: [1] });
    const raw = mapOf(explanation, 0, 0, { signed: true });
    expect([...raw.values]).toEqual([...floats(explanation.evidence as Tensor)]);
    const size = { width: 6, height: 6 };
    const largest = Math.max(...raw.values.map(Math.abs));
    const signed = displayMapOf(explanation, 0, 0, { ...size, signed: true });
    close(
      [...signed.values],
      [...raw.values].map((value) => value / largest),
    );
    const cut = displayMapOf(explanation, 0, 0, { ...size, signed: true, threshold: 0.5 });
    cut.values.forEach((value, i) => {
      const plain = signed.values[i] as number;
      expect(value).toBeCloseTo(Math.abs(plain) < 0.5 ? 0 : plain, 5);
    });
    const sorted = [...raw.values].map(Math.abs).sort((a, b) => a - b);
    const ended = displayMapOf(explanation, 0, 0, { ...size, signed: true, percentile: 50 });
    ended.values.forEach((value, i) => {
      const share = (raw.values[i] as number) / (sorted[17] as number);
      expect(value).toBeCloseTo(Math.max(-1, Math.min(1, share)), 4);
    });
    expect(() => displayMapOf(explanation, 0, 0, { ...size, threshold: 2 })).toThrow(
      /^threshold: expected 0 to 1, got 2$/,
    );
    expect(() => displayMapOf(explanation, 0, 0, { ...size, percentile: 0 })).toThrow(/^percentile: expected above 0/);
  });

  it("is taken by the channels of a picture, whose pixels are too many for a matrix of all pairs", async () => {
    const side = 160;
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, side, side]);
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(x)), op.constant(float32([3, 2], [3, -1, 2, 4, -1, 1]))), "y");
    const linear = await openModel(op.graph, runtime);
    const picture = randomTensor([1, 3, side, side], "picture");
    const options = { runtime, method: "gradient-x-input", eigenSmooth: true };
    const explainer = await createExplainer(linear, options);
    const evidence = floats((await explainer.explain(picture, { classes: [0] })).evidence);
    await explainer.close();
    // What each channel contributes: its weight times its pixels.
    const area = side ** 2;
    const rows = [3, 2, -1].map((weight, c) => {
      const row = floats(picture)
        .subarray(c * area, (c + 1) * area)
        .map((value) => (weight * value) / area);
      const mean = row.reduce((sum, value) => sum + value, 0) / area;
      return { row, centred: row.map((value) => value - mean) };
    });
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    const gram = rows.map(({ centred: a }) => rows.map(({ centred: b }) => dot(a, b)));
    let direction = [1, 0.5, 0.25];
    for (let i = 0; i < 200; i++) {
      const turned = gram.map((line) => line.reduce((sum, value, k) => sum + value * (direction[k] as number), 0));
      direction = turned.map((value) => value / Math.hypot(...turned));
    }
    const at = (i: number, of: "row" | "centred", by: readonly number[]) =>
      rows.reduce((sum, each, c) => sum + (by[c] as number) * (each[of][i] as number), 0);
    const projected = Float32Array.from({ length: area }, (_, i) => at(i, "centred", direction));
    const sign = Math.sign(projected.reduce((sum, value, i) => sum + value * at(i, "row", [1, 1, 1]), 0));
    const peak = Math.max(...projected.map(Math.abs));
    const worst = evidence.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - sign * (projected[i] as number))),
      0,
    );
    expect(worst / peak).toBeLessThan(1e-4);
  });
});
