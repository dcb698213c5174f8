/** @file Whether maps ask for the class, and whether families of methods agree. */

import { beforeAll, describe, expect, it } from "vitest";
import { drawShapes } from "../../../src/data/shapes.js";
import { measureClassSensitivity } from "../../../src/evaluate/sanity/class-sensitivity.js";
import { measureAgreement } from "../../../src/evaluate/sanity/family-agreement.js";
import { familyOf } from "../../../src/evaluate/sanity/method-family.js";
import { rankCorrelation } from "../../../src/evaluate/statistics/rank-correlation.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { methodNamed } from "../../../src/explain/methods/index.js";
import { loadModel, shapesModelPath } from "../../../src/explain/node.js";
import { openModel } from "../../../src/model/open.js";
import { singleImages } from "../../../src/model/run/batches.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { centreGaussian, sobelEdges } from "./planted-methods.js";

let model: LoadedModel;
let images: Tensor[];

beforeAll(async () => {
  model = await loadModel(shapesModelPath, { runtime });
  const { test } = drawShapes({ train: 0, test: 8 });
  images = singleImages(await model.preprocess(test.pixels, [test.count, 1, 42, 42]));
});

describe("class sensitivity", () => {
  it.runIf(everything)("is none of methods that never ask for the class, and some of those that do", async () => {
    const methods = ["grad-cam", "gradient-x-input", "eigen-cam", "random-cam", centreGaussian(42), sobelEdges];
    const results = await measureClassSensitivity(model, images, { runtime, methods });
    expect(Object.fromEntries(results.map(({ method, verdict }) => [method, verdict]))).toEqual({
      "grad-cam": "sensitive",
      "gradient-x-input": "sensitive",
      "eigen-cam": "blind",
      "random-cam": "blind",
      centre: "blind",
      sobel: "blind",
    });
    const [gradCam, , eigenCam] = results;
    // Eight images with the three other classes each.
    expect(gradCam).toMatchObject({ pairs: 24, identical: 0 });
    expect(eigenCam).toMatchObject({ pairs: 24, identical: 24, rankCorrelation: { mean: 1, low: 1, high: 1 } });
  });

  it("is the rank correlation of the two classes' maps, computed by hand from activations and weights", async () => {
    // Two activations, the image and its mirror; class 0 sums (1, 2) of them, class 1 (3, 1).
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 4, 5]);
    const features = op.named("features", op.Relu(x));
    const rows = op.constant(float32([2, 2], [1, 2, 3, 1]));
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), rows, undefined, { transB: 1 }), "y");
    const network = await openModel(op.graph, runtime);
    const image = randomTensor([1, 2, 4, 5], "two");
    const [found] = await measureClassSensitivity(network, [image], { runtime, layer: "features" });
    const at = (channel: number, i: number) => Math.max(0, Number(image.data[channel * 20 + i]));
    const sums = (a: number, b: number) => Array.from({ length: 20 }, (_, i) => a * at(0, i) + b * at(1, i));
    expect(found?.rankCorrelation?.mean).toBeCloseTo(rankCorrelation(sums(1, 2), sums(3, 1)) ?? Number.NaN, 6);
    expect(found).toMatchObject({ pairs: 1, verdict: "undecided" });
  });

  it("is not judged where a network has one class", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 4, 5]);
    const features = op.named("features", op.Relu(x));
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(float32([2, 1], [1, 2]))), "y");
    const network = await openModel(op.graph, runtime);
    const options = { runtime, layer: "features" };
    const [found] = await measureClassSensitivity(network, [randomTensor([1, 2, 4, 5], "one")], options);
    expect(found).toMatchObject({ pairs: 0, rankCorrelation: null, verdict: "undecided" });
  });
});

describe("the agreement of families", () => {
  it("compares each method with one of each other family, and a map of the centre agrees with none", async () => {
    const methods = ["grad-cam", "gradient-x-input", centreGaussian(42)];
    const results = await measureAgreement(model, images.slice(0, 4), { runtime, methods });
    expect(results.map((result) => [result.family, result.with.map(({ method }) => method)])).toEqual([
      ["feature maps", ["gradient-x-input", "occlusion"]],
      ["gradients", ["grad-cam", "occlusion"]],
      ["gradients", ["grad-cam", "occlusion"]],
    ]);
    const [gradCam, gradient, centre] = results;
    const mean = (result: (typeof results)[number] | undefined, i: number) =>
      result?.with[i]?.rankCorrelation?.mean ?? 0;
    // Either way round it is the same number.
    expect(mean(gradCam, 0)).toBeCloseTo(mean(gradient, 0), 9);
    expect(mean(gradCam, 1)).toBeGreaterThan(0.3);
    expect(mean(centre, 1)).toBeLessThan(0.2);
  });

  it("has families by what methods make their maps of", () => {
    const families = ["score-cam", "attention-rollout", "full-grad", "integrated-gradients", "rise"].map((name) =>
      familyOf(methodNamed(name)),
    );
    expect(families).toEqual(["feature maps", "feature maps", "gradients", "gradients", "perturbation"]);
  });
});
