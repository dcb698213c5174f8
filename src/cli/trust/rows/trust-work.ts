/** @file Measures the maps of images, one after the other, a row for each map. */

import { reasonOf } from "../../../data/photos/photo.js";
import type { TrustImage } from "../../../evaluate/studies/trust-measurement.js";
import type { TrustStudy } from "../../../evaluate/studies/trust-study.js";
import { FoveaError } from "../../../foundation/error.js";
import { mapAhead } from "../../../foundation/map-ahead.js";
import { className } from "../../../model/class-names.js";
import { describeLayer } from "../../../model/layers/layer.js";
import type { Classifier } from "../../../model/run/classifier.js";
import { tellsClasses } from "../../../model/tasks/found-task.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";
import type { NamedModel } from "../../inputs/models.js";
import type { TrustFlags } from "../../options/trust-options.js";
import { sameFacts } from "../../shards/rows/facts-of.js";
import { type ImageRow, imageRow } from "../../shards/rows/image-columns.js";
import type { MadeRows, RowWork } from "../../shards/rows/row-work.js";
import type { Job } from "../../terminal/job.js";
import type { OpenMethods } from "../open-methods.js";
import type { TrustImages, TrustInput } from "../trust-images.js";
import { measuredMap, measurementsOf, type trustColumns, trustRows } from "./trust-columns.js";
import type { TrustOwn, TrustSame } from "./trust-command.js";

/** A study with the images that it measures. */
export interface TrustSubject {
  readonly named: NamedModel;
  readonly images: TrustImages;
  readonly methods: OpenMethods;
  readonly study: TrustStudy;
  /** The class to explain, where an image does not say. Default the predicted one. */
  readonly target: number | undefined;
  readonly flags: TrustFlags;
  /** Called with each image that was measured. */
  readonly onImage: (image: Tensor) => void;
}

export function trustWork(
  job: Job,
  subject: TrustSubject,
): RowWork<typeof trustColumns, TrustSame, TrustOwn, TrustInput> {
  const { named, images, methods, study, flags } = subject;
  const { inputs, total, from, assumed } = images;
  const lines = methods.explainers.map(({ method, layer }) => [
    method.name,
    { layer: layer.name, line: `${method.title} at layer ${layer.name} (${describeLayer(layer)})` },
  ]);
  return {
    what: "measuring",
    same: {
      ...sameFacts(named, "source" in from ? from.source : from.name, flags, assumed),
      ...{ from, total, seed: flags.seed, methods: Object.fromEntries(lines), leftOut: methods.leftOut },
      metrics: study.metrics.map(({ name }) => name),
    },
    sources: inputs,
    identityOf: ({ identity }) => identity,
    make: (some) => make(job, subject, some),
    describe: ({ rows = [] }) => measurementsOf(rows.map(measuredMap)),
    ownOf: (failed) => ({
      sources: study.sources(),
      skipped: [...images.skipped, ...failed],
      images: inputs.length + images.skipped.length,
      photos: images.own,
    }),
    skippedOf: ({ skipped, images: count }) => ({ skipped, total: count }),
  };
}

/** How many inputs are read ahead. */
const ahead = 2;

async function* make(
  job: Job,
  subject: TrustSubject,
  inputs: readonly TrustInput[],
): AsyncGenerator<MadeRows<typeof trustColumns, TrustInput>> {
  const { model } = subject.named;
  const classifier = tellsClasses(model.task) ? model.classifier() : undefined;
  try {
    for await (const { input, images, error } of mapAhead(inputs, ahead, attempt)) {
      if (error) yield skippedInput(input, error);
      else yield await measured(job, { ...subject, classifier }, input, images);
    }
  } finally {
    await classifier?.close();
  }
}

type Read =
  | { readonly input: TrustInput; readonly images: readonly Omit<TrustImage, "name">[]; readonly error?: undefined }
  | { readonly input: TrustInput; readonly error: FoveaError; readonly images?: undefined };

async function attempt(input: TrustInput): Promise<Read> {
  try {
    return { input, images: await input.read() };
  } catch (error) {
    if (error instanceof FoveaError) return { input, error };
    throw error;
  }
}

function skippedInput(input: TrustInput, error: FoveaError): MadeRows<typeof trustColumns, TrustInput> {
  const { name } = input;
  return { source: input, skipped: { path: name, reason: reasonOf(name, error) } };
}

async function measured(
  job: Job,
  { named, study, target, classifier, onImage }: TrustSubject & { readonly classifier: Classifier | undefined },
  input: TrustInput,
  images: readonly Omit<TrustImage, "name">[],
): Promise<MadeRows<typeof trustColumns, TrustInput>> {
  const onMetric = () => job.signal.throwIfAborted();
  try {
    const rows = [];
    for (const [i, image] of images.entries()) {
      const name = images.length > 1 ? `${input.name} [${i}]` : input.name;
      const measurement = await study.measure({ target, ...image, name, onMetric });
      onImage(image.image);
      const row = classifier ? await classifiedRow(classifier, image.image, named, input) : input.known;
      rows.push(...trustRows(row, className(named.model, measurement.target), measurement));
    }
    return { source: input, rows };
  } catch (error) {
    if (error instanceof FoveaError) return skippedInput(input, error);
    throw error;
  }
}

async function classifiedRow(
  classifier: Classifier,
  image: Tensor,
  { model }: NamedModel,
  { known, label }: TrustInput,
): Promise<ImageRow> {
  const scores = floats(await classifier.classify(image)).slice();
  return imageRow(known, { nameOf: (index) => className(model, index), label }, scores);
}
