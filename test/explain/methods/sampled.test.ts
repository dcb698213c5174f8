/** @file Methods of samples: against computations by hand, in the limit, and how they run. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { gaussLegendre } from "../../../src/explain/methods/parts/sampling/gauss-legendre.js";
import { openModel } from "../../../src/model/open.js";
import { rowsOf } from "../../../src/model/run/batches.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";
import { explained } from "./explained.js";

/** y = x₁³ + x₁·x₂ + tanh(x₃), for pictures of one place. */
function smoothNetwork(): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 1, 1]);
  const [a, b, c] = [0, 1, 2].map((i) => op.Gather(op.Flatten(x), op.ints([i]), { axis: 1 })) as [
    string,
    string,
    string,
  ];
  op.output(op.Add(op.Add(op.Mul(a, op.Mul(a, a)), op.Mul(a, b)), op.Tanh(c)), "y");
  return op.graph;
}

describe("Gauss-Legendre quadrature", () => {
  it("has the known nodes, and integrates polynomials up to degree 2n - 1 exactly", () => {
    const [low, high] = gaussLegendre(2);
    expect(low?.at).toBeCloseTo((1 - 1 / Math.sqrt(3)) / 2, 14);
    expect(high?.weight).toBeCloseTo(0.5, 14);
    for (const n of [1, 2, 3, 5, 16, 50, 301]) {
      const degree = Math.min(2 * n - 1, 40);
      const sum = gaussLegendre(n).reduce((total, { at, weight }) => total + weight * at ** degree, 0);
      expect(sum).toBeCloseTo(1 / (degree + 1), 12);
    }
  });
});

describe("integrated gradients", () => {
  const point = float32([1, 3, 1, 1], [2, -1, 0.5]);

  it("equal the integral, from zeros and from another baseline", async () => {
    // ∫ over x = αp of 3x₁² + x₂, x₁ and 1 - tanh²(x₃), times p.
    const { attribution, completeness } = await explained(smoothNetwork(), "integrated-gradients", point);
    const expected = [8 - 1, -1, Math.tanh(0.5)];
    expect([...floats(attribution as Tensor)]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
    expect(floats(completeness?.total as Tensor)[0]).toBeCloseTo(8 - 2 + Math.tanh(0.5), 5);

    const baseline = float32([1, 3, 1, 1], [1, 1, 0]);
    const moved = await explained(smoothNetwork(), "integrated-gradients", point, { baseline });
    // x₁ = 1 + α, x₂ = 1 - 2α: ∫ 3x₁² + x₂ = 7 + 0; -2 · ∫ x₁ = -3.
    const other = [7, -3, Math.tanh(0.5)];
    expect([...floats(moved.attribution as Tensor)]).toEqual(other.map((value) => expect.closeTo(value, 5)));
    expect(floats(moved.completeness?.total as Tensor)[0]).toBeCloseTo(6 + Math.tanh(0.5) - 2, 5);
  });

  it("sum to the score's difference but for an error that shrinks with more steps", async () => {
    const errors: number[] = [];
    const baseline = images(1, "baseline");
    for (const samples of [1, 4, 64]) {
      const found = await explained(convNet(), "integrated-gradients", images(2), {
        samples,
        baseline,
        classes: [0, 1],
      });
      const { attributed, total } = found.completeness as { attributed: Tensor; total: Tensor };
      expect(attributed.dims).toEqual([2, 2]);
      const sums = [0, 1, 2, 3].map((row) =>
        floats(found.evidence)
          .subarray(row * 36, (row + 1) * 36)
          .reduce((sum, value) => sum + value, 0),
      );
      floats(attributed).forEach((value, i) => expect(value).toBeCloseTo(sums[i] as number, 4));
      const start = await explained(convNet(), "gradient", baseline);
      const rise = (i: number, k: number) =>
        (floats(found.scores)[4 * i + k] as number) - (floats(start.scores)[k] as number);
      floats(total).forEach((value, row) => expect(value).toBeCloseTo(rise(Math.floor(row / 2), row % 2), 4));
      errors.push(
        Math.max(...floats(total).map((value, row) => Math.abs(value - (floats(attributed)[row] as number)))),
      );
    }
    expect(errors[2]).toBeLessThan((errors[0] as number) / 5);
    expect(errors[2]).toBeLessThan(0.02);
  });

  it("want a baseline of the image's shape", async () => {
    await expect(
      explained(smoothNetwork(), "integrated-gradients", point, { baseline: float32([1, 1], [0]) }),
    ).rejects.toThrow(/^baseline: expected float32 \[1, 3, 1, 1\], got float32 \[1, 1\]$/);
  });
});

describe("methods that draw baselines", () => {
  const drawing = ["gradient-shap", "expected-gradients"];
  const background = images(5, "background");

  it.each(drawing)(
    "%s of a linear network is the gradient times the distance from the drawn baselines",
    async (method) => {
      const op = new Builder();
      const x = op.input("x", "float32", ["N", 3, 1, 2]);
      const weights = [1, -2, 3, 0, -4, 1];
      op.output(op.Gemm(op.Flatten(x), op.constant(float32([6, 1], weights))), "y");
      const image = float32([1, 3, 1, 2], [1, 2, 3, 4, 5, 6]);
      const baseline = float32([2, 3, 1, 2], [0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2]);
      const { attribution, completeness } = await explained(op.graph, method, image, { samples: 400, baseline });
      // Of 400 draws of 0 or 2 the mean is 1 within 0.05, five standard deviations with the mean's weight.
      floats(attribution as Tensor).forEach((value, i) => {
        const expected = (weights[i] ?? 0) * ((floats(image)[i] ?? 0) - 1);
        expect(Math.abs(value - expected)).toBeLessThan(0.25 * Math.abs(weights[i] ?? 0) + 1e-6);
      });
      // y is 1 - 4 + 9 - 20 + 6 = -8, and -1 for ones.
      expect(floats(completeness?.total as Tensor)[0]).toBeCloseTo(-8 + 1, 4);
    },
  );

  it.each(drawing)(
    "%s comes nearer to the score less the mean score of the baselines with more samples",
    async (method) => {
      const errors: number[] = [];
      for (const samples of [4, 64, 1024]) {
        const found = await explained(convNet(), method, images(1), { samples, baseline: background, classes: [0, 1] });
        const scores = await explained(convNet(), "gradient", background);
        const mean = (k: number) =>
          [0, 1, 2, 3, 4].reduce((sum, i) => sum + (floats(scores.scores)[4 * i + k] ?? 0) / 5, 0);
        const total = floats(found.completeness?.total as Tensor);
        total.forEach((value, k) => expect(value).toBeCloseTo((floats(found.scores)[k] ?? 0) - mean(k), 4));
        const attributed = floats(found.completeness?.attributed as Tensor);
        errors.push(Math.max(...total.map((value, k) => Math.abs(value - (attributed[k] ?? Number.NaN)))));
      }
      expect(errors[2]).toBeLessThan((errors[0] ?? 0) / 4);
    },
  );

  it("see of one baseline what integrated gradients see, but for the error of sampling", async () => {
    const baseline = images(1, "baseline");
    const exact = await explained(convNet(), "integrated-gradients", images(1), { baseline, samples: 64 });
    const drawn = await explained(convNet(), "expected-gradients", images(1), { baseline, samples: 2000 });
    const scale = Math.max(...floats(exact.evidence).map(Math.abs));
    floats(exact.evidence).forEach((value, i) =>
      expect(Math.abs(value - (floats(drawn.evidence)[i] ?? Number.NaN)) / scale).toBeLessThan(0.1),
    );
  });

  it("integrated gradients from several inputs are the mean over their ways", async () => {
    const two = images(2, "baselines");
    const both = await explained(convNet(), "integrated-gradients", images(1), { baseline: two });
    const each = [0, 1].map((i) =>
      explained(convNet(), "integrated-gradients", images(1), { baseline: rowsOf(two, i, 1) }),
    );
    const [first, second] = await Promise.all(each);
    floats(both.evidence).forEach((value, i) => {
      const mean = ((floats(first?.evidence as Tensor)[i] ?? 0) + (floats(second?.evidence as Tensor)[i] ?? 0)) / 2;
      expect(value).toBeCloseTo(mean, 4);
    });
  });

  it("say from which baselines, and what completeness means", async () => {
    const model = await openModel(convNet(), runtime);
    const notesFor = async (options: object) => {
      const explainer = await createExplainer(model, { runtime, method: "expected-gradients", ...options });
      await explainer.close();
      return explainer.notes.join("\n");
    };
    expect(await notesFor({ baseline: background })).toMatch(
      /Expected gradients from the 5 given inputs, one drawn for each sample,.*\n.*less the mean score of the baselines/s,
    );
    expect(await notesFor({})).toMatch(/Expected gradients from .*the score less/s);
  });

  it("take noise where they have some, and refuse it else", async () => {
    const quiet = await explained(convNet(), "gradient-shap", images(1), { samples: 4 });
    const noisy = await explained(convNet(), "gradient-shap", images(1), { samples: 4, noise: 0.2 });
    expect(floats(noisy.evidence)).not.toEqual(floats(quiet.evidence));
    await expect(explained(convNet(), "expected-gradients", images(1), { noise: 0.1 })).rejects.toThrow(
      /^noise: expected none for the method expected-gradients, which puts none on the image$/,
    );
    await expect(explained(convNet(), "smooth-grad", images(1), { noise: -1 })).rejects.toThrow(
      /^noise: expected a number from 0 to 10, got -1$/,
    );
  });
});

describe("methods of noise", () => {
  it("of a linear network see its gradient without variance", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 1, 2]);
    op.output(op.Gemm(op.Flatten(x), op.constant(float32([6, 1], [1, -2, 3, 0, -4, 1]))), "y");
    const image = float32([1, 3, 1, 2], [1, 2, 3, 4, 5, 6]);
    const mean = await explained(op.graph, "smooth-grad", image, { samples: 3 });
    [1, -2, 3, 0, -4, 1].forEach((w, i) => expect(floats(mean.attribution as Tensor)[i]).toBeCloseTo(w, 5));
    const { evidence } = await explained(op.graph, "var-grad", image, { samples: 3 });
    for (const value of floats(evidence)) expect(value).toBeCloseTo(0, 5);
  });

  it("of y = x³/3 are x² + σ² and the variance of the squares, by the noise's own moments", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 1, 1, 2]);
    const cube = op.Div(op.Mul(x, op.Mul(x, x)), op.scalar(3));
    op.output(op.Gemm(op.Flatten(cube), op.constant(float32([2, 1], [1, 1]))), "y");
    // The range is 4, so the deviation 0.6; x = 2 and -2.
    const image = float32([1, 1, 1, 2], [2, -2]);
    const mean = await explained(op.graph, "smooth-grad", image, { samples: 4000 });
    for (const value of floats(mean.evidence)) expect(value).toBeCloseTo(4 + 0.36, 0);
    const { evidence } = await explained(op.graph, "var-grad", image, { samples: 4000 });
    // Var (x + n)² = 4x²σ² + 2σ⁴
    for (const value of floats(evidence)) expect(Math.abs(value / (16 * 0.36 + 2 * 0.36 ** 2) - 1)).toBeLessThan(0.1);
  });

  it("Smooth Grad-CAM++ is Grad-CAM++ where noise changes no gradient", async () => {
    const op = new Builder();
    const features = op.named("features", op.Add(op.input("x", "float32", ["N", 2, 1, 2]), op.scalar(0)));
    op.output(op.Gemm(op.Flatten(features), op.constant(float32([4, 1], [1, 2, -1, 4]))), "y");
    const image = float32([1, 2, 1, 2], [1, 2, 3, 0]);
    const [smooth, plain] = [
      await explained(op.graph, "smooth-grad-cam++", image, { layer: "features" }),
      await explained(op.graph, "grad-cam++", image, { layer: "features" }),
    ];
    floats(plain.evidence).forEach((value, i) => expect(floats(smooth.evidence)[i]).toBeCloseTo(value, 4));
  });

  it("differ from seed to seed", async () => {
    const of = async (seed: number) =>
      floats((await explained(convNet(), "smooth-grad", images(1), { seed, samples: 2 })).evidence);
    expect(await of(1)).not.toEqual(await of(2));
  });
});

describe("a run of samples", () => {
  it("tells how far it is", async () => {
    const told: [number, number][] = [];
    const progress = (done: number, total: number) => told.push([done, total]);
    await explained(convNet(), "smooth-grad", images(2), { samples: 10, classes: [0, 1], progress });
    expect(told.map(([done]) => done)).toEqual([8, 10, 18, 20, 28, 30, 38, 40]);
    expect(new Set(told.map(([, total]) => total))).toEqual(new Set([40]));
  });

  it("breaks off when it is told to, and explains again afterwards", async () => {
    const model = await openModel(convNet(), runtime);
    const explainer = await createExplainer(model, { runtime, method: "smooth-grad", samples: 40 });
    const controller = new AbortController();
    let runs = 0;
    const progress = () => {
      if (++runs === 2) controller.abort(new Error("enough"));
    };
    await expect(explainer.explain(images(1), { progress, signal: controller.signal })).rejects.toThrow("enough");
    expect(runs).toBe(2);
    expect((await explainer.explain(images(1))).maps.dims).toEqual([1, 1, 6, 6]);
    await explainer.close();
  });

  it("refuses a number of samples that is none", async () => {
    for (const samples of [0, 1.5, Number.NaN]) {
      await expect(explained(convNet(), "smooth-grad", images(1), { samples })).rejects.toThrow(
        /^samples: expected a whole number from 1 on, got/,
      );
    }
    await expect(explained(convNet(), "smooth-grad", images(1), { samples: 1e12 })).rejects.toThrow(
      /^samples of smooth-grad: expected at most 10000, got 1000000000000$/,
    );
  });
});

it("a model for one image at a time takes its samples one by one, with the same result", async () => {
  const one = convNet();
  one.inputs = one.inputs.map((input) => ({ ...input, dims: [1, 2, 6, 6] }));
  for (const method of ["integrated-gradients", "smooth-grad"]) {
    const [alone, batch] = [
      await explained(one, method, images(2), { samples: 4 }),
      await explained(convNet(), method, images(2), { samples: 4 }),
    ];
    floats(batch.evidence).forEach((value, i) => expect(floats(alone.evidence)[i]).toBeCloseTo(value, 4));
  }
});
