/** @file Files for one image whose graph cannot be opened for more: they are run as they are. */

import { expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { FoveaError } from "../../src/foundation/error.js";
import { chooseLayer } from "../../src/model/layers/choose-layer.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import { runInputs } from "../../src/onnx/graph.js";
import { numbers } from "../../src/onnx/tensor.js";
import type { Runtime } from "../../src/runtime/session.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";

/** Patches, a class token that is expanded to a computed shape, and a head on the mean of all tokens. */
function classTokens() {
  const op = new Builder();
  const x = op.input("x", "float32", [1, 3, 8, 12]);
  const patches = op.Conv(x, op.constant(randomTensor([6, 3, 4, 4], "patch"), "patch"), { strides: [4, 4] });
  const kept = op.Slice(op.Shape(patches), op.ints([0]), op.ints([2]));
  const tokens = op.Transpose(op.Reshape(patches, op.Concat(kept, op.ints([-1]), { axis: 0 })), { perm: [0, 2, 1] });
  const ones = op.Expand(op.int(1), op.ints([3]));
  const shape = op.Where(op.Equal(ones, op.ints([7, 7, 7])), ones, op.ints([1, 1, 6]));
  const first = op.Expand(op.constant(randomTensor([1, 1, 6], "class"), "class"), shape);
  const all = op.layer("tokens", "Concat", [first, tokens], { axis: { type: "int", value: 1 } });
  const squared = op.layer("squared", "Mul", [all, all]);
  op.output(
    op.Gemm(op.ReduceMean(squared, op.ints([1]), { keepdims: 0 }), op.constant(randomTensor([6, 4], "head"), "head")),
    "y",
  );
  return op.graph;
}

/** Refuses graphs whose batch is open, or is more than one image. */
const forOneImage: Runtime = {
  ...runtime,
  async open(model, options) {
    const [input] = typeof model === "object" && "nodes" in model ? runInputs(model) : [];
    const isNetwork = input?.name === "x";
    if (isNetwork && input.dims?.[0] !== 1) throw new FoveaError("bad-graph", "refused");
    return runtime.open(model, options);
  },
};

it("knows the grid and takes several images, together or one by one, with the same maps", async () => {
  const images = randomTensor([2, 3, 8, 12], "images");
  const models = [await openModel(classTokens(), runtime), await openModel(classTokens(), forOneImage)];
  expect(models.map(({ input }) => input.dims?.[0])).toEqual(["N", 1]);
  const maps = [];
  for (const model of models) {
    expect(chooseLayer(model, "auto")).toMatchObject({
      name: "squared",
      layout: { tokens: { sizes: [2, 3], skip: 1 } },
    });
    const explainer = await createExplainer(model, { runtime });
    maps.push(numbers((await explainer.explain(images, { classes: [1] })).evidence));
    await explainer.close();
  }
  const [together = [], alone = []] = maps;
  expect(together).toHaveLength(12);
  alone.forEach((value, i) => {
    expect(together[i]).toBeCloseTo(value, 5);
  });
});
