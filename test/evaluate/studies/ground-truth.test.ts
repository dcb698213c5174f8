/** @file Methods where the true evidence is known: drawn shapes, and the network that tells them by nothing but the shape. */

import { beforeAll, expect, it } from "vitest";
import { drawShapes } from "../../../src/data/shapes.js";
import { evaluateClassifier } from "../../../src/evaluate/classifier/evaluate-classifier.js";
import { createTrustStudy } from "../../../src/evaluate/studies/trust-study.js";
import { type SourceSummary, summariseTrust } from "../../../src/evaluate/studies/trust-summary.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import type { GradientMethod } from "../../../src/explain/method.js";
import { gradCam } from "../../../src/explain/methods/grad-cam.js";
import { loadModel, shapesModelPath } from "../../../src/explain/node.js";
import { floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";

const { test: images, classes } = drawShapes({ train: 0, test: 200 });
const side = images.width;
let model: LoadedModel;

const inputs = async (first: number, count: number) =>
  model.preprocess(images.pixels.subarray(first * side ** 2, (first + count) * side ** 2), [
    ...([count, 1, side, side] as const),
  ]);

beforeAll(async () => {
  model = await loadModel(shapesModelPath, { runtime });
});

it("is told by the network: 99 % of the shapes", async () => {
  const probabilities = floats(await model.classifier().classify(await inputs(0, images.count)));
  const { accuracy } = evaluateClassifier({ probabilities, labels: images.labels, classes });
  expect(accuracy.value).toBeGreaterThan(0.985);
});

/** A mistake that no map shows by itself: it lies three columns beside its place, as with a wrong stride. */
const shifted: GradientMethod = {
  ...gradCam,
  name: "shifted",
  title: "Shifted Grad-CAM",
  build(op, inputs) {
    const { evidence } = gradCam.build(op, inputs);
    const columns = (from: number, to: number) => op.Slice(evidence, op.ints([from]), op.ints([to]), op.ints([3]));
    return { evidence: op.Concat(columns(3, 1000), columns(0, 3), { axis: 3 }) };
  },
};

it.runIf(everything)(
  "is found by Grad-CAM, not by random weights, and not by a method that is broken",
  async () => {
    const methods = await Promise.all(["grad-cam", "random-cam", shifted].map((method) => model.explainer({ method })));
    const metrics = ["energy-pointing-game", "pointing-game", "top-k-intersection"];
    const study = await createTrustStudy(model, { runtime, methods, metrics });
    const measurements = [];
    for (let i = 0; i < 60; i++) {
      const known = { target: images.labels[i], boxes: images.boxes?.[i] };
      measurements.push(await study.measure({ name: `shape ${i}`, image: await inputs(i, 1), ...known }));
    }
    await study.close();
    for (const method of methods) await method.close();

    const { sources } = summariseTrust(measurements, { metrics: study.metrics, sources: study.sources() });
    const [right, randomCam, broken, random, , uniform] = sources as readonly SourceSummary[];
    const energy = (source?: SourceSummary) => source?.metrics["energy-pointing-game"];
    // A box covers 6 % of an image on average: what chance gets.
    const chance = energy(uniform)?.mean?.mean as number;
    expect(chance).toBeGreaterThan(0.05);
    expect(chance).toBeLessThan(0.08);
    expect(energy(random)?.mean?.mean).toBeCloseTo(chance, 2);
    expect(energy(randomCam)?.mean?.low).toBeLessThan(chance);
    expect(energy(randomCam)?.versus?.random.verdict).toBe("no different");
    expect(energy(right)?.mean?.low).toBeGreaterThan(5 * chance);
    for (const name of metrics) expect(right?.metrics[name]?.versus?.random.verdict, name).toBe("better");
    for (const name of metrics) expect(broken?.metrics[name]?.versus?.random.verdict, name).not.toBe("better");
    expect(broken?.sentence).toContain("by no measure better than every baseline");
  },
  60_000,
);
