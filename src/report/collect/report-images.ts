/** @file The labelled images that a report is about: in memory or on disk, read one by one. */

import type { Dataset, LabelledImages } from "../../data/dataset.js";
import { at } from "../../foundation/present.js";
import type { Picture } from "../../image/picture/picture.js";
import type { Box } from "../../image/picture/resize.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { DataReport } from "../data-report.js";
import { evenlyByLabel, firstOfLabel, ranksOf } from "./observe/sampled.js";

/** An image, and the part that a model sees. */
export interface SeenImage {
  /** The model's input, float32 [1, C, H, W], or [1, H, W, C] where the model's is. */
  readonly input: Tensor;
  /** The whole image. */
  readonly picture: Picture;
  /** The part of it that the model sees, in its pixels. */
  readonly box: Box;
}

/** A labelled image that may lend its parts to others. */
export interface Lender {
  readonly label: number;
  /** @throws FoveaError for an image that cannot be read */
  read(model: Model): Promise<Pick<SeenImage, "input">>;
}

/** So many at most are tried, of which some may not be readable. */
const mostLenders = 96;

export interface LabelledReportImages {
  readonly count: number;
  /** The class of each image. */
  readonly labels: ArrayLike<number>;
  /** The name of an image, e.g. `cat/12.jpg`; undefined where it has a number only. */
  nameOf(index: number): string | undefined;
  /** Where the objects of its class are, in pixels of its picture; undefined where nobody knows. */
  boxesOf(index: number): readonly Box[] | undefined;
  /** Whether its mirror image is of the same class, as a photo's is and a digit's is not. */
  readonly mirrored: boolean;
  /** @throws FoveaError for an image that cannot be read */
  read(model: Model, index: number): Promise<SeenImage>;
}

export interface ReportImages extends LabelledReportImages {
  /** Tells an image from all others of the dataset, whichever of them are at hand. */
  idOf(index: number): string;
  /** The place of each image among all of the dataset, in an order by a hash: what is slow is tried on the first ones only. */
  readonly ranks: ArrayLike<number>;
  /** Whether an image may stand as a sample of its class: it is among the first of it in that order. */
  isSample(index: number): boolean;
  /** Those of all of the dataset, the first of each class in that order, that lend their parts to others. */
  readonly lenders: readonly Lender[];
}

/** All images of a dataset, of which a report may have a part. */
export interface ImagePool {
  readonly count: number;
  readonly labels: ArrayLike<number>;
  idOf(index: number): string;
  /** @throws FoveaError for an image that cannot be read */
  read(model: Model, index: number): Promise<Pick<SeenImage, "input">>;
}

/** Images of a class that may stand as samples: some may not be readable. */
const mostSamples = 12;

/** Images that are all of their dataset. */
export function wholeDataset(images: LabelledReportImages): ReportImages {
  // Padded, so that the order of names is that of numbers.
  const idOf = (index: number) => images.nameOf(index) ?? `image ${String(index).padStart(7, "0")}`;
  return partOfPool(images, { ...images, idOf }, (index) => index);
}

/** Images that are some of a pool. @param placeOf the place in the pool of each image; undefined for one that is not there */
export function partOfPool(
  images: LabelledReportImages,
  pool: ImagePool,
  placeOf: (index: number) => number | undefined,
): ReportImages {
  const { count, labels } = pool;
  const ranks = ranksOf(Array.from({ length: count }, (_, place) => pool.idOf(place)));
  const samples = firstOfLabel(ranks, labels, mostSamples);
  const lenders = evenlyByLabel(ranks, labels)
    .slice(0, mostLenders)
    .map((place): Lender => ({ label: at(labels, place), read: (model) => pool.read(model, place) }));
  const places = Array.from({ length: images.count }, (_, index) => placeOf(index));
  return {
    ...images,
    idOf: (index) => images.nameOf(index) ?? pool.idOf(places[index] ?? index),
    ranks: places.map((place) => (place === undefined ? Number.POSITIVE_INFINITY : at(ranks, place))),
    isSample: (index) => samples[places[index] ?? -1] === 1,
    lenders,
  };
}

/** The subject of a report: a dataset, and those of its images that models are measured on. */
export interface ReportedData extends Omit<DataReport, "samples"> {
  readonly images: ReportImages;
  /** How many of the classes, from the first on, are the data's own; those after them are shown if a model names them. Default: all. */
  readonly ownClasses?: number;
}

/** Images [first, first + count) of a dataset as a model's input. */
export type PrepareImages = (
  model: { readonly model: Model },
  images: LabelledImages,
  first: number,
  count: number,
) => Promise<Tensor>;

/** The test images of a dataset in memory. */
export function reportedDataset(dataset: Dataset, prepare: PrepareImages): ReportedData {
  const { name, source, classes, train, test } = dataset;
  const image = `${test.height} × ${test.width} pixels, ${test.channels === 1 ? "grey" : "colour"}`;
  const images = wholeDataset({
    count: test.count,
    labels: test.labels,
    nameOf: () => undefined,
    boxesOf: () => undefined,
    mirrored: false,
    read: async (model, index) => ({
      input: await prepare({ model }, test, index, 1),
      picture: pictureOf(test, index),
      box: { x: 0, y: 0, width: test.width, height: test.height },
    }),
  });
  return { name, source, classes, counts: { train: train.count, test: test.count }, image, images };
}

/** One image of a dataset as a picture. */
export function pictureOf({ pixels, channels, height, width }: LabelledImages, index: number): Picture {
  const [area, size] = [height * width, channels * height * width];
  const planes = pixels.subarray(index * size, (index + 1) * size);
  const interleaved = (_: number, i: number) => planes[(i % channels) * area + Math.floor(i / channels)] as number;
  const samples = channels === 1 ? planes : Uint8Array.from(planes, interleaved);
  return { width, height, channels: channels === 1 ? 1 : 3, pixels: samples };
}

/** Some of the images, in the given order. */
export function someOf(images: ReportImages, indices: readonly number[]): ReportImages {
  return {
    ...images,
    count: indices.length,
    labels: indices.map((index) => at(images.labels, index)),
    nameOf: (index) => images.nameOf(at(indices, index)),
    boxesOf: (index) => images.boxesOf(at(indices, index)),
    idOf: (index) => images.idOf(at(indices, index)),
    ranks: indices.map((index) => at(images.ranks, index)),
    isSample: (index) => images.isSample(at(indices, index)),
    read: (model, index) => images.read(model, at(indices, index)),
  };
}
