/** @file A report's data out of models and images: figures, failures, progress, and stopping. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateClassifier } from "../../../src/evaluate/classifier/evaluate-classifier.js";
import { weightLayers, withRandomWeights } from "../../../src/evaluate/sanity/randomise-weights.js";
import { type LoadedModel, loadedModel } from "../../../src/explain/loaded-model.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { at } from "../../../src/foundation/present.js";
import { floats } from "../../../src/onnx/tensor.js";
import { type Collection, collectReport } from "../../../src/report/collect/collect-report.js";
import type { ReportedModel } from "../../../src/report/collect/study.js";
import { everything } from "../../support/share.js";
import { digitModel, failingAt, platform, reportedDigits } from "./reported-digits.js";

const encode = async () => "data:image/png;base64,AA==";
const count = 30;
const data = reportedDigits(count);

let model: LoadedModel;
let models: ReportedModel[];
beforeAll(async () => {
  model = await digitModel();
  const noise = loadedModel(withRandomWeights(model, weightLayers(model).slice(0, 1), 1), platform);
  models = [
    { name: "noise", explainer: await noise.explainer() },
    { name: "trained", explainer: await model.explainer() },
  ];
});
afterAll(async () => {
  for (const { explainer } of models) await explainer.close();
});

describe("collectReport(models, data, options)", () => {
  let collection: Collection;
  const progress: (readonly [number, number])[] = [];
  beforeAll(async () => {
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    collection = await collectReport(models, data, { encode, errors: 3, changes: 2, onProgress });
  });

  it("measures every model as a classifier of the same images", async () => {
    const classifier = model.classifier();
    const inputs = await Promise.all(Array.from({ length: count }, (_, i) => data.images.read(model, i)));
    const rows = await Promise.all(inputs.map(async ({ input }) => floats(await classifier.classify(input)).slice()));
    const probabilities = Float32Array.from(rows.flatMap((row) => [...row]));
    const expected = evaluateClassifier({ probabilities, labels: data.images.labels, classes: data.classes });
    const [noise, trained] = collection.report.models;
    expect(trained?.evaluation.confusion).toEqual(expected.confusion);
    expect(trained?.evaluation.correct).toBe(expected.correct);
    expect(trained?.evaluation.calibration.brier).toBeCloseTo(expected.calibration.brier, 5);
    expect(noise?.evaluation.correct).toBeLessThan(expected.correct);
    await classifier.close();
  });

  it("shows as many errors and changes as it is asked for, the most confident first", () => {
    const [noise] = collection.report.models;
    expect(noise?.errors?.map(({ index }) => index)).toEqual(
      noise?.evaluation.errors.slice(0, 3).map(({ index }) => index),
    );
    const [comparison] = collection.report.comparisons;
    expect(comparison).toMatchObject({ before: 0, after: 1 });
    expect(comparison?.result.fixed.length).toBeGreaterThan(2);
    expect(comparison?.fixed).toHaveLength(2);
    const confidence = comparison?.fixed.map(({ before }) => before.confidence) ?? [];
    expect(at(confidence, 0)).toBeGreaterThanOrEqual(at(confidence, 1));
  });

  it("names the layer that is explained, the classes and samples of each that there is", () => {
    const { report } = collection;
    expect(report.models[1]?.layers?.filter(({ explained }) => explained)).toHaveLength(1);
    expect(report.data.classes).toEqual(data.classes);
    const labels = new Set(Array.from(data.images.labels));
    expect(report.data.samples?.map(({ label }) => label)).toEqual([...labels].sort());
    expect(report.maps.method).toBe("Grad-CAM");
  });

  it("counts in the mean maps the images that were classified rightly", () => {
    for (const { meanMaps = [], evaluation } of collection.report.models)
      expect(meanMaps.reduce((sum, mean) => sum + mean.count, 0)).toBe(evaluation.correct);
  });

  it("is the same after a trip through JSON", () => {
    expect(JSON.parse(JSON.stringify(collection.report))).toEqual(collection.report);
  });

  it("tells of each image of each model as it is done", () => {
    expect(progress).toEqual(Array.from({ length: 2 * count }, (_, i) => [i + 1, 2 * count]));
    expect(collection.failed).toEqual([]);
  });
});

describe("where images fail", () => {
  const error = new FoveaError("bad-file", "x.png: image: expected a picture, got none");

  it.runIf(everything)("leaves them out of every model, and tells which they were", async () => {
    const images = failingAt(data.images, [0, 4], error);
    const { report, failed, images: kept } = await collectReport(models, { ...data, images }, { encode, errors: 1 });
    expect(failed).toEqual([
      { index: 0, error },
      { index: 4, error },
    ]);
    expect(kept.count).toBe(count - 2);
    expect(Array.from(kept.labels)).toEqual(Array.from(data.images.labels).filter((_, i) => i !== 0 && i !== 4));
    expect(report.models.map(({ evaluation }) => evaluation.count)).toEqual([count - 2, count - 2]);
  });

  it("refuses to report on no image, with the first reason", async () => {
    const all = Array.from({ length: count }, (_, i) => i);
    const images = failingAt(data.images, all, error);
    await expect(collectReport(models, { ...data, images }, { encode })).rejects.toThrow(
      `digits: none of ${count} images can be explained: image 0: ${error.message}`,
    );
  });

  it("lets through what is no failure of an image", async () => {
    const images = failingAt(data.images, [1], new TypeError("broken"));
    await expect(collectReport(models, { ...data, images }, { encode })).rejects.toThrow("broken");
  });
});

it.runIf(everything)("stops with what the signal was aborted with", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const onProgress = (done: number) => {
    if (done === 3) stop.abort(reason);
  };
  const small = reportedDigits(300);
  await expect(collectReport(models, small, { encode, onProgress, signal: stop.signal })).rejects.toBe(reason);
});
