/** @file What answers say of photos: identities that must hold. */

import { describe, expect, it } from "vitest";
import {
  agreementOf,
  answersFrom,
  confidenceOf,
  differentAnswers,
  informationOf,
} from "../../../src/model/preprocessing/certainty.js";
import { floats } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";

const answers = answersFrom(
  floats(randomTensor([6, 5], "answers")).map((value) => Math.exp(value)),
  6,
);

describe("informationOf", () => {
  it("is the mean divergence of the answers from their mean", () => {
    const mean = Array.from({ length: 5 }, (_, k) => answers.reduce((sum, row) => sum + (row[k] as number) / 6, 0));
    const divergences = answers.map((row) => row.reduce((sum, p, k) => sum + p * Math.log(p / (mean[k] as number)), 0));
    const expected = divergences.reduce((sum, value) => sum + value / 6, 0);
    expect(expected).toBeGreaterThan(0.05);
    expect(informationOf(answers)).toBeCloseTo(expected, 5);
  });

  it("is nothing where all get the same answer, and ln n where n get sure ones of their own", () => {
    const same = Float32Array.of(0.9, 0.05, 0.05);
    expect(informationOf([same, same, same])).toBeCloseTo(0, 6);
    const sure = [0, 1, 2, 3].map((k) => Float32Array.from({ length: 4 }, (_, i) => Number(i === k)));
    expect(informationOf(sure)).toBeCloseTo(Math.log(4), 6);
    expect([confidenceOf(sure), differentAnswers(sure)]).toEqual([1, 4]);
  });
});

it("agreementOf is one for equal answers and nothing for disjoint ones", () => {
  expect(agreementOf(answers, answers)).toBeCloseTo(1, 6);
  const [first, second] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  expect(agreementOf([first, first], [second, first])).toBeCloseTo(0.5, 6);
});

it("answersFrom brings every row to a sum of one", () => {
  const [row] = answersFrom(Float32Array.of(0.5, 1, 0.5), 1);
  expect([...(row ?? [])]).toEqual([0.25, 0.5, 0.25]);
});
