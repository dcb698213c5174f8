/** @file The maps of many layers from one run, and the layers that tell a network's way. */

import { beforeAll, describe, expect, it } from "vitest";
import { shapes } from "../../bench/networks.js";
import { createExplainer } from "../../src/explain/explainer.js";
import { createLayerMaps } from "../../src/explain/layer-maps.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { mapOf } from "../../src/explain/maps.js";
import type { GraphMethod } from "../../src/explain/method.js";
import { methodNamed } from "../../src/explain/methods/index.js";
import { loadModel } from "../../src/explain/node.js";
import { random } from "../../src/foundation/random.js";
import { milestones } from "../../src/model/layers/milestones.js";
import { openModel } from "../../src/model/open.js";
import { float32 } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";

describe("createLayerMaps", () => {
  let model: LoadedModel;
  const source = random("layers");
  const image = float32([1, 1, 28, 28], Float32Array.from({ length: 784 }, source.uniform));
  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
  });

  it.each(["grad-cam", "layer-cam", "eigen-cam"])(
    "%s at every layer is the explainer's of that layer",
    async (name) => {
      const layers = milestones(model);
      const method = methodNamed(name) as GraphMethod;
      const together = createLayerMaps(model, { runtime, layers, method });
      const maps = await together.maps(image, 3);
      expect(maps.length).toBe(layers.length);
      for (const [i, layer] of layers.entries()) {
        const explainer = await createExplainer(model, { runtime, method, layer: layer.name });
        const expected = mapOf(await explainer.explain(image, { classes: [3] }), 0, 0, { signed: true });
        const largest = Math.max(...expected.values.map(Math.abs));
        expect([maps[i]?.width, maps[i]?.height]).toEqual([expected.width, expected.height]);
        expected.values.forEach((value, at) =>
          expect(Math.abs(value - (maps[i]?.values[at] as number))).toBeLessThanOrEqual(1e-5 * largest),
        );
        await explainer.close();
      }
      await together.close();
    },
  );

  it("explains the predicted class unless told otherwise", async () => {
    const layers = milestones(model).slice(-1);
    const together = createLayerMaps(model, {
      runtime,
      layers,
      method: methodNamed("grad-cam") as GraphMethod,
    });
    const explainer = await createExplainer(model, { runtime });
    const { predicted } = await explainer.explain(image);
    expect(await together.maps(image)).toEqual(await together.maps(image, predicted[0]));
    await together.close();
    await explainer.close();
  });

  it("refuses images with NaN", async () => {
    const layers = milestones(model);
    const together = createLayerMaps(model, {
      runtime,
      layers,
      method: methodNamed("grad-cam") as GraphMethod,
    });
    await expect(together.maps(float32([1, 1, 28, 28], new Float32Array(784).fill(Number.NaN)))).rejects.toThrow(
      "finite",
    );
    await together.close();
  });
});

describe("milestones", () => {
  it.runIf(everything)(
    "are the ends of residual blocks, with the last layer of each size, up to the automatic choice",
    async () => {
      const layers = milestones(await openModel(shapes.resnet18(), runtime));
      // The stem, its pool, and eight blocks.
      expect(layers.length).toBe(10);
      expect(layers.map(({ op }) => op)).toEqual(["Relu", "MaxPool", ...Array(8).fill("Relu")]);
      expect(layers.at(-1)?.dims.slice(1)).toEqual([512, 7, 7]);
    },
  );

  it.runIf(everything)(
    "are thinned out evenly where there are many, and never without the last of each size",
    async () => {
      const model = await openModel(shapes["mobilenet-v2"](), runtime);
      const [all, few] = [milestones(model, { most: 100 }), milestones(model, { most: 8 })];
      expect(all.length).toBeGreaterThan(16);
      expect(milestones(model).length).toBe(16);
      expect(few.length).toBe(8);
      const sizes = (layers: typeof all) => [...new Set(layers.map(({ dims }) => dims.slice(2).join()))];
      expect(sizes(few)).toEqual(sizes(all));
      expect(few.at(-1)).toEqual(all.at(-1));
    },
  );
});
