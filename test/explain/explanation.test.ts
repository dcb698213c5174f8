/** @file One image of an explanation, and classes by name. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { createExplanation } from "../../src/explain/explanation.js";
import { mapOf } from "../../src/explain/maps.js";
import type { ExplainOptions } from "../../src/explain/options.js";
import { openModel } from "../../src/model/open.js";
import { float32, floats } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";
import { convNet, images } from "./architectures/networks.js";

const classes = ["cat", "Zebra", "dog", "owl"];

async function explain(options: ExplainOptions = {}, names: readonly string[] | null = classes) {
  const given = names === null ? undefined : { origin: "as given", classes: names };
  const model = await openModel(convNet(), runtime, "model", { given });
  const explainer = await createExplainer(model, { runtime, layer: "features" });
  const explanation = await explainer.explain(images(2), options);
  await explainer.close();
  return explanation;
}

describe("explanation.at(i)", () => {
  it("has the scores and probabilities of all classes of that image", async () => {
    const explanation = await explain();
    const image = explanation.at(1);
    expect(image.scores).toEqual(floats(explanation.scores).slice(4));
    expect(image.probabilities).toEqual(floats(explanation.probabilities).slice(4));
  });

  it("names the predicted and the explained classes with their numbers", async () => {
    const explanation = await explain({ classes: [2, "zebra"] });
    const { predicted, classes: explained, scores, probabilities } = explanation.at(0);
    const top = scores.indexOf(Math.max(...scores));
    expect(predicted).toEqual({
      index: top,
      label: classes[top],
      score: scores[top],
      probability: probabilities[top],
    });
    expect(explained.map(({ index, label }) => [index, label])).toEqual([
      [2, "dog"],
      [1, "Zebra"],
    ]);
    expect(explained[1]?.score).toBe(scores[1]);
  });

  it("labels classes by their index where the model has no names", async () => {
    const explanation = await explain({ classes: [3] }, null);
    expect(explanation.at(0).classes[0]?.label).toBe("3");
  });

  it("has the maps and the evidence of its classes", async () => {
    const explanation = await explain({ classes: [0, 1] });
    const image = explanation.at(1);
    const [, , height, width] = explanation.maps.dims;
    expect(image.map(1)).toMatchObject({ height, width, values: floats(explanation.maps).slice(3 * 36) });
    expect(image.evidence(1).values).toEqual(floats(explanation.evidence).slice(3 * 36));
    expect(image.maps).toEqual([image.map(), image.map(1)]);
    expect(mapOf(explanation, 1, 1, { signed: true })).toEqual(image.evidence(1));
  });

  it("refuses images and classes that are not there", async () => {
    const explanation = await explain();
    expect(() => explanation.at(2)).toThrow("image 2: expected 0 to 1");
    expect(() => explanation.at(-1)).toThrow("image -1: expected 0 to 1");
    expect(() => explanation.at(0).map(1)).toThrow("explained class 1: expected 0 to 0");
  });

  it("reads the parts of a copy, also of one that was spread", async () => {
    const explanation = await explain();
    const maps = float32(
      explanation.maps.dims,
      floats(explanation.maps).map((value) => value + 1),
    );
    const [before] = explanation.at(0).map().values;
    for (const copy of [{ ...explanation, maps }, createExplanation({ ...explanation, maps })])
      expect(copy.at(0).map().values[0]).toBe(Math.fround((before as number) + 1));
  });
});

describe("classes by name", () => {
  it("are accepted wherever an index is, in any case", async () => {
    const byName = await explain({ classes: ["ZEBRA", "predicted", { rank: 1 }, 3] });
    const byIndex = await explain({ classes: [1, "predicted", { rank: 1 }, 3] });
    expect(byName).toEqual(byIndex);
    expect(byName.classes[0]?.[1]).toBe(byName.predicted[0]);
    expect(byName.classes[0]?.[2]).toBe(byName.predicted[0]);
  });

  it("are accepted as labels, one of each image", async () => {
    expect((await explain({ labels: ["owl", 0] })).classes).toEqual([[3], [0]]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ["a name that is none", { classes: ["zebre"] }, "unknown-name", /^unknown class "zebre": expected one of Zebra/],
    ["classes that are no array", { classes: "zebra" }, "bad-input", /^classes: expected an array, got "zebra"$/],
    ["a choice that is none", { classes: [[1, 2, 3]] }, "bad-input", /^classes: expected .*, got an array of 3$/],
    ["no class at all", { classes: [] }, "bad-input", /^classes: expected at least one, got none$/],
    ["a rank that is none", { classes: [{ rank: 5 }] }, "bad-input", /^class of rank 5: expected 1 to 4$/],
    ["labels that are no array", { labels: 3 }, "bad-input", /^labels: expected an array, got 3$/],
    ["too few labels", { labels: [1] }, "bad-input", /^labels: expected 2, one of each image, got 1$/],
    ["options that are a tensor", images(1), "bad-input", /^explain: options: expected an object, got a tensor \[/],
  ])("refuses %s", async (_, options, code, message) => {
    await expect(explain(options as ExplainOptions)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
