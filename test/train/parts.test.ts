/** @file The parts of a training step, each against its definition. */

import { describe, expect, it } from "vitest";
import { Builder, float32, floats, int64, Tensor } from "../../src/onnx/index.js";
import { random } from "../../src/random.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { type Augmentation, augmentImages, drawAugmentation, lightAugmentation } from "../../src/train/augment.js";
import { buildNetwork, networks } from "../../src/train/index.js";
import { optimizerNamed } from "../../src/train/optimizer.js";
import { scheduleNamed } from "../../src/train/schedule.js";
import { buildStepGraph } from "../../src/train/step-graph.js";
import { run } from "../support/run.js";

const shape = { channels: 1, height: 28, width: 28, classes: 10 };
const still: Augmentation = { rotate: 0, shift: 0, scale: 0, shear: 0, elastic: 0 };

describe("networks", () => {
  it.each([
    ["classic", 222_914],
    ["compact", 18_246],
    ["accurate", 97_146],
  ])("%s has %i parameters", (name, expected) => {
    const network = networks.find((each) => each.name === name);
    const { layers } = buildNetwork(network as (typeof networks)[number], shape, 1, true);
    const sizes = layers.parameters.map((parameter) => layers.graph.initializers.get(parameter)?.size ?? 0);
    expect(sizes.reduce((a, b) => a + b)).toBe(expected);
  });
});

describe("optimizers", () => {
  const step = async (name: string, steps: number) => {
    const optimizer = optimizerNamed(name);
    const op = new Builder();
    const vector = (value: string) => op.input(value, "float32", [2]);
    const scalar = (value: string) => op.input(value, "float32", []);
    const inputs = {
      parameters: vector("parameters"),
      gradient: vector("gradient"),
      rate: scalar("rate"),
      step: scalar("step"),
    };
    const updated = optimizer.update(op, {
      ...inputs,
      slots: optimizer.slots.map(vector),
      decay: op.constant(float32([2], [0.1, 0]), "decay"),
    });
    op.output(updated.parameters, "next");
    optimizer.slots.forEach((slot, i) => op.output(updated.slots[i] as string, `${slot}.next`));
    let parameters = float32([2], [1, -2]);
    let slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, float32([2], [0, 0])]));
    for (let t = 1; t <= steps; t++) {
      const gradient = float32([2], [0.5 * t, -1]);
      const results = await run(op.graph, {
        parameters,
        gradient,
        rate: float32([], [0.1]),
        step: float32([], [t]),
        ...slots,
      });
      parameters = results.next as Tensor;
      slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, results[`${slot}.next`] as Tensor]));
    }
    return [...floats(parameters)];
  };

  it("adam follows Kingma and Ba's algorithm 1 with decoupled decay", async () => {
    const expected = [1, -2].map((start, k) => {
      let [theta, m, v] = [start, 0, 0];
      for (let t = 1; t <= 3; t++) {
        const g = k === 0 ? 0.5 * t : -1;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        const move = (0.1 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
        theta = theta - 0.1 * (k === 0 ? 0.1 : 0) * theta - move;
      }
      return theta;
    });
    const got = await step("adam", 3);
    got.forEach((value, k) => expect(value).toBeCloseTo(expected[k] as number, 4));
  });

  it("sgd follows Nesterov's momentum", async () => {
    const expected = [1, -2].map((start, k) => {
      let [theta, v] = [start, 0];
      for (let t = 1; t <= 3; t++) {
        const g = k === 0 ? 0.5 * t : -1;
        v = 0.9 * v + g;
        theta = theta - 0.1 * (k === 0 ? 0.1 : 0) * theta - 0.1 * (g + 0.9 * v);
      }
      return theta;
    });
    (await step("sgd", 3)).forEach((value, k) => expect(value).toBeCloseTo(expected[k] as number, 5));
  });
});

describe("schedules", () => {
  it("one-cycle rises to the peak in the first quarter and ends near nothing", () => {
    const schedule = scheduleNamed("one-cycle");
    expect(schedule(0)).toBeCloseTo(0.04);
    expect(schedule(0.25)).toBeCloseTo(1);
    expect(schedule(1)).toBeCloseTo(1e-4);
  });

  it("cosine falls from the peak, through half in the middle", () => {
    const schedule = scheduleNamed("cosine");
    expect([schedule(0), schedule(0.5), schedule(1)].map((share) => Number(share.toFixed(3)))).toEqual([1, 0.5, 0.001]);
  });

  it("suggests names", () => {
    expect(() => scheduleNamed("linear")).toThrow(/^unknown schedule "linear": expected one of/);
  });
});

describe("augmentation", () => {
  const picture = float32([1, 1, 28, 28], Float32Array.from({ length: 784 }, random("picture").uniform));
  const distorted = async (amounts: Augmentation, seed = "a", count = 1) => {
    const op = new Builder();
    op.output(augmentImages(op, op.input("images", "float32", ["N", 1, 28, 28]), 28, 28), "y");
    const images = float32(
      [count, 1, 28, 28],
      Float32Array.from({ length: count * 784 }, (_, i) => floats(picture)[i % 784] as number),
    );
    return floats(
      (await run(op.graph, { images, ...drawAugmentation(amounts, count, 28, 28, random(seed)) })).y as Tensor,
    );
  };

  it("leaves an image as it is when every amount is zero", async () => {
    (await distorted(still)).forEach((value, i) => expect(value).toBeCloseTo(floats(picture)[i] as number, 4));
  });

  it("draws another distortion for every image, the same for the same seed", async () => {
    const two = await distorted(lightAugmentation, "b", 2);
    expect(two.subarray(0, 784)).not.toEqual(two.subarray(784));
    expect(await distorted(lightAugmentation, "b", 2)).toEqual(two);
  });

  it("turns by no more than asked: a quarter turn sends rows to columns", async () => {
    const op = new Builder();
    op.output(augmentImages(op, op.input("images", "float32", ["N", 1, 28, 28]), 28, 28), "y");
    const { distortion } = drawAugmentation(still, 1, 28, 28, random(1));
    floats(distortion).set([0, -1, 0]);
    floats(distortion).set([1, 0, 0], 28);
    const turned = floats((await run(op.graph, { images: picture, distortion })).y as Tensor);
    for (const [row, column] of [
      [3, 5],
      [20, 11],
    ] as const) {
      expect(turned[row * 28 + column]).toBeCloseTo(floats(picture)[column * 28 + (27 - row)] as number, 4);
    }
  });
});

describe("step graph", () => {
  it("reports the cross-entropy with label smoothing, and moves against the gradient", async () => {
    const network = networks.find(({ name }) => name === "classic") as (typeof networks)[number];
    const smoothing = 0.1;
    const options = {
      network,
      shape,
      optimizer: optimizerNamed("sgd"),
      weightDecay: 0,
      labelSmoothing: smoothing,
      augment: false,
      seed: 3,
    };
    const { graph, initial, parameters } = await buildStepGraph(options, nodeRuntime);
    const pixels = new Tensor(
      "uint8",
      [4, 1, 28, 28],
      Uint8Array.from({ length: 4 * 784 }, () => 99),
    );
    const feeds = {
      pixels,
      labels: int64([0, 1, 2, 3]),
      ...initial,
      rate: float32([], [0.01]),
      step: float32([], [1]),
    };
    const first = await run(graph, feeds);
    const second = await run(graph, {
      ...feeds,
      parameters: first["parameters.next"] as Tensor,
      velocity: first["velocity.next"] as Tensor,
    });
    expect(floats(second.loss as Tensor)[0]).toBeLessThan(floats(first.loss as Tensor)[0] as number);

    const { layers, logits } = buildNetwork(network, shape, 3, false);
    layers.op.output(logits, "out");
    const images = float32(
      [4, 1, 28, 28],
      Float32Array.from({ length: 4 * 784 }, () => 99 / 255),
    );
    const scores = floats((await run(layers.graph, { images })).out as Tensor);
    let loss = 0;
    for (let i = 0; i < 4; i++) {
      const row = Array.from(scores.subarray(10 * i, 10 * i + 10));
      const log = Math.log(row.reduce((sum, s) => sum + Math.exp(s), 0));
      row.forEach((s, k) => {
        loss -= ((k === i ? 1 - smoothing : 0) + smoothing / 10) * (s - log);
      });
    }
    expect(floats(first.loss as Tensor)[0]).toBeCloseTo(loss / 4, 4);
    expect(parameters.total).toBe(222_914);
  });
});
