/** @file Networks that onnxruntime optimised and saved have the same layer, scores and maps as before. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { openModel } from "../../../src/model/open.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";
import { convolutional } from "./convolutional.js";
import { tensorflow } from "./tensorflow.js";
import { transformers } from "./transformers.js";
import { windowed } from "./windowed.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-optimised-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function optimised(model: Uint8Array, level: "basic" | "extended" | "all"): Promise<Uint8Array> {
  const optimizedModelFilePath = join(folder, `${level}.onnx`);
  const options = { graphOptimizationLevel: level, optimizedModelFilePath, intraOpNumThreads: 1, logSeverityLevel: 4 };
  await (await InferenceSession.create(model, options as InferenceSession.SessionOptions)).release();
  return readFileSync(optimizedModelFilePath);
}

async function explained(model: Uint8Array, images: Tensor) {
  const explainer = await createExplainer(await openModel(model, runtime), { runtime });
  const { layer, scores, evidence } = await explainer.explain(images);
  await explainer.close();
  return { layer: layer.name, layout: layer.layout, scores, evidence };
}

/** Relative to the largest. */
function farthest(actual: Tensor, expected: Tensor): number {
  expect(actual.dims).toEqual(expected.dims);
  const [a, b] = [floats(actual), floats(expected)];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return b.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (a[i] ?? Number.NaN))), 0) / largest;
}

const all = [...convolutional, ...transformers, ...windowed, ...tensorflow];

describe.each(share(all, 16))("$name", ({ name, build, input = [3, 16, 32] }) => {
  it.each(["basic", "extended", "all"] as const)("is explained alike with %s optimisations", async (level) => {
    const model = writeModel(build({}));
    const images = randomTensor([2, ...input], name);
    const before = await explained(model, images);
    const after = await explained(await optimised(model, level), images);
    expect(after.layout).toEqual(before.layout);
    // In the blocks that it makes of channels, on processors where their number fits, onnxruntime gives values names of its own.
    if (!after.layer.startsWith("reorder_token")) expect(after.layer).toBe(before.layer);
    expect(farthest(after.scores, before.scores)).toBeLessThan(1e-5);
    expect(farthest(after.evidence, before.evidence)).toBeLessThan(1e-5);
  });
});
