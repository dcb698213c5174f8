/** @file Training options against PyTorch's numbers (test/reference/training_options.py) and computations by hand. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Examples } from "../../src/data/dataset.js";
import { drawDigits } from "../../src/data/digits/digits.js";
import { at } from "../../src/foundation/present.js";
import { random } from "../../src/foundation/random.js";
import { Builder } from "../../src/onnx/builder.js";
import { emptyGraph } from "../../src/onnx/graph.js";
import { float32, floats, int64, Tensor } from "../../src/onnx/tensor.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.js";
import { fromScratch, networkNamed } from "../../src/train/network/networks.js";
import { headSettings, trainingSettings } from "../../src/train/network/recipes.js";
import { type Adversary, adversarialSettings, openAdversary, strengthAt } from "../../src/train/step/adversary.js";
import { groupWeights } from "../../src/train/step/balance.js";
import { drawBoxes } from "../../src/train/step/energy.js";
import { exchangeBetween } from "../../src/train/step/exchange.js";
import { optimizerNamed } from "../../src/train/step/optimizer.js";
import { showExamples } from "../../src/train/step/show-examples.js";
import { unpackTensors } from "../../src/train/step/state.js";
import { buildStepGraph } from "../../src/train/step/step-graph.js";
import { type TrainingData, type TrainingSettings, trainOnExamples } from "../../src/train/train.js";
import { appendEnding, type Trainable } from "../../src/train/trainable.js";
import { balancedPart, retrainLastLayer } from "../../src/train/transfer/last-layer.js";
import { run } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const expected = JSON.parse(
  readFileSync(new URL("../fixtures/cases/training-options/expected.json", import.meta.url), "utf8"),
) as {
  energy: number;
  entropy: number;
  weighted: number;
  gradients: Record<string, number[]>;
  signs: number[];
};

const wave = (dims: number[], start: number, scale: number) =>
  float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => scale * Math.sin(start + 0.7 * i)),
  );

const weights = {
  "conv.weight": wave([4, 1, 3, 3], 1, 0.6),
  "conv.bias": wave([4], 2, 0.2),
  "hidden.weight": wave([5, 36], 5, 0.4),
  "hidden.bias": wave([5], 6, 0.1),
  "head.weight": wave([3, 5], 3, 2),
  "head.bias": wave([3], 4, 0.1),
};

function build() {
  const op = new Builder(emptyGraph("small"));
  for (const [name, tensor] of Object.entries(weights)) op.graph.initializers.set(name, tensor);
  const input = op.input("images", "float32", ["N", 1, 6, 6]);
  const conv = op.Conv(input, "conv.weight", "conv.bias", { pads: [1, 1, 1, 1], strides: [2, 2] });
  const flat = op.Flatten(op.Relu(conv), { axis: 1 });
  const hidden = op.Sigmoid(op.Gemm(flat, "hidden.weight", "hidden.bias", { transB: 1 }));
  const logits = op.layer("logits", "Gemm", [hidden, "head.weight", "head.bias"], { transB: 1 });
  return { graph: op.graph, input, logits, parameters: Object.keys(weights), statistics: [] };
}

const trainable: Trainable = {
  classes: 3,
  head: "softmax",
  example: { type: "uint8", dims: [1, 6, 6] },
  prepare: (_op, pixels) => pixels,
  build,
  export() {
    const { graph, logits } = build();
    appendEnding(new Builder(graph), logits, "softmax", 3);
    return graph;
  },
};
const labels = int64([0, 2, 1, 2]);
const pixels = Uint8Array.from({ length: 4 * 36 }, (_, i) => (i * 37) % 256);
const examples = new Tensor("uint8", [4, 1, 6, 6], pixels);
const boxes = [
  [{ x: 0, y: 0, width: 3, height: 3 }],
  [{ x: 1, y: 2, width: 5, height: 3 }],
  [],
  [{ x: 0, y: 4, width: 2, height: 2 }],
];
const sgd = { optimizer: optimizerNamed("sgd"), weightDecay: 0, labelSmoothing: 0, augmentation: null };
const step = { rate: float32([], [1]), step: float32([], [1]) };

describe("the energy loss", () => {
  it("and its gradient, through the map's own gradient, are PyTorch's", async () => {
    const { graph, initial, parameters } = await buildStepGraph(trainable, { ...sgd, energyLoss: 0.8 }, runtime);
    const inside = drawBoxes(boxes, [0, 1, 2, 3], [1, 6, 6]);
    const results = await run(graph, { examples, labels, boxes: inside, ...initial, ...step });
    const wanted = expected.entropy + 0.8 * expected.energy;
    expect(floats(results.loss as Tensor)[0]).toBeCloseTo(wanted, 5);
    const [before, after] = [initial.parameters, results["parameters.next"]].map((vector) =>
      unpackTensors(vector as Tensor, parameters),
    );
    for (const [name, gradient] of Object.entries(expected.gradients)) {
      // Nesterov's first step goes 1.9 gradients far.
      const [was, is] = [before, after].map((each) => floats(each?.get(name) as Tensor));
      gradient.forEach((value, i) => {
        expect(((was?.[i] as number) - (is?.[i] as number)) / 1.9).toBeCloseTo(value, 4);
      });
    }
  });

  it("refuses data without boxes", async () => {
    const digits = drawDigits({ seed: 1, train: 10, test: 10 }).train;
    const settings = { ...trainingSettings("classic", { epochs: 1 }), energyLoss: 1 };
    const plain = fromScratch(networkNamed("classic"), { ...digits, classes: 10 }, settings);
    const data = { train: memory(digits.pixels, digits.labels, [1, 28, 28]) };
    await expect(trainOnExamples(plain, data, settings, { runtime })).rejects.toThrow(
      /^the energy loss: boxes: expected one for each of 10 examples, got none/,
    );
  });
});

describe("weights of groups", () => {
  it("make all groups weigh the same, with mean 1", () => {
    const sums = [0, 1, 2].map((group) =>
      groupWeights([0, 0, 0, 1, 2, 2]).reduce(
        (sum, weight, i) => sum + ([0, 0, 0, 1, 2, 2][i] === group ? weight : 0),
        0,
      ),
    );
    sums.forEach((sum) => expect(sum).toBeCloseTo(2, 5));
  });

  it("give PyTorch's weighted loss", async () => {
    const { graph, initial } = await buildStepGraph(trainable, { ...sgd, exampleWeights: true }, runtime);
    const own = float32([4], groupWeights([0, 1, 0, 0]));
    const { loss } = await run(graph, { examples, labels, weights: own, ...initial, ...step });
    expect(floats(loss as Tensor)[0]).toBeCloseTo(expected.weighted, 5);
  });
});

describe("the adversary", () => {
  it("moves every pixel along the sign of PyTorch's gradient, within eps and the range of pixels", async () => {
    const layout = await buildStepGraph(trainable, sgd, runtime);
    const eps = 1e-4;
    const adversary = await openAdversary(trainable, layout, {
      // From wherever the start is to the bound.
      settings: { ...adversarialSettings(eps, 1), stepSize: 2.5 * eps },
      augmentation: null,
      runtime,
    });
    const state = { parameters: layout.initial.parameters as Tensor };
    const attacked = floats(await adversary.attack({ examples }, labels, state, random(1), 1));
    await adversary.close();
    let [moved, all] = [0, 0];
    attacked.forEach((value, i) => {
      const pixel = (pixels[i] as number) / 255;
      if (expected.signs[i] !== 0) all++;
      const reached = Math.max(0, Math.min(1, pixel + eps * (expected.signs[i] as number)));
      if (expected.signs[i] !== 0 && Math.abs(value - reached) < 1e-6) moved++;
      expect(Math.abs(value - pixel)).toBeLessThan(eps + 1e-6);
    });
    // Where the gradient is all but zero its sign depends on the start.
    expect(all).toBeGreaterThan(60);
    expect(moved).toBeGreaterThan(0.95 * all);
  });

  it("grows: at no strength images stay, at half they move by at most half of eps", async () => {
    const layout = await buildStepGraph(trainable, sgd, runtime);
    const settings = adversarialSettings(0.1, 3);
    const adversary = await openAdversary(trainable, layout, { settings, augmentation: null, runtime });
    const state = { parameters: layout.initial.parameters as Tensor };
    const furthest = async (strength: number) => {
      const progress = strength * (settings.growth ?? 0);
      const attacked = floats(await adversary.attack({ examples }, labels, state, random(1), progress));
      return Math.max(...attacked.map((value, i) => Math.abs(value - (pixels[i] as number) / 255)));
    };
    expect(await furthest(0)).toBeLessThan(1e-6);
    expect(await furthest(0.5)).toBeCloseTo(0.05, 5);
    expect(await furthest(1)).toBeCloseTo(0.1, 5);
    await adversary.close();
  });

  it.each([
    [0, 0],
    [0.1, 0.25],
    [0.4, 1],
    [1, 1],
  ])("has grown at %d of the training to %d", async (progress, strength) => {
    const asked: (number | undefined)[] = [];
    const adversary: Adversary = {
      attacked: trainable,
      attack: async (_feeds, _labels, _state, _source, how) => {
        asked.push(how);
        return examples;
      },
      close: async () => {},
    };
    const train = memory(pixels, [0, 1, 2, 0, 1, 2].slice(0, at(examples.dims, 0)), examples.dims.slice(1));
    const settings = { augmentation: null, balance: "none" as const, adversarial: adversarialSettings(0.3) };
    await showExamples({ train }, settings, adversary).feed(Uint32Array.of(0), {}, random(1), progress);
    expect(asked.map((each) => strengthAt(each ?? Number.NaN, settings.adversarial))).toEqual([strength]);
  });

  it("takes one step alone of 1.25 eps, several of 2.5 eps together", () => {
    expect(adversarialSettings(0.4, 1).stepSize).toBeCloseTo(0.5, 12);
    expect(adversarialSettings(0.4, 10).stepSize).toBeCloseTo(0.1, 12);
  });

  it("refuses an eps beyond a pixel's range", () => {
    expect(() => adversarialSettings(1.5)).toThrow(/^adversarial: eps: expected more than 0 and at most 1/);
  });
});

function memory(all: Uint8Array, classes: ArrayLike<number>, dims: number[]): Examples {
  const size = dims.reduce((a, b) => a * b, 1);
  return {
    count: classes.length,
    type: "uint8",
    dims,
    labels: classes,
    async read(indices) {
      const rows = Array.from(indices, (i) => [...all.subarray(i * size, (i + 1) * size)]).flat();
      return new Tensor("uint8", [indices.length, ...dims], Uint8Array.from(rows));
    },
  };
}

describe("exchange between training images", () => {
  // Image i is filled with i, so a pixel tells whose it is.
  const filled = memory(
    Uint8Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)),
    Array.from({ length: 10 }, (_, i) => i % 2),
    [1, 2, 2],
  );
  const corner = { kind: "region", mask: { width: 2, height: 2, places: Uint8Array.of(0, 1, 0, 0) } } as const;
  const donorsIn = async (donors: "any" | "own class", seed: number) => {
    const { bytes } = await exchangeBetween(filled, [corner], donors)([3, 8, 5], random(seed));
    [3, 8, 5].forEach((own, i) => {
      expect([bytes[4 * i], bytes[4 * i + 2], bytes[4 * i + 3]]).toEqual([own, own, own]);
    });
    return [1, 5, 9].map((place) => bytes[place] as number);
  };

  it("gives each image the region of any image, and the rest stays", async () => {
    const seen = await Promise.all(Array.from({ length: 60 }, (_, seed) => donorsIn("any", seed)));
    expect(new Set(seen.flat()).size).toBe(10);
    expect(await donorsIn("any", 7)).toEqual(seen[7]);
  });

  it("takes donors of the image's own class where asked to", async () => {
    const seen = await Promise.all(Array.from({ length: 60 }, (_, seed) => donorsIn("own class", seed)));
    expect(new Set(seen.map(([first]) => (first as number) % 2))).toEqual(new Set([1]));
    expect(new Set(seen.map(([, second]) => (second as number) % 2))).toEqual(new Set([0]));
  });
});

describe("a training with options", () => {
  const digits = drawDigits({ seed: 1, train: 40, test: 10 }).train;
  const train = memory(digits.pixels, digits.labels, [1, 28, 28]);
  const mask = { width: 28, height: 28, places: Uint8Array.from({ length: 784 }, (_, i) => (i < 200 ? 1 : 0)) };
  const data: TrainingData = {
    train,
    groups: Array.from(digits.labels, (label) => label % 3),
    vary: exchangeBetween(train, [{ kind: "region", mask }]),
    boxes: Array.from(digits.labels, () => [{ x: 6, y: 6, width: 16, height: 16 }]),
  };
  const usual = trainingSettings("compact", { epochs: 2, batchSize: 20, balance: "groups" });
  const options: Record<string, TrainingSettings> = {
    "exchange, groups and boxes": { ...usual, exchange: ["region"], energyLoss: 0.5 },
    "an adversary": { ...usual, adversarial: adversarialSettings(0.1, 2) },
  };

  it.each(Object.keys(options))("goes on from a checkpoint bit for bit: %s", async (name) => {
    const settings = options[name] as TrainingSettings;
    const network = fromScratch(networkNamed("compact"), { ...digits, classes: 10 }, settings);
    const saved: Uint8Array[] = [];
    const onEpoch = (checkpoint: Parameters<typeof encodeCheckpoint>[0]) =>
      void saved.push(encodeCheckpoint(checkpoint));
    const whole = await trainOnExamples(network, data, settings, { runtime, onEpoch });
    const from = decodeCheckpoint(saved[0] as Uint8Array);
    expect(from.settings).toEqual(settings);
    const resumed = await trainOnExamples(network, data, settings, { runtime, from });
    expect(Object.values(resumed.state).map(({ bytes }) => Buffer.from(bytes).toString("base64"))).toEqual(
      Object.values(whole.state).map(({ bytes }) => Buffer.from(bytes).toString("base64")),
    );
  });
});

describe("the last layer on groups", () => {
  it("draws as many of each group as the smallest has", () => {
    const groups = [0, 0, 0, 0, 1, 1, 2, 2, 2];
    const part = balancedPart(groups, random(3));
    expect(new Set(part).size).toBe(6);
    expect([0, 1, 2].map((group) => part.filter((i) => groups[i] === group).length)).toEqual([2, 2, 2]);
    expect(balancedPart(groups, random(3))).toEqual(part);
  });

  it("follows the feature that tells the label in every group, and not the one that does in most", async () => {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const source = random(`row ${i}`);
      const label = i % 2;
      const cue = i % 20 < 18 ? label : 1 - label;
      return { label, cue, row: [label + 0.3 * source.normal(), 3 * cue + 0.1 * source.normal()] };
    });
    const features: Examples = {
      count: rows.length,
      type: "float32",
      dims: [2],
      labels: rows.map(({ label }) => label),
      read: async (indices) =>
        float32([indices.length, 2], Array.from(indices, (i) => rows[i]?.row as number[]).flat()),
    };
    const groups = rows.map(({ label, cue }) => 2 * label + cue);
    const settings = headSettings("rows", { epochs: 30 });
    const options = { classes: 2, settings, draws: 2 };
    const { layer } = (await retrainLastLayer(features, groups, options, { runtime })) ?? {};
    const [w = [], b = []] = [layer?.weight, layer?.bias].map((tensor) => [...floats(tensor as Tensor)]);
    const right = rows.filter(({ label, row: [x = 0, y = 0] }) => {
      const [zero, one] = [0, 1].map((k) => (w[2 * k] as number) * x + (w[2 * k + 1] as number) * y + (b[k] as number));
      return ((one as number) > (zero as number) ? 1 : 0) === label;
    });
    const misled = (all: typeof rows) => all.filter(({ label, cue }) => label !== cue).length;
    expect(misled(right) / misled(rows)).toBeGreaterThan(0.85);
  });
});
