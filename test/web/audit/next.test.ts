/** @file What to do next: each finding leads to its sentence, its images or its command. */

import { expect, it } from "vitest";
import { type FoundFacts, nextSteps } from "../../../web/src/audit/next/next.js";
import { nameOf } from "./some-entries.js";

const nothing: FoundFacts = {
  ...{ images: 60, labelled: 60, errors: 0, pairs: [], doubtful: 0, sureErrors: 0, wrongLabels: 0, border: 0 },
  ...{ nameOf, model: "pets.onnx", data: "my pets" },
};
const texts = (facts: Partial<FoundFacts>) => nextSteps({ ...nothing, ...facts }).map(({ text }) => text);
const commands = (facts: Partial<FoundFacts>) =>
  nextSteps({ ...nothing, ...facts }).flatMap(({ command }) => command ?? []);

it("asks about doubtful labels first, and else about the surest errors", () => {
  const [step] = nextSteps({ ...nothing, errors: 5, doubtful: 2, sureErrors: 3 });
  expect(step).toMatchObject({ decides: true, filter: { facet: "doubtful" } });
  expect(step?.text).toBe("2 labels are doubtful: decide them with the keys 1, 2 and 3.");
  expect(texts({ errors: 5, sureErrors: 1 })[0]).toContain("In 1 error the model is at least 90 % sure");
});

it("says how labels that are wrong come into the model, with the folder's name as a shell reads it", () => {
  expect(commands({ errors: 9, wrongLabels: 2 })).toContain(
    "fovea improve pets.onnx 'my pets' --accept label-changes.csv --out better.onnx",
  );
});

it("tells of classes that many errors confuse, and leads there", () => {
  const facts = { errors: 14, pairs: [{ truth: 1, predicted: 0, count: 9 }] };
  expect(texts(facts)).toEqual(["Errors cluster in dog taken for cat (9 of 14): look at these."]);
  expect(nextSteps({ ...nothing, ...facts })[0]?.filter).toEqual({ truth: 1, predicted: 0 });
  expect(texts({ errors: 14, pairs: [{ truth: 1, predicted: 0, count: 3 }] })[0]).toContain("of no common kind");
});

it("tests for a cue at the border where many errors look there", () => {
  expect(commands({ errors: 8, border: 3 })).toEqual(["fovea improve pets.onnx 'my pets' --only verify"]);
  expect(commands({ errors: 8, border: 2 })).toEqual(["fovea improve pets.onnx 'my pets' --only discover"]);
});

it("says what to do without errors and without classes", () => {
  expect(texts({})).toEqual(["Every image is right. Save the report, or try images that are harder."]);
  expect(texts({ labelled: 0 })).toEqual([
    "Sort the images into a folder for each class, and the page finds the errors.",
  ]);
});
