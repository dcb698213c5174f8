/** @file What `fovea explain --trust` measures: that it can be broken off. */

import { expect, it } from "vitest";
import { diagnosed } from "../../../src/cli/explain/diagnosis.js";
import { trustOfMaps } from "../../../src/cli/explain/trust-of-maps.js";
import { createPerturbedModel } from "../../../src/evaluate/trial/perturbed-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

it("measures no further map after an abort, and throws what it was aborted with", async () => {
  const model = await loadModel(undefined, { runtime });
  const explainer = await model.explainer();
  const input = float32(
    [1, 1, 28, 28],
    Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7),
  );
  const image = { path: "a.npy", input, pictures: [], box: { x: 0, y: 0, width: 28, height: 28 }, notes: [] };
  const explanation = await diagnosed(explainer, image, await explainer.explain(input), { fully: false });
  const network = createPerturbedModel(model, { runtime });
  const reason = new Error("enough");
  await expect(trustOfMaps(network, image, explanation, AbortSignal.abort(reason))).rejects.toBe(reason);
  await network.close();
  await explainer.close();
});
