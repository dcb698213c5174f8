/**
 * @file Activations and gradients against those of PyTorch 2.13 (fixtures/goldens/README.md says how they were made).
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModel } from "../../src/onnx/read/read.js";
import { inferTypes } from "../../src/runtime/infer-types.js";
import { fixtureGoldens, goldenCases, relativeDifference } from "../support/goldens/goldens.js";
import { layerGradients } from "../support/goldens/layer-gradients.js";
import { runFresh } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const tolerance = 1e-5;

describe.each(goldenCases(fixtureGoldens))("$name", ({ folder, models, input, logits, classes, layers }) => {
  it.each(models)("%s computes PyTorch's logits", async (file) => {
    const results = await runFresh(readModel(readFileSync(join(folder, file))), { input });
    expect(relativeDifference(results.logits as never, logits)).toBeLessThan(tolerance);
  });

  for (const file of models) {
    for (const { name, values, activations, gradients } of layers) {
      it.each([0, 1])(`${file}: the gradient of class c%i at ${name} is PyTorch's`, async (slot) => {
        const graph = await inferTypes(readModel(readFileSync(join(folder, file))), runtime);
        const result = await layerGradients(graph, values[file] as string, input, classes[slot] as number[]);
        expect(relativeDifference(result.activation, activations)).toBeLessThan(tolerance);
        expect(relativeDifference(result.gradient, gradients[slot] as never)).toBeLessThan(tolerance);
      });
    }
  }
});
