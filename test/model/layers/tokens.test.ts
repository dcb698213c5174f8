/** @file Transformers and channels-last networks: which values lie on the picture, and how they are folded to it. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { explainableLayers } from "../../../src/model/layers/find-layers.js";
import { describeLayout } from "../../../src/model/layers/layer.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { type VitOptions, vit, vitWidth as width } from "../../explain/architectures/vit.js";
import { layerGradients } from "../../support/goldens/layer-gradients.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";

const modelOf = (options?: VitOptions) => openModel(vit(options), runtime);

describe("tokens", () => {
  it("are recognised with a class token, and auto takes the normalisation before the last attention", async () => {
    const layer = chooseLayer(await modelOf(), "auto");
    expect(layer).toMatchObject({ layout: { tokens: { sizes: [4, 4], skip: 1 } } });
    expect(layer.name).toBe("b.norm");
    expect(layer.reason).toContain("only the class token reaches the scores");
    expect(describeLayout(layer.layout)).toBe("4x4 tokens after 1 other");
  });

  it("of an oblong picture take the grid of the patches, with several registers too", async () => {
    const model = await modelOf({ grid: [2, 8], skip: 5 });
    expect(chooseLayer(model, "a.norm").layout).toEqual({ tokens: { sizes: [2, 8], skip: 5 } });
  });

  it("that are averaged are explained behind the last attention", async () => {
    const layer = chooseLayer(await modelOf({ head: "mean", skip: 0 }), "auto");
    expect(layer.name).toBe("last");
    expect(layer.reason).toContain("taken together");
  });

  it("lie as the options say", async () => {
    const model = await modelOf({ grid: [2, 8], patches: false });
    expect(chooseLayer(model, "a.norm").layout).toEqual({ tokens: { sizes: [4, 4], skip: 1 } });
    const wide = { grid: { height: 2, width: 8 } };
    expect(chooseLayer(model, "a.norm", wide).layout).toEqual({ tokens: { sizes: [2, 8], skip: 1 } });
    const shifted = { grid: { height: 3, width: 5 }, skipTokens: 2 };
    expect(chooseLayer(model, "a.norm", shifted).layout).toEqual({ tokens: { sizes: [3, 5], skip: 2 } });
    expect(explainableLayers(model, { grid: { height: 5, width: 5 } }).map(({ op }) => op)).not.toContain(
      "LayerNormalization",
    );
  });

  it("leave out the insides of the attention", async () => {
    const ops = explainableLayers(await modelOf()).map(({ op }) => op);
    expect(ops).not.toContain("Softmax");
    expect(ops).toContain("Add");
  });

  it("are folded with their gradient: the map is Grad-CAM's over the patches", async () => {
    const model = await modelOf();
    const explainer = await createExplainer(model, {
      runtime,
      layer: "b.norm",
      include: ["activation", "gradient"],
    });
    const input = randomTensor([2, 3, 8, 8], "image");
    const { evidence, activation, gradient } = await explainer.explain(input, { classes: [1] });
    expect([activation?.dims, gradient?.dims]).toEqual([
      [2, width, 4, 4],
      [2, 1, width, 4, 4],
    ]);
    const plain = await layerGradients(await inferTypes(vit(), runtime), "b.norm", input, [1, 1]);
    const [a, g] = [floats(plain.activation), floats(plain.gradient)];
    const at = (n: number, token: number, c: number) => (n * 17 + token) * width + c;
    for (const n of [0, 1]) {
      const weights = Array.from({ length: width }, (_, c) => {
        let sum = 0;
        for (let t = 1; t < 17; t++) sum += g[at(n, t, c)] as number;
        return sum / 16;
      });
      for (let t = 1; t < 17; t++) {
        const expected = weights.reduce((sum, weight, c) => sum + weight * (a[at(n, t, c)] as number), 0);
        expect(floats(evidence)[n * 16 + t - 1]).toBeCloseTo(expected, 5);
      }
    }
  });

  it("are explained for several classes as for one, also at keys and values, which attention goes around", async () => {
    const model = await modelOf();
    const input = randomTensor([1, 3, 8, 8], "image");
    for (const { name } of share(explainableLayers(model), 3)) {
      const explainer = await createExplainer(model, { runtime, layer: name });
      const [both, second] = [
        await explainer.explain(input, { classes: [0, 2] }),
        await explainer.explain(input, { classes: [2] }),
      ];
      await explainer.close();
      const [found, expected] = [floats(both.evidence).subarray(16), floats(second.evidence)];
      const scale = Math.max(1e-3, ...expected.map(Math.abs));
      expect(found.length).toBe(16);
      found.forEach((value, i) => expect(value / scale, name).toBeCloseTo((expected[i] as number) / scale, 4));
    }
  });

  it("have no gradient behind the last attention, which is why auto goes before it", async () => {
    const explainer = await createExplainer(await modelOf(), {
      runtime,
      layer: "last",
      include: ["gradient"],
    });
    const { gradient } = await explainer.explain(randomTensor([1, 3, 8, 8], "image"), { classes: [0] });
    expect(floats(gradient as Tensor).every((value) => value === 0)).toBe(true);
  });
});

describe("channels last", () => {
  /** The same network with channels first and last. */
  function twoWays(layout: "nchw" | "nhwc"): Graph {
    const op = new Builder();
    const last = layout === "nhwc";
    const x = op.input("x", "float32", last ? ["N", 5, 5, 3] : ["N", 3, 5, 5]);
    const planes = last ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x;
    const maps = op.Relu(op.Conv(planes, op.constant(randomTensor([4, 3, 3, 3], "w"))));
    const features = op.named("features", last ? op.Transpose(maps, { perm: [0, 2, 3, 1] }) : maps);
    const mean = op.ReduceMean(features, op.ints(last ? [1, 2] : [2, 3]), { keepdims: 0 });
    op.output(op.MatMul(mean, op.constant(randomTensor([4, 3], "head"))), "y");
    return op.graph;
  }

  it("gives the same map as channels first", async () => {
    const image = randomTensor([1, 3, 5, 5], "image");
    const moved = Float32Array.from(
      { length: 75 },
      (_, i) => floats(image)[(i % 3) * 25 + Math.floor(i / 3)] as number,
    );
    const results: Float32Array[] = [];
    for (const [layout, input] of [["nchw", image] as const, ["nhwc", float32([1, 5, 5, 3], moved)] as const]) {
      const explainer = await createExplainer(await openModel(twoWays(layout), runtime), { runtime });
      expect(explainer.layer).toMatchObject({ name: "features", layout });
      results.push(floats((await explainer.explain(input, { classes: [2] })).evidence));
    }
    expect(results[0]?.length).toBe(9);
    results[0]?.forEach((value, i) => expect(results[1]?.[i]).toBeCloseTo(value, 5));
  });
});
