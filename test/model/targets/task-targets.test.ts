/** @file The targets of maps and of measured numbers, by hand. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { createMapReader, scaleOf } from "../../../src/model/run/read-map.js";
import { highRegion } from "../../../src/model/targets/high-region.js";
import { targetOfTask } from "../../../src/model/targets/of-task.js";
import { outputOf } from "../../../src/model/targets/output.js";
import { measuresNumbers, outputNumbers } from "../../../src/model/targets/output-numbers.js";
import { type Target, withTarget } from "../../../src/model/targets/target.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";

const [width, height] = [5, 4];
const image = (values: readonly number[]) =>
  float32(
    [values.length / 20, 1, height, width],
    values.map((value) => value),
  );
const places = (at: Readonly<Record<number, number>>, rest = 0) =>
  Array.from({ length: width * height }, (_, i) => at[i] ?? rest);

/** The image as it is, as a map; behind a sigmoid where that is asked for. */
async function mapOf(ending: "sigmoid" | "none" = "none"): Promise<Model> {
  const op = new Builder();
  const features = op.named("features", op.Identity(op.input("x", "float32", ["N", 1, height, width])));
  op.output(ending === "sigmoid" ? op.Sigmoid(op.Neg(op.Neg(features))) : op.Neg(op.Neg(features)), "plane");
  return openModel(op.graph, runtime);
}

async function scoreOf(model: Model, images: Tensor, target: Target): Promise<number[]> {
  return Array.from(floats(await outputOf(await withTarget(model, target, runtime), images, runtime)));
}

describe("the mean of a map over its high places", () => {
  it("is over 1/2, over 0, over half of the largest, or of the largest alone", async () => {
    const model = await mapOf();
    const images = image([
      ...places({ 0: 0.9, 7: 0.7 }, 0.1),
      ...places({ 0: 3, 1: 1, 2: -4 }, -1),
      ...places({ 0: 8, 1: 6, 2: 3 }, 1),
      ...places({ 3: 0.4 }, 0.1),
    ]);
    const near = [0.8, 2, 7, 0.4].map((value) => expect.closeTo(value, 5));
    expect(await scoreOf(model, images, highRegion())).toEqual(near);
    const limits = [0, 1, 2, 3].map((i) => scaleOf(floatMap(width, height, floats(images).slice(20 * i, 20 * i + 20))));
    expect(limits.map(({ limit }) => limit)).toEqual([0.5, 0, 4, expect.closeTo(0.4, 6)]);
    expect(limits.map(({ peak, signed }) => [peak, signed])).toEqual([
      [1, false],
      [4, true],
      [8, false],
      [1, false],
    ]);
  });

  it("is of the values before a sigmoid, and its gradient is shared by the high places alone", async () => {
    const model = await mapOf("sigmoid");
    expect(model.task).toEqual({ name: "map", output: "plane", score: undefined });
    const images = image(places({ 0: 2, 7: 4 }, -3));
    expect(await scoreOf(model, images, highRegion())).toEqual([expect.closeTo(3, 5)]);
    const target = targetOfTask(model);
    if (target === undefined) throw new Error("no target");
    const explainer = await createExplainer(await withTarget(model, target, runtime), {
      ...{ runtime, layer: "features", method: "hires-cam" },
    });
    const { evidence } = await explainer.explain(images, { classes: [0] });
    await explainer.close();
    // Half of each: the gradient is 1/2 at both.
    expect(Array.from(floats(evidence))).toEqual(places({ 0: 1, 7: 2 }).map((value) => expect.closeTo(value, 5)));
  });

  it("is refused for an output that is no map", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, height, width]);
    op.output(op.ReduceMean(x, op.ints([2, 3]), { keepdims: 0 }), "y");
    const model = await openModel(op.graph, runtime);
    await expect(withTarget(model, highRegion(), runtime)).rejects.toThrow(
      /^map: expected an output \[N, 1, H, W\] or \[N, H, W\], got y \[N, 3\]$/,
    );
    expect(() => createMapReader(model, { runtime })).toThrow(
      /^map: expected a model that gives one, got a model for classification$/,
    );
  });
});

describe("the map that a network gives", () => {
  it("is read with its score", async () => {
    const op = new Builder();
    const map = op.Sigmoid(op.input("x", "float32", ["N", 1, height, width]));
    op.output(op.ReduceMax(map, op.ints([1, 2, 3]), { keepdims: 0 }), "pred_score");
    op.output(map, "anomaly_map");
    const reader = createMapReader(await openModel(op.graph, runtime), { runtime });
    const { map: found, score } = await reader.read(image(places({ 6: 1 })));
    await reader.close();
    const share = 1 / (1 + Math.exp(-1));
    expect([found.width, found.height, score]).toEqual([width, height, expect.closeTo(share, 6)]);
    expect(Array.from(found.values)).toEqual(places({ 6: share }, 0.5).map((value) => expect.closeTo(value, 6)));
    await expect(reader.read(image(places({})))).rejects.toMatchObject({ code: "closed" });
  });
});

describe("numbers that a network measures", () => {
  const measuring = async (count: number, name: string) => {
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 1, height, width])));
    const sums = op.ReduceSum(features, op.ints([2, 3]), { keepdims: 0 });
    op.output(
      op.MatMul(
        sums,
        op.constant(
          float32(
            [1, count],
            Array.from({ length: count }, (_, i) => 10 - i),
          ),
        ),
      ),
      name,
    );
    return openModel(op.graph, runtime);
  };

  it("are called as their output is, and have no probabilities", async () => {
    const one = await withTarget(await measuring(1, "age"), outputNumbers(), runtime);
    expect([one.card.classes, one.ending, one.classCount]).toEqual([["age"], "none", 1]);
    const three = await withTarget(await measuring(3, "pose"), outputNumbers(), runtime);
    expect(three.card.classes).toEqual(["pose 0", "pose 1", "pose 2"]);
    expect([measuresNumbers(three), measuresNumbers(await measuring(3, "pose"))]).toEqual([true, false]);
  });

  it("are those of the file", async () => {
    const model = await measuring(3, "pose");
    expect(targetOfTask(model)?.title).toBe(outputNumbers().title);
    expect(await scoreOf(model, image(places({ 0: 1, 4: 2 })), outputNumbers())).toEqual([30, 27, 24]);
  });
});
