/** @file Ways to a picture begin at the other open pictures: the map is that of the library with these as its baselines. */

import { expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { loadModel } from "../../../src/explain/node.js";
import { at } from "../../../src/foundation/present.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { joined } from "../../../src/model/run/batches.js";
import { Explainers, explainPicture } from "../../../web/src/see/engine/explaining.js";
import { backgroundOf } from "../../../web/src/shell/subject.js";
import { runtime } from "../../support/runtime.js";

const { pixels } = drawDigits({ seed: 7, train: 0, test: 5 }).test;
const pictures = Array.from({ length: 5 }, (_, i): Picture => {
  return { width: 28, height: 28, channels: 1, pixels: pixels.slice(784 * i, 784 * (i + 1)) };
});
const ids = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

it("takes all other open pictures, all of them for a drawing, some of many, and none where there is no other", () => {
  expect(backgroundOf(2, ids(4))).toEqual([0, 1, 3]);
  expect(backgroundOf({ blank: 280 }, ids(2))).toEqual([0, 1]);
  expect(backgroundOf(0, ids(1))).toBeUndefined();
  const some = backgroundOf(0, ids(500)) ?? [];
  expect([some.length, new Set(some).size, some.includes(0)]).toEqual([64, 64, false]);
});

it.each(["expected-gradients", "gradient-shap"])(
  "explains by %s from open pictures as the library does",
  async (method) => {
    const model = await loadModel(undefined, { runtime });
    const explainers = new Explainers(model);
    const { signal } = new AbortController();
    const explain = (background: readonly number[] | undefined) =>
      explainPicture(
        at(pictures, 0),
        { picture: 0, method, layer: "auto", classes: ["predicted"], background },
        { model, explainers, signal, pictureOf: async (id) => at(pictures, id) },
      );
    const shown = await explain([1, 2, 3]);
    const inputs = [];
    for (const picture of pictures.slice(1, 4)) inputs.push((await model.readImage(picture)).input);
    const explainer = await model.explainer({ method, baseline: joined(inputs) });
    const expected = await explainer.explain((await model.readImage(at(pictures, 0))).input);
    expect(shown.maps[0]?.evidence.values).toEqual(expected.at(0).evidence(0).values);
    expect(shown.notes.join(" ")).toContain("the 3 given inputs, one drawn for each sample");
    const others = [await explain(undefined), await explain([4])].map(({ maps }) => maps[0]?.evidence.values);
    for (const values of others) expect(values).not.toEqual(shown.maps[0]?.evidence.values);
    await explainer.close();
    await explainers.close();
  },
);
