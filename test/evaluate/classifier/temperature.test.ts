/** @file Temperatures against PyTorch's LBFGS (test/reference/temperature.py), and probabilities at them. */

import { describe, expect, it, test } from "vitest";
import { atTemperature, fitTemperature, logarithms } from "../../../src/evaluate/classifier/temperature.js";
import { modelCard, withModelCard } from "../../../src/model/card.js";
import { openModel } from "../../../src/model/open.js";
import { createClassifier } from "../../../src/model/run/classifier.js";
import { classGroups } from "../../../src/model/targets/class-groups.js";
import { withTarget } from "../../../src/model/targets/target.js";
import { floats } from "../../../src/onnx/tensor.js";
import { convNet, images } from "../../explain/architectures/networks.js";
import { runtime } from "../../support/runtime.js";

/** The same formula as in the script. */
function scored(count: number, classes: number, spread: number, right: number) {
  const labels = Array.from({ length: count }, (_, i) => (i * i + 3 * i) % classes);
  const scores = labels.flatMap((label, i) =>
    Array.from({ length: classes }, (_, k) => spread * Math.sin(1.7 * i + 2.3 * k * k) + (k === label ? right : 0)),
  );
  return { scores, classes, labels };
}

const softmax = (row: readonly number[]) => {
  const shares = row.map((value) => Math.exp(value - Math.max(...row)));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
};

describe("fitTemperature({ scores, classes, labels })", () => {
  it.each([
    ["a classifier that is too sure", scored(240, 5, 6, 3), 6.98049385],
    ["one that is too modest", scored(200, 3, 0.3, 0.45), 0.103405782],
    ["one of two classes", scored(150, 2, 3, 1), 7.543554401],
  ])("finds what PyTorch's LBFGS finds for %s", (_, images, expected) => {
    expect(fitTemperature(images)).toBeCloseTo(expected, 6);
  });

  it("finds the same of probabilities, whose logarithms differ from scores by a constant", () => {
    const { scores, classes, labels } = scored(240, 5, 6, 3);
    const probabilities = Float32Array.from(labels.flatMap((_, i) => softmax(scores.slice(5 * i, 5 * i + 5))));
    expect(fitTemperature({ scores: logarithms(probabilities), classes, labels })).toBeCloseTo(6.98049385, 4);
  });

  it("stays within its range where the classifier is always right, or always wrong", () => {
    const always = { scores: [1, 0, 0, 1], classes: 2 };
    expect(fitTemperature({ ...always, labels: [0, 1] })).toBeCloseTo(0.05, 9);
    expect(fitTemperature({ ...always, labels: [1, 0] })).toBeCloseTo(20, 6);
  });

  it("leaves out images of classes that the classifier does not know, and refuses to learn of none", () => {
    const { scores, classes, labels } = scored(150, 2, 3, 1);
    const more = { scores: [...scores, 5, -5], classes, labels: [...labels, -1] };
    expect(fitTemperature(more)).toBeCloseTo(7.543554401, 6);
    expect(() => fitTemperature({ scores: [1, 2], classes, labels: [-1] })).toThrow(
      "expected labelled images, got none",
    );
    expect(() => fitTemperature({ scores: [1], classes, labels: [0] })).toThrow(/expected 1 images × 2 classes, got 1/);
  });
});

test("atTemperature(probabilities, classes, T) is the softmax of the scores over T", () => {
  const rows = [
    [4, 1, -2],
    [0, 0.5, 0.25],
  ];
  const scaled = atTemperature(Float32Array.from(rows.flatMap(softmax)), 3, 2.5);
  const expected = rows.flatMap((row) => softmax(row.map((score) => score / 2.5)));
  expect([...scaled]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
});

describe("a temperature in a model's metadata", () => {
  const graph = convNet();
  const calibrated = withModelCard(graph, { temperature: 2.5 });
  const classify = async (model: Awaited<ReturnType<typeof openModel>>) => {
    const classifier = createClassifier(model, { runtime });
    const result = floats(await classifier.classify(images(2))).slice();
    await classifier.close();
    return result;
  };

  it("is honoured in probabilities and told of", async () => {
    const [before, model] = [await openModel(graph, runtime), await openModel(calibrated, runtime)];
    const classes = before.classCount ?? 0;
    expect([...(await classify(model))]).toEqual(
      [...atTemperature(await classify(before), classes, 2.5)].map((value) => expect.closeTo(value, 5)),
    );
    expect(model.notes.join()).toContain("Probabilities are calibrated: scores are divided by 2.5 first");
  });

  it("leaves the probability of a group the sum of its classes'", async () => {
    const model = await openModel(calibrated, runtime);
    const grouped = await withTarget(model, classGroups({ groups: [{ name: "some", classes: [0, 2] }] }), runtime);
    const [single, sum] = [await classify(model), await classify(grouped)];
    expect(sum[0]).toBeCloseTo((single[0] as number) + (single[2] as number), 5);
  });

  it("is refused where it is none", () => {
    const broken = { ...graph, metadata: new Map([["fovea.temperature", "-1"]]) };
    expect(() => modelCard(broken)).toThrow("metadata fovea.temperature: expected what Fovea writes there");
  });
});
