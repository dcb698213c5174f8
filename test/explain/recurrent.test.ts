/** @file Pictures read by convolutions and then by a recurrent layer are explained as PyTorch's autograd explains them. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { openModel } from "../../src/model/open.js";
import { float32 } from "../../src/onnx/tensor.js";
import { relativeDifference } from "../support/goldens/goldens.js";
import { readNpy } from "../support/goldens/npy.js";
import { runtime } from "../support/runtime.js";

const folder = new URL("../fixtures/cases/recurrent/", import.meta.url);
const array = (name: string) => {
  const { dims, data } = readNpy(new URL(`${name}.npy`, folder));
  return float32(dims, Float32Array.from(data));
};

async function explainerOf(name: string, options = {}) {
  const model = await openModel(new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder))), runtime);
  return createExplainer(model, { runtime, ...options });
}

describe("Grad-CAM before a recurrent layer is PyTorch's", () => {
  it.each([
    ["model", "gold"],
    ["stacked-two-layers", "stacked-two-layers"],
    ["gru-over-places", "gru-over-places"],
    ["last-state", "last-state"],
    ["rnn-dynamo", "rnn-dynamo"],
  ])("%s", async (name, gold) => {
    const explainer = await explainerOf(name);
    const { maps } = await explainer.explain(array("x"), { classes: [1] });
    await explainer.close();
    expect(explainer.layer.reason).toBe("the last feature map before the scores");
    expect(relativeDifference(maps.reshape([8, 16]), array(gold).reshape([8, 16]))).toBeLessThan(1e-5);
  });
});
