/** @file The page's doubtful labels are those of a report on the same images. */

import { afterAll, beforeAll, expect, it } from "vitest";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { decodeImage } from "../../../src/image/node.js";
import type { Classifier } from "../../../src/model/run/classifier.js";
import { readImage } from "../../../src/model/run/read-image.js";
import { floats } from "../../../src/onnx/tensor.js";
import { gatheredImages } from "../../../src/report/collect/collect-report.js";
import { confidenceOf } from "../../../src/report/collect/confidence.js";
import { collectErrors } from "../../../src/report/collect/errors/collect-errors.js";
import { liveGallery } from "../../../src/report/collect/gallery/gallery.js";
import { makersOf } from "../../../src/report/collect/gallery/makers.js";
import { factsOf } from "../../../src/report/collect/gather/gather.js";
import { RowTable } from "../../../src/report/collect/observe/rows.js";
import { wholeDataset } from "../../../src/report/collect/report-images.js";
import { studyOf } from "../../../src/report/collect/study.js";
import { doubtLabels } from "../../../web/src/audit/engine/doubts.js";
import { type DigitFile, digitFiles } from "../../support/images/digit-folder.js";
import { runtime } from "../../support/runtime.js";

/** Digits in the folder of the next one. */
const misplaced = 8;
const classes = Array.from({ length: 10 }, (_, i) => String(i));

let model: LoadedModel;
let classifier: Classifier;
let files: readonly DigitFile[];
let labels: readonly number[];
const answers = new Map<number, Float32Array>();

beforeAll(async () => {
  model = await loadModel(undefined, { runtime });
  classifier = model.classifier();
  files = await digitFiles(600);
  labels = files.map(({ digit }, i) => (i < misplaced ? (digit + 1) % 10 : digit));
  for (const [i, { bytes }] of files.entries())
    answers.set(i, floats(await classifier.classify((await model.readImage(bytes)).input)).slice());
}, 60_000);
afterAll(() => classifier.close());

const pictures = { glance: async (id: number) => ({ picture: await decodeImage((files[id] as DigitFile).bytes) }) };

function asked(count: number) {
  return labels.slice(0, count).map((truth, picture) => ({ picture, pixels: 784, truth }));
}

function doubted(count: number) {
  const { signal } = new AbortController();
  return doubtLabels(asked(count), { model, classifier, pictures, answers, signal });
}

/** By the report's own collection. */
async function reported(): Promise<number[]> {
  const explainer = await model.explainer();
  const rows = new RowTable();
  for (const i of files.keys()) {
    const probabilities = answers.get(i) as Float32Array;
    const predicted = probabilities.indexOf(Math.max(...probabilities));
    rows.add({ probabilities, predicted, size: { width: 1, height: 1 } });
  }
  const images = wholeDataset({
    ...{ count: files.length, labels, nameOf: () => undefined, boxesOf: () => undefined, mirrored: true },
    read: async (_, i) => readImage(model, (await pictures.glance(i)).picture, model.platform),
  });
  const reportedModel = { name: "digits", explainer };
  const gathered = { facts: factsOf(reportedModel), rows, sums: new Map(), errorMaps: new Map() };
  const study = studyOf(gathered, labels, classes);
  const subject = { models: [reportedModel], images, rows: [rows], classes, encode: async () => "" };
  const errors = await collectErrors(
    { ...study, doubts: confidenceOf({ ...study, rows }).doubts },
    0,
    gatheredImages(images),
    48,
    liveGallery(makersOf(subject)),
  );
  await explainer.close();
  return errors.flatMap(({ doubtful, index }) => (doubtful ? [index] : [])).sort((a, b) => a - b);
}

it("are those of a report, and misplaced ones are among them", async () => {
  const { pictures: found, reason } = await doubted(600);
  expect(reason).toBeUndefined();
  expect(found).toEqual(await reported());
  expect(found.filter((i) => i < misplaced).length).toBeGreaterThan(1);
});

it("are none among few images, and it is said why", async () => {
  expect(await doubted(30)).toEqual({ pictures: [], reason: expect.stringContaining("Too few labelled images") });
  expect(await doubted(0)).toMatchObject({ pictures: [] });
});

it("are none where chance alone contradicts as many labels", async () => {
  expect(await doubted(200)).toEqual({ pictures: [], reason: expect.stringContaining("than chance allows") });
});
