/** @file Classifier metrics against numbers computed by hand. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateClassifier } from "../../../src/evaluate/classifier/evaluate-classifier.js";
import { predictionsOf } from "../../../src/evaluate/classifier/predictions.js";
import { proportion } from "../../../src/evaluate/statistics/proportion.js";
import { FoveaError } from "../../../src/foundation/error.js";

/** Two cats, two dogs, one owl; one dog is taken for a cat, the owl for a dog. */
const zoo = {
  classes: ["cat", "dog", "owl"],
  labels: [0, 0, 1, 1, 2],
  probabilities: Float32Array.from(
    [
      [0.75, 0.25, 0],
      [0.5, 0.25, 0.25],
      [0.625, 0.375, 0],
      [0.25, 0.75, 0],
      [0.125, 0.75, 0.125],
    ].flat(),
  ),
};

/** Rows of probabilities that put everything on the given class. */
const certain = (classes: number, predicted: readonly number[]) =>
  Float32Array.from(predicted.flatMap((p) => Array.from({ length: classes }, (_, k) => (k === p ? 1 : 0))));

describe("evaluateClassifier(output)", () => {
  const evaluation = evaluateClassifier(zoo);

  test("counts what is right", () => {
    expect(evaluation).toMatchObject({ count: 5, correct: 3, accuracy: { value: 0.6 } });
  });

  test("puts true classes in rows and predicted ones in columns", () => {
    expect(evaluation.confusion).toEqual([
      [2, 0, 0],
      [1, 1, 0],
      [0, 1, 0],
    ]);
  });

  test("scores each class, with 0 for what would divide by 0", () => {
    const [cat, dog, owl] = evaluation.perClass;
    expect(cat).toEqual({ name: "cat", precision: 2 / 3, recall: 1, f1: 4 / 5, support: 2, predicted: 3 });
    expect(dog).toEqual({ name: "dog", precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2, predicted: 2 });
    expect(owl).toEqual({ name: "owl", precision: 0, recall: 0, f1: 0, support: 1, predicted: 0 });
    expect(evaluation.macro.f1).toBeCloseTo((0.8 + 0.5) / 3, 12);
    expect(evaluation.macro.precision).toBeCloseTo((2 / 3 + 1 / 2) / 3, 12);
    expect(evaluation.macro.recall).toBeCloseTo(1.5 / 3, 12);
  });

  test("bins the confidence and weighs the distances", () => {
    // Confidences 0.5 (right), 0.625 (wrong), 0.75 (right, right, wrong) in bins 8, 10 and 12 of 15.
    const { bins, expectedCalibrationError, overconfidence } = evaluation.calibration;
    expect(bins).toHaveLength(15);
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 3, 0, 0, 0]);
    expect(bins[11]).toMatchObject({ correct: 2, confidence: 0.75, accuracy: 2 / 3 });
    expect(expectedCalibrationError).toBeCloseTo((1 * 0.5 + 1 * 0.625 + 3 * (0.75 - 2 / 3)) / 5, 12);
    expect(overconfidence).toBeCloseTo(3.375 / 5 - 3 / 5, 12);
  });

  test("scores the probabilities themselves", () => {
    const { negativeLogLikelihood, brier } = evaluation.calibration;
    expect(negativeLogLikelihood).toBeCloseTo(-Math.log(0.75 * 0.5 * 0.375 * 0.75 * 0.125) / 5, 12);
    const squares = [
      0.0625 + 0.0625,
      0.25 + 0.0625 + 0.0625,
      2 * 0.390625,
      0.0625 + 0.0625,
      0.015625 + 0.5625 + 0.765625,
    ];
    expect(brier).toBeCloseTo(squares.reduce((a, b) => a + b) / 5, 12);
  });

  test("lists the errors, the most confident first", () => {
    expect(evaluation.errors).toEqual([
      { index: 4, label: 2, predicted: 1, confidence: 0.75, probabilityOfTruth: 0.125 },
      { index: 2, label: 1, predicted: 0, confidence: 0.625, probabilityOfTruth: 0.375 },
    ]);
  });

  test("is plain data", () => {
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  test("measures two classes like many", () => {
    const two = evaluateClassifier({
      classes: ["no", "yes"],
      labels: Uint8Array.of(0, 1, 1, 0),
      probabilities: certain(2, [0, 1, 0, 0]),
    });
    expect(two.confusion).toEqual([
      [2, 0],
      [1, 1],
    ]);
    expect(two.perClass[1]).toMatchObject({ precision: 1, recall: 0.5, f1: 2 / 3 });
    expect(two.calibration).toMatchObject({ expectedCalibrationError: 0.25, brier: 0.5 });
  });

  test("leaves a class that never occurs out of the averages", () => {
    const output = { classes: ["a", "b", "c"], labels: [0, 1], probabilities: certain(3, [0, 1]) };
    const { perClass, macro } = evaluateClassifier(output);
    expect(perClass[2]).toEqual({ name: "c", precision: 0, recall: 0, f1: 0, support: 0, predicted: 0 });
    expect(macro).toEqual({ precision: 1, recall: 1, f1: 1 });
  });

  test("counts a class that is only predicted with 0", () => {
    const output = { classes: ["a", "b"], labels: [0, 0], probabilities: certain(2, [0, 1]) };
    expect(evaluateClassifier(output).macro).toEqual({ precision: 0.5, recall: 0.25, f1: 1 / 3 });
  });

  test("knows all right and all wrong", () => {
    const right = evaluateClassifier({ classes: ["a", "b"], labels: [0, 1], probabilities: certain(2, [0, 1]) });
    expect(right).toMatchObject({
      accuracy: { value: 1, high: 1 },
      errors: [],
      calibration: { expectedCalibrationError: 0, brier: 0 },
    });
    expect(right.calibration.negativeLogLikelihood).toBeCloseTo(0, 12);
    const wrong = evaluateClassifier({ classes: ["a", "b"], labels: [0, 1], probabilities: certain(2, [1, 0]) });
    expect(wrong).toMatchObject({
      accuracy: { value: 0, low: 0 },
      macro: { f1: 0 },
      calibration: { expectedCalibrationError: 1, brier: 2 },
    });
    expect(wrong.calibration.negativeLogLikelihood).toBeCloseTo(149 * Math.LN2, 9);
  });

  test("gives ties to the first class and keeps equal errors in the order of the data", () => {
    const output = { classes: ["a", "b"], labels: [1, 0, 1], probabilities: new Float32Array(6).fill(0.5) };
    expect(evaluateClassifier(output).errors.map(({ index }) => index)).toEqual([0, 2]);
  });

  test("agrees with itself whatever the probabilities are", () => {
    const row = fc
      .array(fc.integer({ min: 0, max: 100 }), { minLength: 4, maxLength: 4 })
      .filter((r) => r.some((x) => x > 0));
    const cases = fc.array(fc.tuple(row, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cases, (images) => {
        const probabilities = Float32Array.from(images.flatMap(([r]) => r.map((x) => x / r.reduce((a, b) => a + b))));
        const labels = images.map(([, label]) => label);
        const { count, correct, accuracy, errors, confusion, calibration } = evaluateClassifier({
          classes: ["a", "b", "c", "d"],
          labels,
          probabilities,
        });
        expect(errors.length + correct).toBe(count);
        expect(confusion.flat().reduce((a, b) => a + b)).toBe(count);
        expect(calibration.bins.reduce((a, bin) => a + bin.count, 0)).toBe(count);
        expect(accuracy.low).toBeLessThanOrEqual(accuracy.value);
        expect(accuracy.high).toBeGreaterThanOrEqual(accuracy.value);
        expect(Math.abs(calibration.overconfidence)).toBeLessThanOrEqual(calibration.expectedCalibrationError + 1e-9);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe("predictionsOf(output) refuses", () => {
  const refused: [string, Partial<typeof zoo>, RegExp][] = [
    [
      "NaN",
      { probabilities: zoo.probabilities.with(7, Number.NaN) },
      /class "dog" for image 2: expected a number from 0 to 1, got NaN/,
    ],
    [
      "negative probabilities",
      { probabilities: zoo.probabilities.with(0, -0.5) },
      /class "cat" for image 0: .* got -0.5/,
    ],
    [
      "scores instead of probabilities",
      { probabilities: zoo.probabilities.map((p) => p / 2) },
      /image 0: expected 1 \(apply the softmax/,
    ],
    [
      "labels beyond the classes",
      { labels: [0, 0, 1, 1, 3] },
      /label of image 4: expected a class index from 0 to 2, got 3/,
    ],
    ["labels that are no index", { labels: [0, 0.5, 1, 1, 2] }, /label of image 1: .* got 0.5/],
    [
      "too few probabilities",
      { probabilities: zoo.probabilities.slice(1) },
      /5 images × 3 classes = 15 numbers, got 14/,
    ],
    ["no images", { labels: [], probabilities: new Float32Array(0) }, /labels: expected at least one image/],
    ["a single class", { classes: ["cat"] }, /classes: expected at least 2, got 1/],
  ];
  test.each(refused)("%s", (_, change, message) => {
    expect(() => predictionsOf({ ...zoo, ...change })).toThrow(message);
    expect(() => predictionsOf({ ...zoo, ...change })).toThrow(FoveaError);
  });
});

describe("proportion(successes, count)", () => {
  // Expected bounds from the formula, evaluated in Python 3 floats.
  test.each([
    [8, 10, 0.4901624715366418, 0.9433178485456248],
    [0, 10, 0, 0.2775327998628892],
    [10, 10, 0.7224672001371107, 1],
    [1975, 2000, 0.9816119602893495, 0.9915189186114289],
    [0, 0, 0, 1],
  ])("%i of %i", (successes, count, low, high) => {
    const interval = proportion(successes, count);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });
});
