/** @file Observations of images: what they hold, and how the work goes on after failures and interruptions. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImageExplainer } from "../../../../src/explain/loaded-model.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import { createPicture } from "../../../../src/image/picture/picture.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import type { Observation, ObservationStore } from "../../../../src/report/collect/observe/observation.js";
import { type Observed, observeImages } from "../../../../src/report/collect/observe/observe.js";
import { type ReportImages, wholeDataset } from "../../../../src/report/collect/report-images.js";
import { digitModel, failingAt, reportedDigits } from "../reported-digits.js";

let explainer: ImageExplainer;
beforeAll(async () => {
  explainer = await (await digitModel()).explainer();
});
afterAll(() => explainer.close());

async function allOf(stream: AsyncIterable<Observed>): Promise<Observed[]> {
  const all: Observed[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

/** Keeps observations in memory, and counts them. */
function memory(
  entries: Iterable<readonly [number, Observation]> = [],
): ObservationStore & { readonly kept: number[] } {
  const observations = new Map(entries);
  const kept: number[] = [];
  return {
    kept,
    get: (index) => observations.get(index),
    has: (index) => observations.has(index),
    put: async (index, observation) => {
      kept.push(index);
      observations.set(index, observation);
    },
  };
}

/** The images, with the positions that were read. */
function counted(images: ReportImages): ReportImages & { readonly reads: number[] } {
  const reads: number[] = [];
  const read: ReportImages["read"] = (model, index) => {
    reads.push(index);
    return images.read(model, index);
  };
  return { ...wholeDataset({ ...images, read }), reads };
}

describe("observeImages(explainer, images)", () => {
  const { images } = reportedDigits(6);

  it("gives what the model says of each image and its map, in the order of the images", async () => {
    const observed = await allOf(observeImages(explainer, images));
    expect(observed.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { index, observation } of observed) {
      const { input, picture } = await images.read(explainer.model, index);
      const { predicted, maps, probabilities } = (await explainer.explain(input)).at(0);
      expect(observation?.predicted).toBe(predicted.index);
      expect(observation?.size).toEqual({ width: 28, height: 28 });
      expect(observation?.thumbnail.pixels).toEqual(picture.pixels);
      expect([observation?.map.width, observation?.map.height]).toEqual([28, 28]);
      for (const [k, probability] of probabilities.entries())
        expect(observation?.probabilities[k]).toBeCloseTo(probability, 5);
      expect(Math.max(...(observation?.map.values ?? []))).toBeLessThanOrEqual(
        Math.max(...(maps[0]?.values ?? [])) + 1e-5,
      );
    }
  });

  it("gives the shares of the evidence, and how often an exchange of the hottest region changes the prediction", async () => {
    const [first] = await allOf(observeImages(explainer, images));
    const { border, corners, object } = first?.observation?.evidence ?? {};
    expect(border?.even).toBeCloseTo(1 - 0.8 ** 2, 6);
    expect(corners?.even).toBeCloseTo(4 * 0.2 ** 2, 6);
    expect(object).toBeUndefined();
    expect(Object.keys(first?.observation?.flips ?? {})).toEqual(["hottest", "elsewhere"]);
  });

  it("gives an image that cannot be read with its error, and goes on with the others", async () => {
    const error = new FoveaError("bad-file", "two.png: image: expected a picture, got none");
    const observed = await allOf(observeImages(explainer, failingAt(images, [2], error)));
    expect(observed.map((each) => each.error)).toEqual([undefined, undefined, error, undefined, undefined, undefined]);
    expect(observed[2]?.observation).toBeUndefined();
    expect(observed[3]?.observation?.thumbnail.pixels).toEqual((await images.read(explainer.model, 3)).picture.pixels);
  });
});

describe("observeImages(explainer, images, store)", () => {
  it("reads only what the store does not have, keeps what is new, and gives all in order", async () => {
    const before = await allOf(observeImages(explainer, reportedDigits(6).images));
    const kept = before.flatMap(({ index, observation }) =>
      observation && index % 2 ? [[index, observation] as const] : [],
    );
    const images = counted(reportedDigits(6).images);
    const store = memory(kept);
    const after = await allOf(observeImages(explainer, images, store));
    // What follows are the donors of their exchanges.
    expect(images.reads.slice(0, 3)).toEqual([0, 2, 4]);
    expect(store.kept).toEqual([0, 2, 4]);
    expect(after.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const [i, { observation }] of after.entries())
      expect(observation?.predicted).toBe(before[i]?.observation?.predicted);
    expect(after[1]?.observation).toBe(before[1]?.observation);
  });

  it("does not keep an image that failed, so that it is tried again", async () => {
    const store = memory();
    const error = new FoveaError("bad-file", "one.png: image: expected a picture, got none");
    await allOf(observeImages(explainer, failingAt(reportedDigits(3).images, [1], error), store));
    expect(store.kept).toEqual([0, 2]);
    const images = counted(reportedDigits(3).images);
    const again = await allOf(observeImages(explainer, images, store));
    expect(images.reads[0]).toBe(1);
    expect(images.reads.slice(1).sort()).toEqual([0, 1, 2]);
    expect(again.every(({ observation }) => observation)).toBe(true);
  });
});

it("stops between two runs of a method of many, with what the signal was aborted with", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const images = wholeDataset({
    count: 3,
    labels: [0, 1, 2],
    nameOf: () => undefined,
    boxesOf: () => undefined,
    mirrored: false,
    async read() {
      setTimeout(() => stop.abort(reason));
      const box = { x: 0, y: 0, width: 28, height: 28 };
      const pixels = Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7);
      return { input: float32([1, 1, 28, 28], pixels), picture: createPicture(28, 28, 1, new Uint8Array(784)), box };
    },
  });
  const long = await (await digitModel()).explainer({ method: "rise", samples: 100_000 });
  // All of it would take minutes.
  await expect(observeImages(long, images, undefined, stop.signal).next()).rejects.toBe(reason);
  await long.close();
});
