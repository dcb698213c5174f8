/** @file Makes a subject of a model file and its data: a dataset by name, or photos at the model's size. */

import { createHash } from "node:crypto";
import type { Dataset } from "../../data/dataset.js";
import type { Photo, PhotoDataset } from "../../data/photos/photo.js";
import { placedBoxes } from "../../data/photos/placed-boxes.js";
import { contentHash } from "../../files/content-hash.js";
import { FoveaError } from "../../foundation/error.js";
import { withConfirmedLabels } from "../../improve/confirmed-labels.js";
import { imageSetOf } from "../../improve/image-set.js";
import { trainerOf } from "../../improve/repair/trainer/trainer-of.js";
import type { ImageSet, Subject } from "../../improve/subject.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { preprocess } from "../../model/run/read-image.js";
import type { Tensor } from "../../onnx/tensor.js";
import { datasetNamed, isPath, photosAt } from "../inputs/datasets.js";
import { checkClasses, type NamedModel } from "../inputs/models.js";
import { photoName } from "../inputs/photo-name.js";
import { baseName } from "../options/command-line.js";
import { platform } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { photoRows, pixelSource } from "../train/photo-rows.js";
import { confirmedAt, labelsHash } from "./confirmed-at.js";

/** A subject, and what it holds open. */
export interface OpenSubject {
  readonly subject: Subject;
  readonly source: string;
  /** How the sealed images were chosen, in words. */
  readonly sealedBy: string;
  readonly close: () => Promise<void>;
}

export interface SubjectOptions {
  readonly seed: number;
  readonly cache: string | undefined;
  /** A list of labels that a person has looked at. */
  readonly accept: string | undefined;
}

/** @throws FoveaError `bad-input` where the model's classes are not the data's, or its input is of another size */
export async function subjectOf(
  job: Job,
  named: NamedModel,
  data: string,
  options: SubjectOptions,
): Promise<OpenSubject> {
  const opened = isPath(data)
    ? await ofPhotos(job, named, data, options)
    : datasetSubject(named, await datasetNamed(job, data));
  return options.accept === undefined ? opened : withAccepted(opened, options.accept);
}

/** The images with the labels that a person confirmed. @throws FoveaError as `confirmedAt` does; the images are closed then */
async function withAccepted(opened: OpenSubject, accept: string): Promise<OpenSubject> {
  const { subject, close } = opened;
  try {
    const confirmed = await confirmedAt(accept, subject);
    const identity = { ...subject.identity, labels: labelsHash(confirmed) };
    return { ...opened, subject: withConfirmedLabels({ ...subject, identity }, confirmed) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A model with images in memory; the dataset's test images are sealed. @throws FoveaError as `subjectOf` does */
export function datasetSubject(named: NamedModel, dataset: Dataset): OpenSubject {
  const { name } = dataset;
  checkClasses(named, dataset.classes, name);
  const { channels } = preprocessingOf(named.model).preprocessing;
  if (channels !== dataset.train.channels) {
    const got = `a model of ${channels}`;
    throw new FoveaError(
      "bad-input",
      `${name}: images of ${dataset.train.channels} channel(s): expected a model of as many, got ${got}`,
    );
  }
  const [learning, sealed] = [imageSetOf(dataset.train, "train/"), imageSetOf(dataset.test, "test/")];
  return {
    subject: subjectFrom(named, { name, classes: dataset.classes, learning, sealed }),
    source: dataset.source,
    sealedBy: "the dataset's own test images",
    close: async () => undefined,
  };
}

async function ofPhotos(
  job: Job,
  named: NamedModel,
  path: string,
  { seed, cache }: SubjectOptions,
): Promise<OpenSubject> {
  const dataset = await photosAt(job, path, { seed: String(seed) });
  checkClasses(named, dataset.classes, path);
  const rows = await photoRows(
    job,
    dataset.photos,
    await pixelSource(preprocessingOf(named.model).preprocessing),
    cache,
  );
  job.fail(...rows.failed.map((each) => `${each.path}: ${each.reason}`));
  const sealed = rows.photos.filter(({ split }) => split === "test");
  const learning = rows.photos.filter(({ split }) => split !== "test");
  if (sealed.length === 0 || learning.length === 0) {
    await rows.close();
    const got = `${learning.length} and ${sealed.length}`;
    throw new FoveaError(
      "bad-input",
      `${path}: expected photos to learn from and photos for the sealed test, got ${got}`,
    );
  }
  const setOf = (photos: readonly Photo[]) => photoSet(dataset, photos, rows.examples(photos), named);
  const { classes } = dataset;
  const images = { name: baseName(path), classes, learning: setOf(learning), sealed: setOf(sealed) };
  return {
    subject: subjectFrom(named, images),
    source: dataset.source,
    sealedBy: dataset.source.endsWith("splits as given")
      ? "the photos' own test split"
      : `a share of each class, drawn by seed ${seed}`,
    close: rows.close,
  };
}

function photoSet(
  { name }: PhotoDataset,
  photos: readonly Photo[],
  examples: {
    readonly labels: ArrayLike<number>;
    readonly count: number;
    read(indices: ArrayLike<number>): Promise<Tensor>;
  },
  { model }: NamedModel,
): ImageSet {
  const { preprocessing } = preprocessingOf(model);
  const { channels, height, width } = preprocessing;
  const boxes = photos.some((photo) => photo.boxes)
    ? photos.map((photo) => placedBoxes(photo, preprocessing))
    : undefined;
  return {
    boxes,
    count: examples.count,
    labels: examples.labels,
    read: (indices) => examples.read(indices),
    type: "uint8",
    dims: [channels, height, width],
    names: photos.map((photo) => photoName(name, photo.path)),
  };
}

type Images = Pick<Subject, "name" | "classes" | "learning" | "sealed">;

function subjectFrom({ file, model }: NamedModel, images: Images): Subject {
  const input = (pixels: Tensor) => {
    const [n = 0, c = 1, h = 1, w = 1] = pixels.dims;
    return preprocess(model, pixels.bytes, [n, c, h, w], platform.runtime);
  };
  const identity = { model: contentHash(file), data: dataHash(images) };
  return { ...images, model, identity, input, trainer: trainerOf(model, { runtime: platform.runtime, input }) };
}

/** Of names and labels: pixels may lie anywhere. */
function dataHash({ learning, sealed }: Images): string {
  const hash = createHash("sha256");
  for (const { names, labels, dims } of [learning, sealed]) {
    hash.update(JSON.stringify(dims));
    names.forEach((name, i) => {
      hash.update(`${name}\n${labels[i]}\n`);
    });
  }
  return hash.digest("hex");
}
