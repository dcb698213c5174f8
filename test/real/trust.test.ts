/** @file How far maps can be trusted on MNIST: metrics and sanity checks of the digit model. FOVEA_DATA names the folder. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadMnist } from "../../src/data/idx/mnist.js";
import { checkSanity } from "../../src/evaluate/sanity/sanity-check.js";
import { createTrustStudy } from "../../src/evaluate/studies/trust-study.js";
import { summariseTrust } from "../../src/evaluate/studies/trust-summary.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { loadModel } from "../../src/explain/node.js";
import type { Tensor } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";

const data = process.env.FOVEA_DATA ?? "";

describe.skipIf(!existsSync(join(data, "mnist")))("the digit model on MNIST's first 20 test images", () => {
  let model: LoadedModel;
  let images: Tensor[];

  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    const { test } = await loadMnist("mnist", { directory: data });
    const { preprocess: run } = model;
    images = await Promise.all(
      Array.from({ length: 20 }, (_, i) => run(test.pixels.subarray(i * 784, (i + 1) * 784), [1, 1, 28, 28])),
    );
  });

  it("gives gradient and Grad-CAM maps that change with the weights, and guided backpropagation's that do not", async () => {
    const methods = ["grad-cam", "gradient", "guided-backprop"];
    const [gradCam, gradient, guided] = await checkSanity(model, images, { runtime, methods });
    expect([gradCam?.verdict, gradient?.verdict, guided?.verdict]).toEqual(["passes", "passes", "fails"]);
    expect(gradCam?.overall?.high).toBeLessThan(0.3);
    expect(gradient?.overall?.high).toBeLessThan(0.3);
    expect(guided?.overall?.low).toBeGreaterThan(0.6);
    expect(guided?.overall?.low).toBeGreaterThan((guided?.otherImages.rankCorrelation?.high as number) + 0.1);
  }, 60_000);

  it("follows Grad-CAM more than random maps of its size", async () => {
    const metrics = ["deletion", "insertion", "road", "infidelity"];
    const study = await createTrustStudy(model, { runtime, metrics });
    const measurements = [];
    for (const [i, image] of images.entries()) measurements.push(await study.measure({ name: String(i), image }));
    await study.close();
    const { sources } = summariseTrust(measurements, { metrics: study.metrics, sources: study.sources() });
    const versus = (name: string) => sources[0]?.metrics[name]?.versus?.random;
    for (const name of ["deletion", "insertion", "road"]) expect(versus(name)?.verdict, name).toBe("better");
    // Better by itself, but not among twelve comparisons of twenty images.
    expect(versus("infidelity")?.difference?.high).toBeLessThan(0);
    expect(versus("infidelity")?.verdict).toBe("no different");
  }, 60_000);
});
