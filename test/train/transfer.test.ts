/** @file Transfer learning: which features are taken, what is learned, and that the rest stays as it was. */

import { describe, expect, it } from "vitest";
import type { Examples } from "../../src/data/dataset.js";
import { random } from "../../src/foundation/random.js";
import { stages } from "../../src/model/layers/choose-layer.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph } from "../../src/onnx/graph.js";
import { float32, floats, type Tensor, Tensor as TensorOf } from "../../src/onnx/tensor.js";
import { headSettings, unfrozenSettings } from "../../src/train/network/recipes.js";
import { trainOnExamples } from "../../src/train/train.js";
import { extractBackbone } from "../../src/train/transfer/backbone.js";
import { attachHead, extractHead, measureFeatures, trainableHead } from "../../src/train/transfer/head.js";
import { countLearnable, unfreezeStages } from "../../src/train/transfer/unfreeze.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { run } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const open = (graph: Graph) => openModel(graph, runtime);

function network(build: (op: Builder, x: string) => string, dims: (string | number)[] = ["N", 3, 8, 8]) {
  const op = new Builder();
  op.output(build(op, op.input("x", "float32", dims)), "y");
  return open(op.graph);
}
const weight = (op: Builder, dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);

describe("backboneOf", () => {
  it("takes what the last linear layer reads", async () => {
    const model = await open(convNet({ ending: "Softmax" }));
    const { graph, features, width, layer } = extractBackbone(model);
    expect(width).toBe(3);
    expect(graph.nodes.map(({ op }) => op)).not.toContain("Gemm");
    const x = images(2);
    const whole = new Builder({ ...model.graph, outputs: [] });
    whole.output(layer, "read");
    const wanted = floats((await run(whole.graph, { x })).read as Tensor);
    const got = floats((await run(graph, { x }))[features] as Tensor);
    expect([...got]).toEqual([...wanted]);
  });

  it("averages the places that a last convolution reads, as in SqueezeNet", async () => {
    const model = await network((op, x) => {
      const fire = op.named("fire", op.Relu(op.Conv(x, weight(op, [5, 3, 3, 3], "a"))));
      const classes = op.Relu(op.Conv(fire, weight(op, [4, 5, 1, 1], "b")));
      return op.Softmax(op.Flatten(op.GlobalAveragePool(classes)));
    });
    const { layer, width, graph, features } = extractBackbone(model);
    expect([layer, width]).toEqual(["fire", 5]);
    const x = randomTensor([2, 3, 8, 8], "x");
    const whole = new Builder({ ...model.graph, outputs: [] });
    whole.output("fire");
    const fire = floats((await run(whole.graph, { x })).fire as Tensor);
    const got = floats((await run(graph, { x }))[features] as Tensor);
    got.forEach((value, k) => {
      const plane = fire.subarray(36 * k, 36 * (k + 1));
      expect(value).toBeCloseTo(plane.reduce((a, b) => a + b) / 36, 5);
    });
  });

  it("averages tokens", async () => {
    const model = await network((op, x) => {
      const tokens = op.Transpose(op.Reshape(x, op.ints([0, 3, 64])), { perm: [0, 2, 1] });
      const wide = op.Relu(op.MatMul(tokens, weight(op, [3, 7], "a")));
      return op.ReduceMean(op.MatMul(wide, weight(op, [7, 4], "b")), op.ints([1]), { keepdims: 0 });
    });
    expect(extractBackbone(model).width).toBe(7);
  });

  it("takes a named value, and refuses one that is none", async () => {
    const model = await open(convNet());
    expect(extractBackbone(model, "stem")).toMatchObject({ layer: "stem", width: 3 });
    expect(() => extractBackbone(model, "nowhere")).toThrow(
      /^features: expected a last layer with weights, .* got "nowhere"/,
    );
    const plain = await network((op, x) => op.Flatten(op.GlobalAveragePool(op.Relu(x))));
    expect(() => extractBackbone(plain)).toThrow(/got none: name one with --features/);
  });
});

/** Features whose class is the sign of a sum; one never changes. */
const table = Array.from({ length: 200 }, (_, i) => {
  const source = random(`row ${i}`);
  const [a, b] = [source.normal() * 5 + 3, source.normal() / 5 - 1];
  return { row: [a, b, 7], label: (a - 3) / 5 + 5 * (b + 1) > 0 ? 1 : 0 };
});
const examples: Examples = {
  count: table.length,
  type: "float32",
  dims: [3],
  labels: table.map(({ label }) => label),
  async read(indices) {
    return float32([indices.length, 3], Array.from(indices, (i) => table[i]?.row as number[]).flat());
  },
};

describe("a head on features", () => {
  it("measures their mean and deviation; one that is always the same stays", async () => {
    const { mean, deviation } = await measureFeatures(examples);
    [0, 1].forEach((k) => {
      const values = table.map(({ row }) => row[k] as number);
      const m = values.reduce((a, b) => a + b) / 200;
      expect(mean[k]).toBeCloseTo(m, 5);
      expect(deviation[k]).toBeCloseTo(Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / 200), 4);
    });
    expect([mean[2], deviation[2]]).toEqual([7, 1]);
  });

  it.each(["softmax", "sigmoid"] as const)(
    "learns with %s, and gives the same scores for features as they are",
    async (head) => {
      const scale = await measureFeatures(examples);
      const settings = headSettings("rows", { epochs: 40, batchSize: 20, learningRate: 0.05, head });
      const { graph, history } = await trainOnExamples(
        trainableHead(scale, 2, settings),
        { train: examples, validation: examples },
        settings,
        { runtime },
      );
      expect(history.at(-1)?.validationAccuracy).toBeGreaterThan(0.94);
      const raw = await examples.read([0, 1, 2]);
      const { weight: w, bias } = extractHead(graph, scale);
      expect(w.dims).toEqual([head === "softmax" ? 2 : 1, 3]);
      const op = new Builder();
      const x = op.input("x", "float32", ["N", 3]);
      const scores = op.Gemm(x, op.constant(w), op.constant(bias), { transB: 1 });
      op.output(head === "softmax" ? op.Softmax(scores, { axis: 1 }) : op.Sigmoid(scores), "y");
      const standard = floats(raw).map(
        (v, i) => (v - (scale.mean[i % 3] as number)) / (scale.deviation[i % 3] as number),
      );
      const wanted = (await run(graph, { features: float32([3, 3], standard) })).probabilities as Tensor;
      const got = floats((await run(op.graph, { x: raw })).y as Tensor);
      floats(wanted).forEach((value, i) => expect(got[i]).toBeCloseTo(value, 4));
    },
  );

  it("refuses one score for three classes", async () => {
    const scale = await measureFeatures(examples);
    expect(() => trainableHead(scale, 3, { seed: 1, head: "sigmoid" }).build()).toThrow(
      /^head sigmoid: expected 2 classes, got 3/,
    );
  });
});

describe("unfrozen stages", () => {
  const pyramid = () =>
    network((op, x) => {
      const conv = (value: string, dims: number[], name: string, stride: number) => {
        const made = op.Conv(value, weight(op, dims, `${name}.weight`), undefined, {
          pads: [1, 1, 1, 1],
          strides: [stride, stride],
        });
        return op.named(name, op.Relu(made));
      };
      const one = conv(x, [4, 3, 3, 3], "one", 1);
      const two = conv(one, [5, 4, 3, 3], "two", 2);
      const norm = ["s", "b", "m"].map((name) => weight(op, [5], `norm.${name}`));
      const variance = op.constant(float32([5], [1, 2, 1, 2, 1]), "norm.v");
      const [normed = ""] = op.node("BatchNormalization", [two, ...norm, variance]);
      const shift = weight(op, [4], "shift");
      const pooled = op.Flatten(op.GlobalAveragePool(op.named("three", op.Relu(normed))));
      return op.Softmax(op.Add(op.MatMul(pooled, weight(op, [5, 4], "last")), shift));
    });
  const pixels = Array.from({ length: 24 }, (_, i) => {
    const source = random(`photo ${i}`);
    const label = i % 2;
    return {
      label,
      values: Uint8Array.from({ length: 192 }, (_, k) => (k < 64 === (label === 0) ? 200 : 40) + source.below(50)),
    };
  });
  const photos: Examples = {
    count: 24,
    type: "uint8",
    dims: [3, 8, 8],
    labels: pixels.map(({ label }) => label),
    async read(indices) {
      const all = Array.from(indices, (i) => [...(pixels[i] as (typeof pixels)[number]).values]).flat();
      return new TensorOf("uint8", [indices.length, 3, 8, 8], Uint8Array.from(all));
    },
  };
  const preprocessing = {
    width: 8,
    height: 8,
    channels: 3,
    scale: 1 / 255,
    order: "bgr",
    mean: [0.4, 0.5, 0.6],
    std: [0.2, 0.3, 0.4],
  } as const;

  it("are those behind a value: their weights change, and no others", async () => {
    const model = await pyramid();
    const backbone = extractBackbone(model);
    const behind = stages(model)[1]?.name as string;
    expect(behind).toBe("one");
    expect(countLearnable(backbone, behind)).toBe(5 * 4 * 9 + 5 + 5);
    expect(countLearnable(backbone)).toBe(5 * 4 * 9 + 5 + 5 + 4 * 3 * 9);
    const layer = { weight: randomTensor([2, 5], "head"), bias: float32([2], [0, 0]) };
    const trainable = unfreezeStages(backbone, layer, { classes: 2, head: "softmax", preprocessing, behind });
    const settings = unfrozenSettings("pyramid", 1, {
      epochs: 15,
      batchSize: 8,
      learningRate: 0.01,
      augmentation: null,
    });
    const { graph, history } = await trainOnExamples(trainable, { train: photos }, settings, { runtime });
    expect(history.at(-1)?.trainLoss).toBeLessThan((history[0]?.trainLoss as number) / 2);
    const before = attachHead(backbone, layer, "softmax", 2).initializers;
    const changed = [...graph.initializers].filter(([name, tensor]) => {
      const was = before.get(name) as Tensor;
      return tensor.type === "float32" && floats(tensor).some((value, i) => value !== floats(was)[i]);
    });
    expect(changed.map(([name]) => name).sort()).toEqual([
      "head.bias",
      "head.weight",
      "norm.b",
      "norm.s",
      "two.weight",
    ]);
  });

  it("begin as the frozen network with the head: pixels arrive as the network takes them", async () => {
    const backbone = extractBackbone(await pyramid());
    const layer = { weight: randomTensor([2, 5], "head"), bias: float32([2], [0.5, -0.5]) };
    const trainable = unfreezeStages(backbone, layer, { classes: 2, head: "softmax", preprocessing });
    const settings = unfrozenSettings("pyramid", 2, {
      epochs: 1,
      batchSize: 24,
      learningRate: 1e-12,
      augmentation: null,
    });
    const options = { runtime };
    const { history } = await trainOnExamples(trainable, { train: photos, validation: photos }, settings, options);
    // By hand: blue first, and normalised in that order.
    const x = Float32Array.from({ length: 24 * 192 }, (_, i) => {
      const [photo, channel, place] = [Math.floor(i / 192), Math.floor((i % 192) / 64), i % 64];
      const value = (pixels[photo]?.values[(2 - channel) * 64 + place] as number) / 255;
      return (value - (preprocessing.mean[channel] as number)) / (preprocessing.std[channel] as number);
    });
    const result = await run(attachHead(backbone, layer, "softmax", 2), { x: float32([24, 3, 8, 8], x) });
    const rows = floats(result.probabilities as Tensor);
    const loss = pixels.reduce((sum, { label }, i) => sum - Math.log(rows[2 * i + label] as number), 0) / 24;
    expect(history[0]?.trainLoss).toBeCloseTo(loss, 4);
    expect(history[0]?.validationLoss).toBeCloseTo(loss, 4);
  });
});
