/** @file What is said of a layer that was chosen automatically although it lies early in the network. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { explainableLayers } from "../../../src/model/layers/find-layers.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

/** Some nodes on the picture, then as many layers of another form as asked for: rows that mix channels and places, or none. */
function mixing(layers: number, { mix = true, squares = 0 } = {}): Graph {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  const size = mix ? 16 : 256;
  let y = op.Conv(x, weight([4, 3, 3, 3], "conv"), { pads: [1, 1, 1, 1] });
  for (let i = 0; i < squares; i++) y = op.Mul(y, y);
  y = op.layer("map", "Relu", [y]);
  y = mix ? op.Reshape(y, op.ints([0, 16, 16])) : op.Flatten(y);
  for (let i = 0; i < layers; i++) y = op.layer(`row${i}`, "MatMul", [y, weight([size, size], `weight${i}`)]);
  const pooled = mix ? op.ReduceMean(y, op.ints([1]), { keepdims: 0 }) : y;
  op.output(op.Gemm(pooled, weight([size, 5], "head")), "y");
  return op.graph;
}

describe("a layer that is chosen automatically", () => {
  it("comes with what was rejected, why, and how to choose, where it lies early", async () => {
    const model = await openModel(mixing(6), runtime);
    const layer = chooseLayer(model, "auto");
    expect(layer).toMatchObject({
      name: "map",
      doubt:
        "layer map lies in the first third of the network (node 2 of 12), so the map may show little of what the network decides by: " +
        "7 later values were not taken, the last row5 [N, 16, 16], tokens whose grid is not recognised: " +
        "choose with --layer NAME, for tokens also --grid HxW and --skip-tokens K",
    });
    const explainer = await createExplainer(model, { runtime });
    expect(explainer.notes).toEqual([layer.doubt]);
    await explainer.close();
  });

  it("comes without doubt where it is not early, was named, or has nothing behind it that could have places", async () => {
    expect(chooseLayer(await openModel(mixing(1, { squares: 4 }), runtime), "auto").doubt).toBeUndefined();
    expect(chooseLayer(await openModel(mixing(6), runtime), "map").doubt).toBeUndefined();
    expect(chooseLayer(await openModel(mixing(6, { mix: false }), runtime), "auto").doubt).toBeUndefined();
  });
});

describe("scores with places", () => {
  it("are no feature maps, also before they are resized", async () => {
    const op = new Builder();
    const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
    const x = op.input("x", "float32", ["N", 3, 8, 8]);
    const features = op.named("features", op.Relu(op.Conv(x, weight([4, 3, 2, 2], "conv"), { strides: [2, 2] })));
    const logits = op.named("logits", op.Conv(features, weight([5, 4, 1, 1], "head")));
    const twice = op.constant(float32([4], [1, 1, 2, 2]), "twice");
    op.output(op.Softmax(op.Resize(logits, undefined, twice), { axis: 1 }), "y");
    const model = await openModel(op.graph, runtime);
    expect(chooseLayer(model, "auto").name).toBe("features");
    expect(explainableLayers(model).map(({ name }) => name)).not.toContain("logits");
    expect(() => chooseLayer(model, "logits")).toThrow(/expected a feature map/);
  });
});
