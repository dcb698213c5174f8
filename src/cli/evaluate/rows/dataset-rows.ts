/** @file Classifies the test images of a dataset, a row for each. */

import { type Dataset, imageExamples, type LabelledImages } from "../../../data/dataset.js";
import { at } from "../../../foundation/present.js";
import { floats } from "../../../onnx/tensor.js";
import { checkClasses, type NamedModel, prepareImages } from "../../inputs/models.js";
import { recipeNotes } from "../../inputs/read-input.js";
import { sameFacts } from "../../shards/rows/facts-of.js";
import { imageRow } from "../../shards/rows/image-columns.js";
import type { MadeRows, RowWork } from "../../shards/rows/row-work.js";
import { isOfShard, type Shard } from "../../shards/shard.js";
import type { EvaluateFlags } from "../evaluate-flags.js";
import type { EvaluationOwn, EvaluationSame, evaluationColumns } from "./evaluation-command.js";

const batchSize = 256;

/** What an image is called: padded, so that the order of names is that of numbers. */
export function testImageName(index: number): string {
  return `image ${String(index).padStart(7, "0")}`;
}

/** @throws FoveaError `bad-input` where the dataset's classes are not the model's */
export function datasetRows(
  named: NamedModel,
  dataset: Dataset,
  shard: Shard | undefined,
  flags: EvaluateFlags,
): RowWork<typeof evaluationColumns, EvaluationSame, EvaluationOwn, number> {
  checkClasses(named, dataset.classes, dataset.name);
  const { name, source, test, classes } = dataset;
  const all = Array.from({ length: test.count }, (_, index) => index);
  const sources = shard ? all.filter((index) => isOfShard(shard, testImageName(index))) : all;
  const nameOf = (index: number) => classes[index] ?? "";
  async function* make(some: readonly number[]): AsyncGenerator<MadeRows<typeof evaluationColumns, number>> {
    for await (const { index, scores } of classified(named, test, some)) {
      const label = at(test.labels, index);
      const image = { path: testImageName(index), label: at(classes, label), split: "test" };
      yield { source: index, rows: [{ ...imageRow(image, { nameOf, label }, scores), label_index: label }] };
    }
  }
  const own = { labels: [], photos: sources.length, total: sources.length, skipped: [], root: "" };
  return {
    what: "classifying",
    same: {
      ...sameFacts(named, name, flags, recipeNotes(named.model)),
      ...{ classes, errors: flags.errors, images: { name, source } },
    },
    sources,
    identityOf: (index) => [index],
    make,
    ownOf: () => ({ ...own, measured: sources.length }),
    skippedOf: (made) => made,
  };
}

/** All runs are of as many images: kernels for other numbers of images round otherwise. */
async function* classified(named: NamedModel, images: LabelledImages, indices: readonly number[]) {
  const examples = imageExamples(images);
  const classifier = named.model.classifier();
  try {
    for (let first = 0; first < indices.length; first += batchSize) {
      const some = indices.slice(first, first + batchSize);
      const filled = Array.from({ length: batchSize }, (_, i) => some[i] ?? at(some, some.length - 1));
      const pixels = new Uint8Array((await examples.read(filled)).data.buffer);
      const input = await prepareImages(named, { ...images, pixels, count: batchSize }, 0, batchSize);
      const scores = floats(await classifier.classify(input));
      const width = scores.length / batchSize;
      for (const [i, index] of some.entries()) yield { index, scores: scores.slice(i * width, (i + 1) * width) };
    }
  } finally {
    await classifier.close();
  }
}
