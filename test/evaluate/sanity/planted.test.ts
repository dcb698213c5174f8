/** @file Planted methods that look at nothing that the network has learnt never pass, and methods that do, pass; whatever the seed. */

import { beforeAll, expect, it } from "vitest";
import { drawShapes } from "../../../src/data/shapes.js";
import { checkSanity } from "../../../src/evaluate/sanity/sanity-check.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { methodNamed } from "../../../src/explain/methods/index.js";
import { loadModel, shapesModelPath } from "../../../src/explain/node.js";
import { singleImages } from "../../../src/model/run/batches.js";
import type { Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything, share } from "../../support/share.js";
import { blankMap, centreGaussian, constantMap, imageItself, sobelEdges } from "./planted-methods.js";

let model: LoadedModel;
let images: Tensor[];

beforeAll(async () => {
  model = await loadModel(shapesModelPath, { runtime });
  const { test } = drawShapes({ train: 0, test: everything ? 20 : 6 });
  images = singleImages(await model.preprocess(test.pixels, [test.count, 1, 42, 42]));
});

const expected = {
  constant: "alike",
  centre: "alike",
  sobel: "fails",
  "grad-cam": "passes",
  gradient: "passes",
  ...(everything ? { image: "fails", nothing: "undecided", "hires-cam": "passes" } : {}),
};
const planted = [constantMap, centreGaussian(42), sobelEdges];
const methods = [
  ...planted,
  ...["grad-cam", "gradient"],
  ...(everything ? [imageItself, blankMap, methodNamed("hires-cam")] : []),
];

it.each(share([1, 2, 3, 4, 5], 5))(
  "with seed %i",
  async (seed) => {
    const results = await checkSanity(model, images, { runtime, seed, steps: everything ? 4 : 2, methods });
    expect(Object.fromEntries(results.map(({ method, verdict }) => [method, verdict]))).toEqual(expected);
    for (const { full, cascading } of results.slice(0, planted.length))
      for (const step of [full, ...cascading]) expect(step.rankCorrelation).toMatchObject({ mean: 1, low: 1, high: 1 });
    const nothing = results.find(({ method }) => method === "nothing");
    if (everything) expect(nothing).toMatchObject({ images: 20, blankImages: 20, overall: null });
  },
  120_000,
);
