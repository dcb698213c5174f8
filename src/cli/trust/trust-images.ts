/** @file Reads images to measure maps on, one at a time: pictures, a dataset's test images, or photos with boxes. */

import type { Dataset, LabelledImages } from "../../data/dataset.js";
import type { FoundInput } from "../../data/find-inputs.js";
import type { Photo } from "../../data/photos/photo.js";
import { imageOf } from "../../data/sources/image-of.js";
import type { TrustImage } from "../../evaluate/studies/trust-measurement.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import { mapAhead } from "../../foundation/map-ahead.js";
import { seenBox } from "../../image/input/preprocess.js";
import type { Box } from "../../image/picture/resize.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { singleImages } from "../../model/run/batches.js";
import { datasetNamed, photosAt } from "../inputs/datasets.js";
import type { GivenImages } from "../inputs/given-images.js";
import { type NamedModel, prepareImages } from "../inputs/models.js";
import { modelClasses, photosOf } from "../inputs/photos.js";
import { assumptions, readInput } from "../inputs/read-input.js";
import { firstTestImages, type MeasuredImages } from "../inputs/test-images.js";
import type { Job } from "../terminal/job.js";

/** The images of one source, or why there are none. */
export type ReadTrustImages =
  | { readonly name: string; readonly images: readonly TrustImage[]; readonly error?: undefined }
  | { readonly name: string; readonly error: FoveaError };

export interface TrustImages extends MeasuredImages {
  /** In order; the next one is read while one is used. */
  readonly read: () => AsyncGenerator<ReadTrustImages>;
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
}

/** How many sources are read ahead. */
const ahead = 2;

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

function ofDataset(named: NamedModel, dataset: Dataset, { count }: TrustImagesOptions): TrustImages {
  const images = firstTestImages(named, dataset, count);
  const { total } = images;
  const { test } = dataset;
  return {
    ...images,
    read: () =>
      reading(
        Array.from({ length: total }, (_, i) => i),
        (i) => `${dataset.name}-${String(i).padStart(5, "0")}`,
        async (i) => [{ image: await prepareImages(named, test, i, 1), ...evidenceOf(named, test, i) }],
      ),
  };
}

/** The class of an image and the place of its evidence, for images that tell it. */
function evidenceOf(named: NamedModel, { boxes, labels, width, height }: LabelledImages, i: number) {
  const imageBoxes = boxes?.[i];
  if (imageBoxes === undefined) return {};
  const crop = seenBox(preprocessingOf(named.model).preprocessing, width, height);
  return { target: labels[i], boxes: boxesInInput(named, imageBoxes, crop) };
}

function ofFiles(named: NamedModel, { given, files }: GivenImages, { count }: TrustImagesOptions): TrustImages {
  const inputs = files.slice(0, count);
  const few = inputs.length < files.length ? ` (the first ${inputs.length} of ${files.length})` : "";
  return {
    source: `${given.join(" ")}${few}`,
    total: inputs.length,
    assumed: assumptions(named.model),
    read: () =>
      reading(
        inputs,
        ({ path }) => path,
        async (input: FoundInput) => {
          if (input.error) throw input.error;
          const { input: images } = await readInput(named.model, input);
          return singleImages(images).map((image) => ({ image }));
        },
      ),
  };
}

async function ofPhotos(job: Job, named: NamedModel, path: string, options: TrustImagesOptions): Promise<TrustImages> {
  const { model } = named;
  const dataset = await photosAt(job, path, { seed: options.seed, undivided: options.split === "all" });
  const indices = modelClasses(model, dataset, options.classes);
  const { photos: all, split } = photosOf(dataset, options.split);
  const usable = all.filter(({ boxes, label }) => boxes && indices[label] !== undefined);
  if (usable.length === 0) {
    throw new FoveaError(
      "bad-input",
      `${dataset.name}: expected photos with boxes of classes that the model has (${dataset.classes.join(", ")}), got none of ${all.length}`,
    );
  }
  const photos = evenSample(usable, options.count);
  return {
    source: `${photos.length} of ${all.length} photos of ${dataset.name} (${split}): ${dataset.source}`,
    total: photos.length,
    assumed: assumptions(model),
    read: () =>
      reading(
        photos,
        (photo) => photo.path,
        async (photo: Photo) => {
          const read = await model.readImage(await imageOf(photo));
          return [
            {
              image: read.input,
              target: indices[photo.label],
              boxes: boxesInInput(named, photo.boxes ?? [], read.box),
            },
          ];
        },
      ),
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

function reading<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  read: (item: Item) => Promise<readonly Omit<TrustImage, "name">[]>,
): AsyncGenerator<ReadTrustImages> {
  return mapAhead(items, ahead, async (item): Promise<ReadTrustImages> => {
    const name = nameOf(item);
    try {
      const images = await read(item);
      return {
        name,
        images: images.map((image, i) => ({ ...image, name: images.length > 1 ? `${name} [${i}]` : name })),
      };
    } catch (error) {
      if (error instanceof FoveaError) return { name, error: namedError(name, error) };
      throw error;
    }
  });
}
