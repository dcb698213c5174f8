/** @file What a report gathers of models and images: every model on the same images, and nothing twice. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareImages } from "../../../src/cli/inputs/models.js";
import { drawDigits } from "../../../src/data/digits/digits.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { collectReport } from "../../../src/report/collect/collect-report.js";
import { type Observation, observeImages } from "../../../src/report/collect/observe/observe.js";
import { type ReportedData, reportedDataset } from "../../../src/report/collect/report-images.js";
import { runtime } from "../../support/runtime.js";

type Explainer = Awaited<ReturnType<LoadedModel["explainer"]>>;

const count = 24;
const dataset = drawDigits({ train: 0, test: count });
const data = reportedDataset(dataset, prepareImages);
const encode = async () => "data:,";

/** The same data with images that cannot be read. */
function withBroken(...broken: readonly number[]): ReportedData {
  const { read } = data.images;
  return {
    ...data,
    images: {
      ...data.images,
      async read(model, index) {
        if (broken.includes(index)) throw new FoveaError("bad-file", `image ${index}: expected pixels, got none`);
        return read(model, index);
      },
    },
  };
}

function memory() {
  const kept = new Map<number, Observation>();
  const put = async (index: number, observation: Observation) => void kept.set(index, observation);
  return { kept, get: (index: number) => kept.get(index), put };
}

async function observed(explainer: Explainer, { images }: ReportedData, store = memory()) {
  const found = [];
  for await (const each of observeImages(explainer, images, store)) found.push(each);
  return { found, store };
}

let last: Explainer;
let early: Explainer;
beforeAll(async () => {
  const model = await loadModel(undefined, { runtime });
  last = await model.explainer();
  early = await model.explainer({ layer: "stage1.1.relu" });
});
afterAll(() => Promise.all([last?.close(), early?.close()]));

describe("observeImages(explainer, images, store)", () => {
  it("tells of each image what the model says and where it looks, in their order", async () => {
    const { found } = await observed(last, data);
    expect(found.map(({ index }) => index)).toEqual([...Array(count).keys()]);
    for (const { index, observation } of found) {
      const { probabilities, predicted, size, thumbnail, map } = observation as Observation;
      const { input } = await data.images.read(last.model, index);
      const explanation = await last.explain(input);
      expect(predicted).toBe(explanation.predicted[0]);
      expect(probabilities.indexOf(Math.max(...probabilities))).toBe(predicted);
      expect([size, thumbnail.width, map.width, map.height]).toEqual([{ width: 28, height: 28 }, 28, 28, 28]);
    }
  });

  it("gives what was kept without reading its image, and keeps what is new", async () => {
    const { found, store } = await observed(last, data);
    store.kept.delete(5);
    const again = await observed(last, withBroken(0, 1, 2, 3, 4, 6), store);
    expect(again.found.map(({ error }) => error)).toEqual(Array(count).fill(undefined));
    expect(again.found[4]?.observation).toBe(found[4]?.observation);
    expect(store.kept.get(5)).toEqual(found[5]?.observation);
  });

  it("goes on after an image that cannot be read, and keeps nothing of it", async () => {
    const { found, store } = await observed(last, withBroken(3));
    expect(found.filter(({ error }) => error).map(({ index, error }) => [index, error?.code])).toEqual([
      [3, "bad-file"],
    ]);
    expect(store.kept.size).toBe(count - 1);
  });
});

describe("collectReport(models, data, options)", () => {
  it("measures every model, compares each with the one before, and tells how far it is", async () => {
    const progress: (readonly [number, number])[] = [];
    const models = [
      { name: "early", explainer: early, description: "looks at edges" },
      { name: "last", explainer: last },
    ];
    const onProgress = (done: number, total: number) => void progress.push([done, total]);
    const { report, images, failed } = await collectReport(models, data, { encode, errors: 2, onProgress });
    expect([failed, images.count]).toEqual([[], count]);
    expect(progress).toEqual(Array.from({ length: 2 * count }, (_, i) => [i + 1, 2 * count]));
    expect(report.models.map(({ name, description }) => [name, description])).toEqual([
      ["early", "looks at edges"],
      ["last", undefined],
    ]);
    const explained = report.models.map(({ layers }) =>
      layers?.filter((layer) => layer.explained).map(({ name }) => name),
    );
    expect(explained).toEqual([["stage1.1.relu"], [last.layer.name]]);
    const [first, second] = report.models;
    expect(first?.evaluation.count).toBe(count);
    expect(second?.evaluation.correct).toBe(first?.evaluation.correct);
    expect(second?.errors?.length).toBeLessThanOrEqual(2);
    expect(report.comparisons).toHaveLength(1);
    expect(report.maps.method).toBe("Grad-CAM");
  });

  it("counts means and samples by class", async () => {
    const { report } = await collectReport([{ name: "last", explainer: last }], data, { encode });
    const { labels } = dataset.test;
    const of = (label: number) => [...labels].filter((each) => each === label).length;
    expect(report.data.samples?.map(({ label, pictures }) => [label, pictures.length])).toEqual(
      data.classes.flatMap((_, label) => (of(label) > 0 ? [[label, Math.min(6, of(label))]] : [])),
    );
    const [model] = report.models;
    const means = model?.meanMaps?.reduce((sum, mean) => sum + mean.count, 0);
    expect(means).toBe(model?.evaluation.correct);
  });

  it("leaves an image that one model cannot see out for all, and says which it was", async () => {
    const models = [
      { name: "early", explainer: early },
      { name: "last", explainer: last },
    ];
    const { report, images, failed } = await collectReport(models, withBroken(0, 7), { encode });
    expect(failed.map(({ index, error }) => [index, error.code])).toEqual([
      [0, "bad-file"],
      [7, "bad-file"],
    ]);
    expect(report.models.map(({ evaluation }) => evaluation.count)).toEqual([count - 2, count - 2]);
    expect(images.labels[0]).toBe(dataset.test.labels[1]);
  });

  it("refuses data of which nothing can be explained, with the reason", async () => {
    const all = withBroken(...Array(count).keys());
    await expect(collectReport([{ name: "last", explainer: last }], all, { encode })).rejects.toMatchObject({
      code: "bad-input",
      message: `digits: none of ${count} images can be explained: image 0: image 0: expected pixels, got none`,
    });
  });
});
