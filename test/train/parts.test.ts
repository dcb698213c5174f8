/** @file The parts of a training step, each against its definition. */

import { describe, expect, it } from "vitest";
import { random } from "../../src/foundation/random.js";
import { Builder } from "../../src/onnx/builder.js";
import { float32, floats, int64, Tensor } from "../../src/onnx/tensor.js";
import { buildNetwork, fromScratch, networks } from "../../src/train/network/networks.js";
import { type Augmentation, augmentImages, drawAugmentation, lightAugmentation } from "../../src/train/step/augment.js";
import { classWeights, epochOrder } from "../../src/train/step/balance.js";
import { optimizerNamed } from "../../src/train/step/optimizer.js";
import { scheduleNamed } from "../../src/train/step/schedule.js";
import { buildStepGraph } from "../../src/train/step/step-graph.js";
import { run } from "../support/models/run.js";
import { runtime } from "../support/runtime.js";

const shape = { channels: 1, height: 28, width: 28, classes: 10 };
const dims = [1, 28, 28];
const still: Augmentation = { rotate: 0, shift: 0, scale: 0, shear: 0, elastic: 0 };

describe("networks", () => {
  it.each([
    ["classic", 222_914],
    ["compact", 18_246],
    ["accurate", 97_146],
  ])("%s has %i parameters", (name, expected) => {
    const network = networks.find((each) => each.name === name);
    const { graph, parameters } = buildNetwork(network as (typeof networks)[number], shape, 1, true);
    const sizes = parameters.map((parameter) => graph.initializers.get(parameter)?.size ?? 0);
    expect(sizes.reduce((a, b) => a + b)).toBe(expected);
  });

  it("refuse images that are smaller than their kernels", () => {
    const tiny = { ...shape, height: 5 };
    const build = () => buildNetwork(networks[0] as (typeof networks)[number], tiny, 1, true);
    expect(build).toThrow("network classic: expected images of 6 x 6 pixels or more, got 5 x 28: take compact");
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
    op.output(augmentImages(op, op.input("images", "float32", ["N", 1, 28, 28]), dims, amounts), "y");
    const images = float32(
      [count, 1, 28, 28],
      Float32Array.from({ length: count * 784 }, (_, i) => floats(picture)[i % 784] as number),
    );
    return floats(
      (await run(op.graph, { images, ...drawAugmentation(amounts, count, dims, random(seed)) })).y as Tensor,
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
    op.output(augmentImages(op, op.input("images", "float32", ["N", 1, 28, 28]), dims, still), "y");
    const { distortion } = drawAugmentation(still, 1, dims, random(1));
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

  it("mirrors with the given probability", async () => {
    const mirrored = await distorted({ ...still, flip: 1 });
    mirrored.forEach((value, i) => {
      const column = i % 28;
      expect(value).toBeCloseTo(floats(picture)[i - column + (27 - column)] as number, 4);
    });
    const { distortion } = drawAugmentation({ ...still, flip: 0.3 }, 4000, dims, random(5));
    const flips = Array.from({ length: 4000 }, (_, i) => floats(distortion)[i * 2 * 28] as number);
    expect(flips.filter((factor) => factor === -1).length / 4000).toBeCloseTo(0.3, 1);
    expect(flips.every((factor) => Math.abs(factor) === 1)).toBe(true);
  });

  it("cuts within the image, down to the given share of its area", () => {
    const { distortion } = drawAugmentation({ ...still, crop: 0.6 }, 2000, dims, random(6));
    const kept = Array.from({ length: 2000 }, (_, i) => {
      const row = floats(distortion).subarray(i * 2 * 28, (i + 1) * 2 * 28);
      const [sx = 0, , tx = 0] = row;
      const [, sy = 0, ty = 0] = row.subarray(28);
      expect(Math.abs(tx) + sx).toBeLessThanOrEqual(1.000001);
      expect(Math.abs(ty) + sy).toBeLessThanOrEqual(1.000001);
      return sx * sy;
    });
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(0.4 - 1e-6);
    expect(Math.min(...kept)).toBeLessThan(0.45);
    expect(Math.max(...kept)).toBeGreaterThan(0.95);
  });

  const [red, green, blue] = [0.8, 0.3, 0.1];
  const colourful = async (amounts: Augmentation, edit: (random: Record<string, Tensor>) => void) => {
    const op = new Builder();
    op.output(augmentImages(op, op.input("images", "float32", ["N", 3, 4, 4]), [3, 4, 4], amounts), "y");
    const planes = [red, green, blue].flatMap((value) => Array<number>(16).fill(value));
    const numbers = drawAugmentation(amounts, 1, [3, 4, 4], random(7));
    edit(numbers);
    return floats((await run(op.graph, { images: float32([1, 3, 4, 4], planes), ...numbers })).y as Tensor);
  };

  it("changes brightness, contrast about mid-grey and saturation, within 0 to 1", async () => {
    const source = random(7);
    for (let i = 0; i < 5; i++) source.uniform(); // turn, two sizes, shear, and the shifts
    source.uniform();
    const [b, k, s] = [0, 0, 0].map(() => 1 + 0.4 * (2 * source.uniform() - 1)) as [number, number, number];
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    const expected = [red, green, blue].map((c) =>
      Math.min(1, Math.max(0, b * (k * (s * c + (1 - s) * grey - 0.5) + 0.5))),
    );
    const got = await colourful({ ...still, colour: 0.4 }, () => {});
    expected.forEach((value, c) => expect(got[16 * c + 5]).toBeCloseTo(value, 5));
  });

  it("hides the pixels of a rectangle, and no others, behind grey", async () => {
    const got = await colourful({ ...still, erase: 0.5 }, (numbers) => {
      numbers["erase.rows"] = float32([1, 2], [1, 3]);
      numbers["erase.columns"] = float32([1, 2], [0, 2]);
    });
    const plane = Array.from({ length: 16 }, (_, i) => ([4, 5, 8, 9].includes(i) ? 0.5 : red));
    plane.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));
  });

  it("hides at most the given share, of every other image", () => {
    const numbers = drawAugmentation({ ...still, erase: 0.25 }, 2000, [3, 100, 100], random(8));
    const [rows, columns] = [floats(numbers["erase.rows"] as Tensor), floats(numbers["erase.columns"] as Tensor)];
    const areas = Array.from({ length: 2000 }, (_, i) => {
      const side = (bounds: Float32Array) => (bounds[2 * i + 1] as number) - (bounds[2 * i] as number);
      return side(rows) * side(columns);
    });
    expect(areas.filter((area) => area === 0).length / 2000).toBeCloseTo(0.5, 1);
    expect(Math.max(...areas)).toBeLessThan(0.25 * 10000 * 1.05);
    expect(Math.max(...rows, ...columns)).toBeLessThanOrEqual(100);
  });
});

describe("balance", () => {
  const labels = [0, 0, 0, 0, 0, 0, 1, 1, 2];

  it("weighs classes against their size, with mean 1", () => {
    expect(classWeights(labels, 3)).toEqual([0.5, 1.5, 3]);
    expect(labels.reduce((sum, label) => sum + (classWeights(labels, 3)[label] as number), 0)).toBeCloseTo(9);
    expect(classWeights([0, 0, 2], 3)).toEqual([0.75, 0, 1.5]);
  });

  it("draws every class equally often, and every example otherwise once", () => {
    const counts = (balance: "none" | "sampling") =>
      Array.from({ length: 200 }, (_, epoch) => epochOrder(labels, balance, random(epoch)))
        .flatMap((order) => [...order])
        .reduce((sums, index) => sums.with(index, (sums[index] as number) + 1), Array<number>(9).fill(0));
    expect(counts("none")).toEqual(Array(9).fill(200));
    const drawn = counts("sampling");
    expect(drawn.slice(0, 6).reduce((a, b) => a + b)).toBe(600);
    expect(drawn.slice(6, 8).reduce((a, b) => a + b)).toBe(600);
    expect(drawn[8]).toBe(600);
  });
});

describe("one score for two classes", () => {
  it("has the loss of a softmax over 0 and the score, weighted by class", async () => {
    const network = networks.find(({ name }) => name === "classic") as (typeof networks)[number];
    const two = { ...shape, classes: 2 };
    const options = { optimizer: optimizerNamed("sgd"), weightDecay: 0, labelSmoothing: 0, augmentation: null };
    const { graph, initial } = await buildStepGraph(
      fromScratch(network, two, { seed: 3, head: "sigmoid" }),
      { ...options, classWeights: [0.5, 2] },
      runtime,
    );
    const source = random("pixels");
    const pixels = Uint8Array.from({ length: 3 * 784 }, () => source.below(256));
    const labels = [0, 1, 1];
    const results = await run(graph, {
      examples: new Tensor("uint8", [3, 1, 28, 28], pixels),
      labels: int64(labels),
      ...initial,
      rate: float32([], [0.01]),
      step: float32([], [1]),
    });
    const plain = buildNetwork(network, { ...shape, classes: 1 }, 3, false);
    new Builder(plain.graph).output(plain.logits, "out");
    const images = float32(
      [3, 1, 28, 28],
      Float32Array.from(pixels, (value) => value / 255),
    );
    const scores = floats((await run(plain.graph, { images })).out as Tensor);
    const losses = labels.map((label, i) => {
      const probability = 1 / (1 + Math.exp(-(scores[i] as number)));
      return label === 1 ? -2 * Math.log(probability) : -0.5 * Math.log(1 - probability);
    });
    expect(floats(results.loss as Tensor)[0]).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 5);
    const right = labels.filter((label, i) => (scores[i] as number) > 0 === (label === 1)).length;
    expect(floats(results.correct as Tensor)[0]).toBe(right);
  });
});

describe("step graph", () => {
  it("reports the cross-entropy with label smoothing, and moves against the gradient", async () => {
    const network = networks.find(({ name }) => name === "classic") as (typeof networks)[number];
    const smoothing = 0.1;
    const options = {
      optimizer: optimizerNamed("sgd"),
      weightDecay: 0,
      labelSmoothing: smoothing,
      augmentation: null,
    };
    const trainable = fromScratch(network, shape, { seed: 3, head: "softmax" });
    const { graph, initial, parameters } = await buildStepGraph(trainable, options, runtime);
    const pixels = new Tensor(
      "uint8",
      [4, 1, 28, 28],
      Uint8Array.from({ length: 4 * 784 }, () => 99),
    );
    const feeds = {
      examples: pixels,
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

    const plain = buildNetwork(network, shape, 3, false);
    new Builder(plain.graph).output(plain.logits, "out");
    const images = float32(
      [4, 1, 28, 28],
      Float32Array.from({ length: 4 * 784 }, () => 99 / 255),
    );
    const scores = floats((await run(plain.graph, { images })).out as Tensor);
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
