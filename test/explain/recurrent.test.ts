/** @file Pictures read by convolutions and then by a recurrent layer are explained as PyTorch's autograd explains them. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { explainableLayers } from "../../src/model/layers/find-layers.js";
import { findReach } from "../../src/model/layers/reach.js";
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

const open = (name: string) => openModel(new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder))), runtime);
const names = ["model", "stacked-two-layers", "gru-over-places", "last-state", "rnn-dynamo"];

describe("Grad-CAM before a recurrent layer is PyTorch's", () => {
  it.each(names)("%s", async (name) => {
    const explainer = await createExplainer(await open(name), { runtime });
    // PyTorch's newer exporter writes every step of an RNN out, and nothing tells that those are columns.
    if (name !== "rnn-dynamo") expect(explainer.layer.doubt).toBeUndefined();
    const { maps } = await explainer.explain(array("x"), { classes: [1] });
    await explainer.close();
    const gold = array(name === "model" ? "gold" : name);
    expect(relativeDifference(maps.reshape([8, 16]), gold.reshape([8, 16]))).toBeLessThan(1e-5);
  });
});

it.each(names)("%s: the last convolution's map reaches the scores, and no state behind it has places", async (name) => {
  const model = await open(name);
  const layers = explainableLayers(model);
  const last = layers.at(-1);
  expect([last?.op, last?.dims.slice(1)]).toEqual(["Relu", [12, 8, 16]]);
  expect(last && findReach(model, last.name, last.layout)).toBe("pooled");
});

it("Shapley-CAM, which needs the gradient of the gradient, says that it stops at a recurrent layer", async () => {
  const explaining = open("model").then((model) => createExplainer(model, { runtime, method: "shapley-cam" }));
  await expect(explaining.then((explainer) => explainer.explain(array("x"), { classes: [1] }))).rejects.toThrow(
    /whose gradient has a gradient: .*operator Scan has no differentiation rule/,
  );
});
