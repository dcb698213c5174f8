/** @file The images to measure maps on, read one at a time: pictures, a dataset's test images, or photos with boxes. */

import type { Dataset, LabelledImages } from "../../data/dataset.js";
import type { Photo, SkippedPhoto } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import type { TrustImage } from "../../evaluate/studies/trust-measurement.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { seenBox } from "../../image/input/preprocess.js";
import type { Box } from "../../image/picture/resize.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { singleImages } from "../../model/run/batches.js";
import { datasetNamed, photosAt } from "../inputs/datasets.js";
import type { GivenImages } from "../inputs/given-images.js";
import { type NamedModel, prepareImages } from "../inputs/models.js";
import { modelClasses, photosOf, photosToTry } from "../inputs/photos.js";
import { assumptions, readInput } from "../inputs/read-input.js";
import { firstTestImages } from "../inputs/test-images.js";
import { identityOf } from "../inputs/try-model.js";
import type { KnownImage } from "../shards/rows/image-columns.js";
import { identityWith, ownPhotos } from "../shards/rows/photos-of-part.js";
import { ownUnits, type Shard } from "../shards/shard.js";
import { unitOf } from "../shards/unit-of.js";
import type { Job } from "../terminal/job.js";
import type { TrustedPhotos, TrustFrom } from "./rows/trust-from.js";

/** A file, a photo, or an image of a dataset. */
export interface TrustInput {
  /** As people know it; of several images in a file each has a number behind it. */
  readonly name: string;
  /** What the table says of it. */
  readonly known: KnownImage;
  /** The model's index of its label, where it has one. */
  readonly label?: number | undefined;
  /** See `RowWork`. */
  readonly identity: readonly unknown[] | undefined;
  /** @throws FoveaError for one that cannot be read */
  read(): Promise<readonly Omit<TrustImage, "name">[]>;
}

export interface TrustImages {
  /** Those of this run, in the order of their names. */
  readonly inputs: readonly TrustInput[];
  /** How many there are in all. */
  readonly total: number;
  /** Where they come from, for people; of photos what all parts together make of it. */
  readonly from: TrustFrom;
  /** Assumptions about the model that reading pictures for it takes, in words. */
  readonly assumed: readonly string[];
  /** Of photos: what this part adds to `from`. */
  readonly own?: TrustedPhotos;
  /** Of this run, those that cannot even be opened. */
  readonly skipped: readonly SkippedPhoto[];
}

export interface TrustImagesOptions {
  /** At most so many sources. */
  readonly count: number;
  /** Photos with boxes, instead of images. */
  readonly data?: string | undefined;
  /** Which photos. */
  readonly split?: string | undefined;
  readonly seed: string;
  /** `photos' class=model's class`. */
  readonly classes: readonly string[];
  /** The part of these images. Default: all. */
  readonly shard: Shard | undefined;
}

/**
 * @throws FoveaError as loading the data does, and `bad-input` where there is nothing to measure
 */
export async function trustImages(
  job: Job,
  named: NamedModel,
  images: GivenImages,
  options: TrustImagesOptions,
): Promise<TrustImages> {
  const { data } = options;
  const { given, dataset } = images;
  if (data !== undefined && given.length > 0)
    throw new FoveaError("bad-input", `--data: expected no images besides, got ${given.join(" ")}`);
  if (data !== undefined) return ofPhotos(job, named, data, options);
  if (given.length === 0)
    throw new FoveaError("bad-input", "images: expected files, folders, a dataset's name, or --data, got none");
  return dataset ? ofDataset(named, await datasetNamed(job, dataset), options) : ofFiles(named, images, options);
}

function ofDataset(named: NamedModel, dataset: Dataset, { count, shard }: TrustImagesOptions): TrustImages {
  const { source, total, assumed } = firstTestImages(named, dataset, count);
  const { test, classes } = dataset;
  const isOwn = ownUnits(shard) ?? (() => true);
  const inputs = Array.from({ length: total }, (_, i): TrustInput => {
    const name = `${dataset.name}-${String(i).padStart(5, "0")}`;
    const label = at(test.labels, i);
    return {
      ...{ name, label, identity: [name] },
      known: { path: name, label: at(classes, label), split: "test" },
      read: async () => [{ image: await prepareImages(named, test, i, 1), ...evidenceOf(named, test, i) }],
    };
  });
  return { inputs: inputs.filter(({ name }) => isOwn(name)), total, from: { source }, assumed, skipped: [] };
}

/** The class of an image and the place of its evidence, for images that tell it. */
function evidenceOf(named: NamedModel, { boxes, labels, width, height }: LabelledImages, i: number) {
  const imageBoxes = boxes?.[i];
  if (imageBoxes === undefined) return {};
  const crop = seenBox(preprocessingOf(named.model).preprocessing, width, height);
  return { target: labels[i], boxes: boxesInInput(named, imageBoxes, crop) };
}

function ofFiles(named: NamedModel, { given, files }: GivenImages, { count, shard }: TrustImagesOptions): TrustImages {
  const { model } = named;
  const all = files.slice(0, count);
  const few = all.length < files.length ? ` (the first ${all.length} of ${files.length})` : "";
  const isOwn = ownUnits(shard) ?? (() => true);
  const own = all.filter((input) => isOwn(unitOf(input)));
  return {
    inputs: inOrderOfPaths(own).map((input) => {
      const { path, error } = input;
      const identity = error ? undefined : identityOf(input);
      return {
        ...{ name: path, known: { path }, identity: identity === undefined ? undefined : [identity] },
        async read() {
          if (error) throw error;
          const { input: images } = await readInput(model, input);
          return singleImages(images).map((image) => ({ image }));
        },
      };
    }),
    total: all.length,
    from: { source: `${given.join(" ")}${few}` },
    assumed: assumptions(model),
    skipped: [],
  };
}

function inOrderOfPaths<Item extends { readonly path: string }>(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function ofPhotos(job: Job, named: NamedModel, path: string, options: TrustImagesOptions): Promise<TrustImages> {
  const { seed, shard, classes, count } = options;
  const undivided = options.split === "all";
  const dataset = await photosAt(job, path, { seed, undivided, isOwn: ownUnits(shard) });
  const indices = modelClasses(named.model, dataset, classes);
  const { photos: all, split } = photosOf(dataset, options.split);
  const hasClass = new Set(dataset.classes.filter((_, k) => indices[k] !== undefined));
  const pool = photosToTry(dataset, split);
  const usable = pool.filter(({ hasBoxes, label }) => hasBoxes && hasClass.has(label));
  if (usable.length === 0) {
    throw new FoveaError(
      "bad-input",
      `${dataset.name}: expected photos with boxes of classes that the model has (${dataset.classes.join(", ")}), got none of ${pool.length}`,
    );
  }
  const sample = evenSample(usable, count);
  const [names, paths] = [new Set(sample.map(({ name }) => name)), new Set(sample.map((photo) => photo.path))];
  return {
    inputs: all
      .filter(({ name }) => names.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((photo) => ofPhoto(named, photo, at(dataset.classes, photo.label), indices[photo.label])),
    total: sample.length,
    from: { name: dataset.name, split, found: dataset.found },
    assumed: assumptions(named.model),
    own: { ...ownPhotos(dataset, []), ofSplit: all.length },
    skipped: dataset.skipped.filter((each) => paths.has(each.path)),
  };
}

function ofPhoto(named: NamedModel, photo: Photo, label: string, target: number | undefined): TrustInput {
  const { path, name, split, boxes = [] } = photo;
  return {
    name: path,
    known: { path: name, label, split },
    label: target,
    identity: identityWith(photo, label),
    async read() {
      const { input: image, box } = await named.model.readImage(await imageOf(photo));
      return [{ image, target, boxes: boxesInInput(named, boxes, box) }];
    },
  };
}

/** `count` items from all over a list. */
function evenSample<Item>(items: readonly Item[], count: number): Item[] {
  const most = Math.min(count, items.length);
  const places = new Set(Array.from({ length: most }, (_, i) => Math.floor((i * items.length) / most)));
  return items.filter((_, i) => places.has(i));
}

/** Boxes of a picture, of which the network sees a part, in pixels of its input. */
function boxesInInput({ model }: NamedModel, boxes: readonly Box[], crop: Box): Box[] {
  const { width, height } = preprocessingOf(model).preprocessing;
  const [across, down] = [width / crop.width, height / crop.height];
  return boxes.map((box) => ({
    x: (box.x - crop.x) * across,
    y: (box.y - crop.y) * down,
    width: box.width * across,
    height: box.height * down,
  }));
}
