/** @file All reference cases of PyTorch, both exporters. The folder is named by FOVEA_GOLDENS. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModel, writeModel } from "../../src/onnx/index.js";
import { inferTypes } from "../../src/runtime/index.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { goldenCases, relativeDifference } from "../support/goldens.js";
import { layerGradients } from "../support/layer-gradients.js";
import { runFresh } from "../support/run.js";

const root = process.env.FOVEA_GOLDENS;
/** Twice the worst that was seen, with the cases whose float32 itself is uncertain there. */
const tolerance = 5e-5;

it.skipIf(root)("the reference cases are at hand", ({ skip }) => skip("FOVEA_GOLDENS names no folder"));

describe.each(root ? goldenCases(root) : [])("$name", ({ folder, models, input, logits, classes, layers }) => {
  it.each(models)("%s computes the same after a round trip, and PyTorch's logits", async (file) => {
    const bytes = readFileSync(join(folder, file));
    const session = await nodeRuntime.open(bytes, { optimize: false });
    const before = (await session.run({ input })).logits;
    await session.close();
    const after = (await runFresh(readModel(writeModel(readModel(bytes))), { input })).logits;
    expect(after?.data).toEqual(before?.data);
    expect(relativeDifference(after as never, logits)).toBeLessThan(tolerance);
  });

  for (const file of models) {
    for (const { name, values, activations, gradients } of layers) {
      for (const [slot, gradient] of gradients.entries()) {
        it(`${file}: the gradient of class c${slot} at ${name} is PyTorch's`, async ({ skip }) => {
          const graph = await inferTypes(readModel(readFileSync(join(folder, file))), nodeRuntime);
          const wanted = layerGradients(graph, values[file] as string, input, classes[slot] as number[]);
          const result = await wanted.catch((error) => {
            if (error.code === "unsupported-operator") skip(error.message);
            throw error;
          });
          expect(relativeDifference(result.activation, activations)).toBeLessThan(tolerance);
          expect(relativeDifference(result.gradient, gradient)).toBeLessThan(tolerance);
        });
      }
    }
  }
});
