/** @file What every metric must do, whatever it measures. */

import { beforeAll, describe, expect, it } from "vitest";
import { metrics } from "../../../src/evaluate/metrics/index.js";
import type { Metric } from "../../../src/evaluate/metrics/metric.js";
import { methodMaps } from "../../../src/evaluate/trial/map-source.js";
import { createPerturbedModel } from "../../../src/evaluate/trial/perturbed-model.js";
import type { PerturbedModel, Trial } from "../../../src/evaluate/trial/trial.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Explainer } from "../../../src/explain/options.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { type FloatMap, floatMap } from "../../../src/image/map/heatmap.js";
import { openModel } from "../../../src/model/open.js";
import { singleImages } from "../../../src/model/run/batches.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

const [height, width] = [8, 12];

/** Colour images of 8 x 12; `features` is of 4 x 6. */
async function network(layout: "nchw" | "nhwc" = "nchw", batch: 1 | "N" = "N") {
  const op = new Builder();
  const x = op.input("x", "float32", layout === "nhwc" ? [batch, height, width, 3] : [batch, 3, height, width]);
  const planes = layout === "nhwc" ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x;
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const conv = op.Conv(planes, weight([4, 3, 3, 3], "w1"), { pads: [1, 1, 1, 1], strides: [2, 2] });
  const features = op.named("features", op.Relu(conv));
  op.output(op.Softmax(op.Gemm(op.Flatten(features), weight([96, 3], "w2")), { axis: 1 }), "y");
  const channels = { channels: 3, mean: [0.5, 0.4, 0.3], std: [0.5, 0.5, 0.5] } as const;
  const preprocessing: Preprocessing = { ...channels, width, height, scale: 1 / 255, layout };
  return openModel(op.graph, runtime, "small", { given: { origin: "as given", preprocessing } });
}

const image = randomTensor([1, 3, height, width], "image");
const boxes = [{ x: 2, y: 1, width: 5, height: 4 }];

let [model, explainer]: [PerturbedModel?, Explainer?] = [];
let trial: Trial;

beforeAll(async () => {
  const opened = await network();
  model = createPerturbedModel(opened, { runtime });
  explainer = await createExplainer(opened, { runtime, layer: "features" });
  trial = await trialOf(model, explainer, image);
  return async () => {
    await model?.close();
    await explainer?.close();
  };
});

async function trialOf(network: PerturbedModel, explainer: Explainer, image: Tensor): Promise<Trial> {
  const source = methodMaps(explainer);
  const explain = (images: Tensor) => source.maps(images, 1, 1);
  const [map] = await explain(image);
  return { network, image, target: 1, map: map as FloatMap, boxes, explain, seed: 1 };
}

function channelsLast(image: Tensor): Tensor {
  const [values, area] = [floats(image), height * width];
  const turned = values.map((_, i) => values[(i % 3) * area + Math.floor(i / 3)] as number);
  return float32([1, height, width, 3], turned);
}

const blank = floatMap(6, 4, new Float32Array(24));

describe.each(metrics.map((metric): [string, Metric] => [metric.name, metric]))("%s", (_name, metric) => {
  /** A trial is measured once; this one has not been. */
  const measure = (changes: Partial<Trial> = {}) => metric.measure({ ...trial, ...changes });

  it("says what it is", () => {
    for (const text of [metric.title, metric.paper, metric.baseline, metric.passes]) expect(text).not.toBe("");
    expect(metric.weakness).toMatch(/^[A-Z].+[^.]\.$/);
    expect(metric.paper).toMatch(/\d{4}$/);
  });

  it("gives one finite number, the same for the same seed and in any unit of the map", async () => {
    const value = await measure();
    expect(value).toSatisfy(Number.isFinite);
    expect(await measure()).toBe(value);
    const scaled = (map: FloatMap) => ({ ...map, values: map.values.map((each) => 8 * each) });
    const explain = async (images: Tensor) => (await trial.explain(images)).map(scaled);
    expect(await measure({ map: scaled(trial.map), explain })).toBeCloseTo(value as number, 5);
  });

  it("has an answer for a map of zeros, or none, but no error", async () => {
    const value = await measure({ map: blank, explain: async (images) => Array(images.dims[0]).fill(blank) });
    expect(value === undefined || Number.isFinite(value)).toBe(true);
  });

  it("measures an image that is the same everywhere", async () => {
    const grey = float32(image.dims, new Float32Array(image.size).fill(0.25));
    expect(await measure({ image: grey })).toSatisfy((value) => value === undefined || Number.isFinite(value));
  });

  it("measures a map of a single place, which is one that is the same everywhere", async () => {
    const point = floatMap(1, 1, Float32Array.of(2));
    const even = floatMap(width, height, new Float32Array(width * height).fill(2));
    const [one, all] = await Promise.all(
      [point, even].map((map) => measure({ map, explain: async (images) => Array(images.dims[0]).fill(map) })),
    );
    expect(one).toSatisfy(Number.isFinite);
    expect(one).toBeCloseTo(all as number, 6);
  });

  it("refuses a map with what is no number", async () => {
    const broken = { ...blank, values: blank.values.map((_, i) => (i === 7 ? Number.NaN : i)) };
    await expect(measure({ map: broken })).rejects.toThrow("expected a finite number, got NaN");
  });

  it("takes as many of the class's own maps at once as it asks for, or one by one", async () => {
    const value = await measure();
    const explain = async (images: Tensor) => {
      const maps = [];
      for (const one of singleImages(images)) maps.push(...(await trial.explain(one)));
      return maps;
    };
    expect(await measure({ explain })).toBeCloseTo(value as number, 5);
  });

  it("ends with what stops the model or the method, whenever that is", async () => {
    const stopped = new DOMException("stopped", "AbortError");
    let [asked, end] = [0, Number.POSITIVE_INFINITY];
    const watched = <Rest extends unknown[], Result>(call: (...rest: Rest) => Promise<Result>) => {
      return async (...rest: Rest) => {
        if (asked++ >= end) throw stopped;
        return call(...rest);
      };
    };
    const { network } = trial;
    const asking = {
      network: {
        ...network,
        probabilities: watched(network.probabilities),
        blended: watched(network.blended),
        imputed: watched(network.imputed),
      },
      explain: watched(trial.explain),
    };
    expect(await measure(asking)).toSatisfy(Number.isFinite);
    const calls = asked;
    for (end = 0; end < calls; end++) {
      asked = 0;
      await expect(measure(asking)).rejects.toBe(stopped);
    }
  });

  it("gives the same for a model that has its channels last, and for one that takes one image at a time", async () => {
    let noisy = false;
    const drawing = <Rest extends unknown[], Result>(call: (...rest: Rest) => Result) => {
      return (...rest: Rest) => {
        noisy = true;
        return call(...rest);
      };
    };
    const { imputed, jittered } = trial.network;
    const value = await measure({
      network: { ...trial.network, imputed: drawing(imputed), jittered: drawing(jittered) },
    });
    for (const [layout, batch] of [
      ["nhwc", "N"],
      ["nchw", 1],
    ] as const) {
      const opened = await network(layout, batch);
      const other = createPerturbedModel(opened, { runtime });
      const explainer = await createExplainer(opened, { runtime, layer: "features" });
      const turned = layout === "nchw" ? image : channelsLast(image);
      // The same noise would lie in another order.
      if (!noisy || layout === "nchw") {
        expect(await metric.measure(await trialOf(other, explainer, turned))).toBeCloseTo(value as number, 4);
      }
      await other.close();
      await explainer.close();
    }
  });
});
