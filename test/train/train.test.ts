/** @file Training: reproducible, resumable, and equal to a computation by hand. */

import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import type { Graph } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { floats, type Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.js";
import { trainingSettings } from "../../src/train/network/recipes.js";
import { type Checkpoint, type TrainingSettings, type TrainOptions, trainNetwork } from "../../src/train/train.js";
import { measureAccuracy, predictAll } from "../../src/train/validate.js";
import { runtime } from "../support/runtime.js";
import { share } from "../support/share.js";

const digits = drawDigits({ seed: 1, train: 300, test: 100 });
/** Enough to see that two trainings are the same one. */
const few = drawDigits({ seed: 1, train: 96, test: 20 });
const compact = trainingSettings("compact", { epochs: 2, batchSize: 16 });
const train = (options: Partial<TrainOptions> = {}, settings = compact) =>
  trainNetwork(few.train, few.test, 10, settings, { runtime, ...options });
const trainLong = (settings: TrainingSettings) => trainNetwork(digits.train, digits.test, 10, settings, { runtime });
const bytesOf = (state: Checkpoint["state"]) =>
  Object.entries(state).map(([name, tensor]) => [name, Buffer.from(tensor.bytes).toString("base64")]);

describe("trainNetwork", () => {
  const saved: Uint8Array[] = [];
  let whole: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    whole = await train({ onEpoch: (checkpoint) => void saved.push(encodeCheckpoint(checkpoint)) });
  }, 30_000);

  it("gives the same weights bit for bit for the same seed, and others for another", async () => {
    const [a, b, c] = [whole, await train(), await train({}, { ...compact, epochs: 1, seed: 2 })];
    expect(bytesOf(b.state)).toEqual(bytesOf(a.state));
    expect(bytesOf(c.state)).not.toEqual(bytesOf(a.state));
  });

  it("gives the same weights bit for bit when resumed from a checkpoint file", async () => {
    const from = decodeCheckpoint(saved[0] as Uint8Array);
    expect(from.history).toHaveLength(1);
    const resumed = await train({ from });
    expect(bytesOf(resumed.state)).toEqual(bytesOf(whole.state));
    expect(resumed.history.map(({ trainLoss }) => trainLoss)).toEqual(whole.history.map(({ trainLoss }) => trainLoss));
  });

  it("keeps the last finished epoch when stopped in the middle of one", async () => {
    const stop = new AbortController();
    const first: Checkpoint[] = [];
    const stopped = await train({
      signal: stop.signal,
      onEpoch: (checkpoint) => void first.push(checkpoint),
      onStep: ({ epoch, step }) => void (epoch === 2 && step === 3 && stop.abort()),
    });
    expect(stopped.finished).toBe(false);
    expect(stopped.history).toHaveLength(1);
    expect(bytesOf(stopped.state)).toEqual(bytesOf((first[0] as Checkpoint).state));
  });

  it("waits after each step, and hands out the network as it is then", async () => {
    const settings = trainingSettings("compact", { epochs: 1, batchSize: 16 });
    const [seen, losses]: [Graph[], number[]] = [[], []];
    let waiting = 0;
    const { graph } = await train(
      {
        async onStep({ loss }, snapshot) {
          expect(++waiting).toBe(1);
          seen.push(snapshot());
          losses.push(loss);
          await new Promise((resolve) => setTimeout(resolve, 1));
          waiting--;
        },
      },
      settings,
    );
    const weights = ({ initializers }: Graph) =>
      [...initializers].map(([name, tensor]) => [name, Buffer.from(tensor.bytes).toString("base64")]);
    expect(seen).toHaveLength(6);
    expect(new Set(seen.map((each) => JSON.stringify(weights(each)))).size).toBe(6);
    expect(weights(seen[5] as Graph)).toEqual(weights(graph));
    // Nobody who looks on changes what is learned.
    const alone: number[] = [];
    await train({ onStep: ({ loss }) => void alone.push(loss) }, settings);
    expect(alone).toEqual(losses);
  });

  it("learns: the loss falls, and the exported network is right far above chance", async () => {
    const { history, graph } = await trainLong(trainingSettings("classic", { epochs: 4, batchSize: 50 }));
    const losses = history.map(({ trainLoss }) => trainLoss);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    const { accuracy } = await measureAccuracy(readModel(writeModel(graph)), digits.test, runtime);
    expect(accuracy).toBeGreaterThan(0.6);
    expect(accuracy).toBe(history[3]?.validationAccuracy);
  });

  it("hands out probabilities that sum to 1, from a graph of plain operators", async () => {
    const { graph } = await train({}, { ...compact, epochs: 1 });
    const probabilities = await predictAll(graph, digits.test, runtime);
    for (let i = 0; i < 100; i++)
      expect(probabilities.subarray(10 * i, 10 * i + 10).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(new Set(graph.nodes.map(({ op }) => op))).toEqual(
      new Set(["Conv", "MaxPool", "BatchNormalization", "Relu", "GlobalAveragePool", "Flatten", "Gemm", "Softmax"]),
    );
  });

  it.each(share(["adam", "sgd"], 2))("trains with %s", async (optimizer) => {
    const settings = trainingSettings("classic", { epochs: 3, batchSize: 50, optimizer, schedule: "cosine" });
    const { history } = await trainLong(settings);
    expect(history[2]?.trainLoss).toBeLessThan((history[0]?.trainLoss as number) * 0.97);
  });
});

describe("running statistics", () => {
  it("are those of the training, not of the image that is classified", async () => {
    const { graph } = await train({}, { ...compact, epochs: 1 });
    const mean = floats(graph.initializers.get("stage1.1.norm.running_mean") as Tensor);
    expect(mean.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    const all = await predictAll(graph, digits.test, runtime);
    const one = await predictAll(graph, { ...digits.test, count: 1 }, runtime);
    one.forEach((value, i) => expect(value).toBeCloseTo(all[i] as number, 5));
  });
});
