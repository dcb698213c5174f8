/** @file `fovea bench`: what it prints. How fast anything is, is no test's business. */

import { expect, it } from "vitest";
import { embeddedModelPath } from "../../src/explain/node.js";
import { everything } from "../support/share.js";
import { fovea, workFolder } from "./fovea.js";

const folder = workFolder();

it.runIf(everything)("times plain inference and explanations for each batch", async () => {
  const { out, code } = await fovea(folder, ["bench", embeddedModelPath, "--batch", "1,2", "--pairs", "3", "--json"]);
  expect(code).toBe(0);
  const { costs } = JSON.parse(out);
  expect(costs.map(({ batch }: { batch: number }) => batch)).toEqual([1, 2]);
  for (const { first, second, ratio, low, high, layer } of costs) {
    expect(Math.min(first, second)).toBeGreaterThan(0);
    expect(low).toBeLessThanOrEqual(ratio);
    expect(high).toBeGreaterThanOrEqual(ratio);
    expect(layer.dims).toHaveLength(4);
  }
});

it("prints a line for each batch under the layer", async () => {
  const { out } = await fovea(folder, ["bench", embeddedModelPath, "--batch", "1", "--pairs", "3"]);
  expect(out).toMatch(/^mnist: grad-cam at layer .+ \(.+, \d+x\d+x\d+\), onnxruntime-node/);
  expect(out).toMatch(/^ +1 +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ to [\d.]+$/m);
});

it.each(["0", "1,x"])("refuses a batch of %s", async (batch) => {
  const { err, code } = await fovea(folder, ["bench", embeddedModelPath, "--batch", batch]);
  expect(code).toBe(2);
  expect(err).toContain(`--batch: expected whole numbers from 1 to 1,024, with commas between, got "${batch}"`);
});
