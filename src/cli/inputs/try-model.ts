/** @file Tries the usual recipes on the user's photos where a model's preprocessing is assumed, once for each model file. */

import type { LabelledImages } from "../../data/dataset.js";
import { type FoundImage, imageOf } from "../../data/sources/image-of.js";
import { loadedModel } from "../../explain/loaded-model.js";
import { FoveaError, naming } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { ImageSource } from "../../image/picture/image-file.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import { photoAxes } from "../../model/input/image-axes.js";
import { fewestTrialPhotos, mostTrialPhotos, type RecipeTrial } from "../../model/preprocessing/recipe-trial.js";
import { assumesRecipe, tryRecipes } from "../../model/preprocessing/trial.js";
import { tellsClasses } from "../../model/tasks/found-task.js";
import type { Job } from "../terminal/job.js";
import { fileIdentity } from "./identity.js";
import type { NamedModel } from "./models.js";
import { type TrialPlace, trialPlace } from "./trial-cache.js";

/** A picture, or a photo that is decoded. */
export type TrialPhoto = Picture | FoundImage;

/**
 * The model with what the trial found. Photos that cannot be read are left out: the command tells of them itself.
 * @param photos ten of them that lie evenly among all are looked at, and arrays are not
 */
export async function tryModel<Named extends NamedModel>(
  job: Job,
  named: Named,
  photos: readonly TrialPhoto[],
): Promise<Named> {
  const { model, path } = named;
  // Whether a recipe is right shows in how sure the classes of whole images are.
  if (!tellsClasses(model.task)) return named;
  if (photoAxes(model) === undefined || !(await naming(path, async () => assumesRecipe(model)))) return named;
  const images = photos.filter((photo) => isPicture(photo) || !/\.npy$/i.test(photo.path));
  const place = trialPlace(path, model);
  const kept = place.get();
  if (kept && (kept.trial.photos >= Math.min(mostTrialPhotos, images.length) || images.length < fewestTrialPhotos)) {
    const isSame = images.some((photo) => identityOf(photo) === (kept.firstPhoto ?? ""));
    return withTrial(named, isSame ? kept.trial : withoutAnswer(kept.trial));
  }
  if (images.length === 0) return named;
  const trial = await newTrial(job, named, evenly(images), place);
  return trial ? withTrial(named, trial) : named;
}

/** A model that knows what a trial found, as do its targets. */
export function withTrial<Named extends NamedModel>(named: Named, trial: RecipeTrial): Named {
  const { model, path } = named;
  return { ...named, model: loadedModel({ ...model, trial }, model.platform, path) };
}

/** The answer for a photo that is not among those at hand would be taken for one of them. */
function withoutAnswer(trial: RecipeTrial): RecipeTrial {
  return { ...trial, recipes: trial.recipes.map(({ first: _, ...rest }) => rest) };
}

async function newTrial(
  job: Job,
  { model }: NamedModel,
  sources: readonly TrialPhoto[],
  place: TrialPlace,
): Promise<RecipeTrial | undefined> {
  const { runtime, decode } = model.platform;
  const read: { readonly source: TrialPhoto; readonly picture: Picture }[] = [];
  const isEnough = sources.length >= fewestTrialPhotos;
  for (const source of isEnough ? sources : []) {
    const picture = isPicture(source) ? source : await decoded(decode, source);
    if (picture) read.push({ source, picture });
  }
  const pictures = read.map(({ picture }) => picture);
  if (pictures.length < fewestTrialPhotos) {
    const photos = isEnough ? pictures.length : sources.length;
    return { photos, by: undefined, assumed: "assumed", recipes: [], surer: undefined };
  }
  const trial = await job.heed(() =>
    job.stage("trying recipes", (onProgress) =>
      tryRecipes(model, pictures, { runtime, onProgress, signal: job.signal }),
    ),
  );
  const [first] = read;
  await place.put({ trial, firstPhoto: first && identityOf(first.source) });
  return trial;
}

/** Ten pictures of a dataset that lie evenly among all. */
export function picturesOf(images: LabelledImages): Picture[] {
  const { width, height, count, pixels } = images;
  const channels = images.channels === 1 ? 1 : 3;
  const size = width * height * channels;
  const indices = evenly(Array.from({ length: count }, (_, i) => i));
  return indices.map((i) =>
    createPicture(width, height, channels, interleaved(images, pixels.subarray(i * size, (i + 1) * size))),
  );
}

function interleaved({ channels, width, height }: LabelledImages, planes: Uint8Array): Uint8Array {
  const area = width * height;
  return planes.map((_, i) => planes[(i % channels) * area + Math.floor(i / channels)] ?? 0);
}

async function decoded(
  decode: (source: ImageSource) => Promise<Picture>,
  image: FoundImage,
): Promise<Picture | undefined> {
  try {
    return await decode(await imageOf(image));
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}

/** As many as a trial looks at, from the first on; of photos sorted by class the first would be of one class. */
function evenly<Item>(items: readonly Item[]): Item[] {
  const count = Math.min(items.length, mostTrialPhotos);
  return Array.from({ length: count }, (_, i) => at(items, Math.floor((i * items.length) / count)));
}

function isPicture(photo: TrialPhoto): photo is Picture {
  return "pixels" in photo;
}

/** Undefined for a picture, and for what may change without anybody noticing. */
export function identityOf(photo: TrialPhoto): string | undefined {
  if (isPicture(photo)) return undefined;
  const { path, file } = photo;
  if (file === undefined) return fileIdentity(path);
  return file.version === undefined ? undefined : `${path} ${file.version}`;
}
