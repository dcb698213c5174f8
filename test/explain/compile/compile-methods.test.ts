/** @file Every method that is a single graph compiles into a file; the others are refused in one line. */

import { expect, it } from "vitest";
import { compileExplanation } from "../../../src/explain/compile.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { displayMapOf } from "../../../src/explain/maps.js";
import { methodNamed, methods } from "../../../src/explain/methods/index.js";
import { transformers } from "../../../src/model/layers/attention.js";
import { openModel } from "../../../src/model/open.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runFresh } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";
import { vit } from "../architectures/vit.js";

const graphs = methods.filter((method) => "build" in method).map(({ name }) => name);
const others = methods.filter((method) => !("build" in method)).map(({ name }) => name);

it.each(graphs)("%s gives the same from the compiled file as from an explainer, for two classes", async (method) => {
  const tokens = methodNamed(method).worksOn === transformers;
  const model = await openModel(tokens ? vit() : convNet(), runtime);
  const input = tokens ? randomTensor([2, 3, 8, 8], "x") : images(2);
  const found = await runFresh(compileExplanation(model, { method, classes: 2 }), { x: input });
  const explainer = await createExplainer(model, { runtime, method });
  const explanation = await explainer.explain(input, { classes: [{ rank: 1 }, { rank: 2 }] });
  await explainer.close();
  const maps = found.heatmap as Tensor;
  const [, , height = 0, width = 0] = maps.dims;
  for (const [i, k] of [0, 0, 1, 1].entries()) {
    const image = i % 2;
    const expected = displayMapOf(explanation, image, k, { width, height }).values;
    const start = (2 * image + k) * height * width;
    expected.forEach((value, at) => expect(floats(maps)[start + at]).toBeCloseTo(value, 3));
  }
});

it.each(others)("%s is refused", async (method) => {
  const model = await openModel(convNet(), runtime);
  expect(() => compileExplanation(model, { method })).toThrow(
    /^method .*: expected one that is a single graph, got one of many runs/,
  );
});
