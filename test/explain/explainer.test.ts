/** @file Explanations against hand computation, identities and each other. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import { displayMapOf, mapOf } from "../../src/explain/maps.js";
import type { ExplainerOptions } from "../../src/explain/options.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph } from "../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";
import { convNet, handNetwork, images } from "./architectures/networks.js";

const explainerOf = async (graph: Graph, options: Omit<ExplainerOptions, "runtime"> = {}) =>
  createExplainer(await openModel(graph, runtime), { runtime, ...options });

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-5) => {
  expect(a.length).toBe(b.length);
  const scale = Math.max(1e-6, ...Array.from(b, Math.abs));
  const worst = Math.max(...Array.from(b, (value, i) => Math.abs(value - (a[i] as number)))) / scale;
  expect(worst).toBeLessThan(tolerance);
};

describe("Grad-CAM computed by hand", () => {
  const x = float32(
    [1, 1, 4, 4],
    Float32Array.from({ length: 16 }, (_, i) => i),
  );

  it("is [[11.25, 13.5], [20.25, 22.5]] at the convolution, before the final ReLU", async () => {
    const explainer = await explainerOf(handNetwork(), { layer: "conv" });
    const { evidence } = await explainer.explain(x, { classes: [0] });
    expect(evidence.dims).toEqual([1, 1, 2, 2]);
    expect([...floats(evidence)]).toEqual([11.25, 13.5, 20.25, 22.5]);
  });

  it("is [[0, 4], [28, 32.5]] at the ReLU", async () => {
    const explainer = await explainerOf(handNetwork(), { layer: "relu" });
    const { evidence, maps } = await explainer.explain(x, { classes: [0] });
    expect([...floats(evidence)]).toEqual([0, 4, 28, 32.5]);
    expect([...floats(maps)]).toEqual([0, 4, 28, 32.5]);
  });
});

describe("identities", () => {
  it("with a global average pool and one linear layer, Grad-CAM is CAM up to 1/(h·w)", async () => {
    const graph = convNet();
    const explainer = await explainerOf(graph, { layer: "features", include: ["activation"] });
    const { evidence, activation } = await explainer.explain(images(2), { classes: [1] });
    const weights = floats(graph.initializers.get("w3") as Tensor).subarray(3, 6);
    const cam = Float32Array.from({ length: 72 }, (_, i) => {
      const [n, p] = [Math.floor(i / 36), i % 36];
      return (
        weights.reduce((sum, w, c) => sum + w * (floats(activation as Tensor)[n * 108 + c * 36 + p] as number), 0) / 36
      );
    });
    close(floats(evidence), cam);
  });

  it("gradient times activation sums to the logit minus its bias when one linear layer follows", async () => {
    const graph = convNet({ head: "flatten" });
    const explainer = await explainerOf(graph, { layer: "features", include: ["activation", "gradient"] });
    const { activation, gradient, scores } = await explainer.explain(images(1), { classes: [2] });
    const product = floats(gradient as Tensor).reduce(
      (sum, g, i) => sum + g * (floats(activation as Tensor)[i] as number),
      0,
    );
    const bias = floats(graph.initializers.get("b3") as Tensor)[2] as number;
    expect(product).toBeCloseTo((floats(scores)[2] as number) - bias, 4);
  });

  it("does not change when a constant is added to all logits", async () => {
    const plain = await (await explainerOf(convNet())).explain(images(2), { classes: [0, 3] });
    const shifted = await (await explainerOf(convNet({ shift: 7 }))).explain(images(2), { classes: [0, 3] });
    close(floats(shifted.evidence), floats(plain.evidence));
  });

  it("takes the score before the softmax when the file ends in one", async () => {
    const plain = await (await explainerOf(convNet())).explain(images(2), { classes: [1] });
    const ended = await (await explainerOf(convNet({ ending: "Softmax" }))).explain(images(2), { classes: [1] });
    close(floats(ended.evidence), floats(plain.evidence));
    close(floats(ended.scores), floats(plain.scores));
    close(floats(ended.probabilities), floats(plain.probabilities));
  });

  it("keeps a final sigmoid as the probability, and explains the score before it", async () => {
    const plain = await (await explainerOf(convNet())).explain(images(1), { classes: [1] });
    const ended = await (await explainerOf(convNet({ ending: "Sigmoid" }))).explain(images(1), { classes: [1] });
    close(floats(ended.evidence), floats(plain.evidence));
    close(
      floats(ended.probabilities),
      floats(plain.scores).map((s) => 1 / (1 + Math.exp(-s))),
    );
  });
});

describe("batches, classes and layers", () => {
  it("gives the same maps for a batch as for its images one by one", async () => {
    const explainer = await explainerOf(convNet({ skip: true }), { layer: "inner" });
    const batch = images(3);
    const together = await explainer.explain(batch, { classes: ["predicted", 2] });
    for (let i = 0; i < 3; i++) {
      const one = float32([1, 2, 6, 6], floats(batch).slice(i * 72, (i + 1) * 72));
      const alone = await explainer.explain(one, { classes: ["predicted", 2] });
      close(floats(together.evidence).subarray(i * 72, (i + 1) * 72), floats(alone.evidence));
    }
  });

  it("gives the same map from the whole graph as from front and tail, also across a skip connection", async () => {
    const explainer = await explainerOf(convNet({ skip: true }), { layer: "inner" });
    const [one, several] = [
      await explainer.explain(images(2), { classes: [3] }),
      await explainer.explain(images(2), { classes: [3, 0] }),
    ];
    expect(explainer.graphs.cut).toEqual(["inner", "stem"]);
    close(floats(several.evidence).subarray(0, 36), floats(one.evidence).subarray(0, 36));
    expect(several.maps.dims).toEqual([2, 2, 6, 6]);
    expect(several.weights?.dims).toEqual([2, 2, 3]);
  });

  it("explains the predicted class unless told otherwise, and a class of its own for every image", async () => {
    const explainer = await explainerOf(convNet());
    const { predicted, classes, scores } = await explainer.explain(images(4));
    expect(classes).toEqual(predicted.map((top) => [top]));
    for (const [i, top] of predicted.entries()) {
      const row = floats(scores).subarray(4 * i, 4 * i + 4);
      expect(row[top]).toBe(Math.max(...row));
    }
    expect((await explainer.explain(images(4), { labels: [3, 2, 1, 0] })).classes).toEqual([[3], [2], [1], [0]]);
  });

  it("negates the evidence when asked what speaks against the class", async () => {
    const plain = await (await explainerOf(convNet())).explain(images(2), { classes: [0] });
    const against = await (await explainerOf(convNet(), { against: true })).explain(images(2), { classes: [0] });
    close(
      floats(against.evidence),
      floats(plain.evidence).map((value) => -value),
    );
    expect(Math.min(...floats(against.maps))).toBe(0);
  });

  it("classifies without a map", async () => {
    const explainer = await explainerOf(convNet());
    const { probabilities } = await explainer.explain(images(2));
    close(floats(await explainer.classify(images(2))), floats(probabilities));
  });

  it("does not meet names of the network's own", async () => {
    const graph = convNet();
    const op = new Builder(graph);
    graph.outputs = [];
    op.output(op.named("map", op.named("class", op.Add("y", op.scalar(0)))), "evidence");
    const explanation = await (await explainerOf(graph)).explain(images(1), { classes: [1] });
    close(
      floats(explanation.evidence),
      floats((await (await explainerOf(convNet())).explain(images(1), { classes: [1] })).evidence),
    );
  });
});

describe("refusals", () => {
  const refused = async (run: () => Promise<unknown>) =>
    run().then(
      () => "",
      (error: Error) => error.message,
    );

  it("names the first value that is no number", async () => {
    const explainer = await explainerOf(convNet());
    const bad = images(1, "bad");
    floats(bad)[5] = Number.NaN;
    expect(await refused(() => explainer.explain(bad))).toBe(
      "images: expected finite numbers, got NaN at element 5 of 72",
    );
  });

  it("says which shape was expected", async () => {
    const explainer = await explainerOf(convNet());
    const wrong = float32([1, 2, 5, 6], new Float32Array(60));
    expect(await refused(() => explainer.explain(wrong))).toBe(
      "images: expected float32 [N, 2, 6, 6], got float32 [1, 2, 5, 6]",
    );
  });

  it("says which classes there are", async () => {
    const explainer = await explainerOf(convNet());
    expect(await refused(() => explainer.explain(images(1), { classes: [4] }))).toBe(
      "class 4: expected 0 to 3 (0 to 3), or predicted",
    );
    expect(await refused(() => explainer.explain(images(1), { classes: [] }))).toBe(
      "classes: expected at least one, got none",
    );
  });

  it("suggests methods and layers", async () => {
    expect(await refused(() => explainerOf(convNet(), { method: "grad-cum" }))).toMatch(
      /^unknown method "grad-cum": expected one of grad-cam, /,
    );
    expect(await refused(() => explainerOf(convNet(), { layer: "feature_map" }))).toMatch(
      /^unknown layer "feature_map": expected one of features/,
    );
  });
});

describe("maps out of an explanation", () => {
  it("gives each image and class its own raw map, and a display map on a scale and in a place", async () => {
    const explainer = await explainerOf(convNet(), { layer: "features" });
    const explanation = await explainer.explain(images(2), { classes: [0, 1] });
    const map = mapOf(explanation, 1, 1);
    expect([...map.values]).toEqual([...floats(explanation.maps).subarray(108, 144)]);
    const peak = Math.max(...map.values);
    const shown = displayMapOf(explanation, 1, 1, { width: 12, height: 24 });
    expect([shown.width, shown.height]).toEqual([12, 24]);
    expect(Math.max(...shown.values)).toBeLessThanOrEqual(1);
    const half = displayMapOf(explanation, 1, 1, { width: 6, height: 6, peak: 2 * peak });
    half.values.forEach((value, i) => expect(value).toBeCloseTo((map.values[i] as number) / (2 * peak), 5));
    const placed = displayMapOf(explanation, 1, 1, { width: 10, height: 6, box: { x: 4, y: 0, width: 6, height: 6 } });
    expect(placed.values[0]).toBe(0);
    expect(placed.values[4]).toBeCloseTo((map.values[0] as number) / peak, 5);
  });
});
