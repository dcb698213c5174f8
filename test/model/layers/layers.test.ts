/** @file Which layers can be explained, and how one is chosen. */

import { describe, expect, it } from "vitest";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { explainableLayers } from "../../../src/model/layers/find-layers.js";
import { openModel } from "../../../src/model/open.js";
import { preprocessingOf } from "../../../src/model/preprocessing.js";
import { networkLayers, parameterCount } from "../../../src/model/summary.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { buildNetwork, networkNamed } from "../../../src/train/network/networks.js";
import { convNet } from "../../explain/architectures/networks.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

const shape = { channels: 1, height: 28, width: 28, classes: 10 };
const modelNamed = async (name: string) => {
  const { graph, logits } = buildNetwork(networkNamed(name), shape, 1, false);
  new Builder(graph).output(logits);
  return openModel(graph, runtime);
};

describe("explainableLayers", () => {
  it("lists the feature maps of the classic network in order", async () => {
    const layers = explainableLayers(await modelNamed("classic"));
    expect(layers.map(({ name, dims }) => `${name} ${dims.slice(1).join("x")}`)).toEqual([
      "conv 12x24x24",
      "relu 12x24x24",
      "pool 12x12x12",
    ]);
  });

  it("leaves out maps of 1x1 and what lies off the path to the scores", async () => {
    const graph = convNet();
    const op = new Builder(graph);
    op.output(op.Sigmoid("stem"), "side");
    const names = explainableLayers(await openModel(graph, runtime)).map(({ name }) => name);
    expect(names).toContain("features");
    expect(names).not.toContain("side");
    expect(names.some((name) => name.startsWith("GlobalAveragePool"))).toBe(false);
  });
});

describe("chooseLayer", () => {
  it("takes the last feature map for auto and -1, the last of the next larger size for -2", async () => {
    const model = await modelNamed("compact");
    expect(chooseLayer(model, "auto").name).toBe("stage3.1.relu");
    expect(chooseLayer(model, -1).name).toBe("stage3.1.relu");
    expect(chooseLayer(model, "-2").dims.slice(2)).toEqual([14, 14]);
    expect(() => chooseLayer(model, -9)).toThrow(/^layer -9: expected -1 to -3 for this network$/);
  });

  it("takes what lies on every path to the scores, where two heads read it", async () => {
    const graph = convNet();
    const op = new Builder(graph);
    const weight = (dims: number[]) => op.constant(randomTensor(dims, `heads ${dims}`));
    const heads = ["one", "two"].map((name) => op.layer(name, "Conv", ["features", weight([4, 3, 1, 1])]));
    const scores = op.Add(...heads.map((head) => op.Flatten(op.GlobalAveragePool(head))));
    graph.outputs = [{ name: scores }];
    const layer = chooseLayer(await openModel(graph, runtime), "auto");
    expect(layer).toMatchObject({ name: "features", reason: "the last feature map on every path to the scores" });
  });

  it("does not take the scores themselves, though they may be planes", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 4, 4]);
    const features = op.layer("features", "Relu", [op.Conv(x, op.constant(randomTensor([3, 3, 1, 1], "f")))]);
    op.output(op.Conv(features, op.constant(randomTensor([2, 3, 1, 1], "s"))), "segments");
    expect(chooseLayer(await openModel(op.graph, runtime), "auto").name).toBe("features");
  });

  it("takes a name, or a unique part of one", async () => {
    const model = await modelNamed("compact");
    expect(chooseLayer(model, "stage2.1.relu").name).toBe("stage2.1.relu");
    expect(chooseLayer(model, "3.1.norm").name).toBe("stage3.1.norm");
    expect(() => chooseLayer(model, "relu")).toThrow(
      /^layer "relu": expected a unique name, got 4 that contain it: stage1.1.relu/,
    );
  });

  it("says what a value is that is no feature map", async () => {
    const model = await modelNamed("classic");
    expect(() => chooseLayer(model, "hidden")).toThrow(
      'layer "hidden": expected a feature map [N, C, H, W] on the way to the scores, got one [N, 128]',
    );
  });

  it("says what a value is that the scores do not depend on, and what lies on the way to them", async () => {
    const graph = convNet();
    new Builder(graph).output(new Builder(graph).layer("side", "Sigmoid", ["stem"]), "aux");
    const model = await openModel(graph, runtime);
    expect(() => chooseLayer(model, "side")).toThrow(
      'layer "side": expected a feature map [N, C, H, W] on the way to the scores, got one [N, 3, 6, 6], which the ' +
        "scores do not depend on: on the way lie features (3x6x6)",
    );
  });

  it("says so when a network has no feature map", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 4]);
    op.output(op.Gemm(x, op.constant(float32([4, 2], new Float32Array(8)))), "y");
    const model = await openModel(op.graph, runtime);
    expect(() => chooseLayer(model, "auto")).toThrow(/the network has none$/);
  });
});

describe("networkLayers", () => {
  it("counts the parameters of the classic network as its definition does", async () => {
    const { graph } = await modelNamed("classic");
    const layers = networkLayers(graph);
    expect(layers.map(({ name, operator, parameters }) => `${name}: ${operator}, ${parameters}`).slice(0, 4)).toEqual([
      "conv: Conv 5×5, 312",
      "relu: Relu, 0",
      "pool: MaxPool 2×2, stride 2, 0",
      "flatten: Flatten, 0",
    ]);
    expect(parameterCount(graph)).toBe(12 * 26 + 1728 * 128 + 128 + 1290);
  });
});

describe("preprocessingOf", () => {
  it("assumes grey values from 0 to 1, or ImageNet's recipe, and says so", async () => {
    const grey = preprocessingOf(await modelNamed("classic"));
    expect(grey).toMatchObject({
      origin: "assumed: grey values from 0 to 1",
      preprocessing: { width: 28, channels: 1 },
    });
    const op = new Builder();
    op.output(op.GlobalAveragePool(op.input("x", "float32", ["N", 3, "H", "W"])), "y");
    const colour = preprocessingOf(await openModel(op.graph, runtime));
    expect(colour).toMatchObject({
      origin: "assumed: RGB with ImageNet's mean and deviation, the middle 7/8 of the picture",
      preprocessing: { width: 224, height: 224 },
    });
  });
});
