/** @file Many images through one classifier: read ahead, classified in batches, handed out one by one. */

import { badInput } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import type { Items } from "../../foundation/map-ahead.js";
import { at } from "../../foundation/present.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { joined } from "./batches.js";
import type { Classifier } from "./classifier.js";
import { fullGroup, type Read, readBatches, runTogether } from "./read-batches.js";

export interface ClassifyStreamOptions {
  /** Images in one run, fewer of large ones; up to as many more, and at most 64, are read meanwhile. Default 16. */
  readonly batch?: number;
  /**
   * Fills up runs of fewer images with copies of the last, so that an image's numbers are the same to the last bit whichever others
   * there are: kernels for other numbers of images round otherwise. Default false.
   */
  readonly fill?: boolean;
}

/** The result of one source: probabilities of all classes, or its error. */
export type Classified<Source> =
  | { readonly source: Source; readonly probabilities: Float32Array; readonly error?: undefined }
  | { readonly source: Source; readonly error: FoveaError; readonly probabilities?: undefined };

/**
 * Classifies sources in order, however many. One that cannot be read or classified yields its error, and the others go on. At
 * most two batches are in memory: one that is classified, and one that is read.
 * @param read a source as the model's input, float32 [1, C, H, W], all of the same size
 * @throws FoveaError `bad-input` for a batch that is none
 */
export async function* classifyStream<Source>(
  classifier: Pick<Classifier, "classify">,
  sources: Items<Source>,
  read: (source: Source) => Promise<Tensor>,
  { batch = 16, fill = false }: ClassifyStreamOptions = {},
): AsyncGenerator<Classified<Source>> {
  if (!Number.isInteger(batch) || batch < 1) throw badInput("batch", "a whole number from 1 on", batch);
  for await (const group of readBatches(sources, read, batch, ({ byteLength }) => byteLength))
    yield* await classifyGroup(classifier, group, fill ? batch : 1);
}

async function classifyGroup<Source>(
  classifier: Pick<Classifier, "classify">,
  group: readonly Read<Source, Tensor>[],
  batch: number,
): Promise<Classified<Source>[]> {
  const inputs = group.flatMap(({ image }) => (image ? [image] : []));
  const rows = inputs.length > 0 ? await runTogether(inputs, (some) => classifyRun(classifier, some, batch)) : [];
  const next = rows.values();
  return group.map((each) => {
    if (each.error) return each;
    const row = next.next().value as Float32Array | FoveaError;
    return row instanceof FoveaError
      ? { source: each.source, error: row }
      : { source: each.source, probabilities: row };
  });
}

/** @param batch how many images a run has at least, fewer of large ones: others are copies of the last one */
async function classifyRun(
  classifier: Pick<Classifier, "classify">,
  inputs: readonly Tensor[],
  batch: number,
): Promise<Float32Array[]> {
  const last = at(inputs, inputs.length - 1);
  const count = Math.max(inputs.length, fullGroup(batch, last.byteLength));
  const all = floats(await classifier.classify(joined(Array.from({ length: count }, (_, i) => inputs[i] ?? last))));
  const width = all.length / count;
  return inputs.map((_, i) => all.slice(i * width, (i + 1) * width));
}
