/** @file Classifies very many pictures in the background, and reports the results group by group. */

import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { resizePicture } from "../../../../src/image/picture/resize.js";
import { encodeBlob } from "../../../../src/image/web.js";
import { matchClasses } from "../../../../src/model/match-classes.js";
import type { Model } from "../../../../src/model/model.js";
import { preprocessingOf } from "../../../../src/model/preprocessing.js";
import type { Classifier } from "../../../../src/model/run/classifier.js";
import { classifyStream } from "../../../../src/model/run/classify-stream.js";
import type { AskedPicture, ClassifiedPicture, DrawnPicture, MatchedFolders } from "../../engine/api.js";
import type { Pictures } from "../../engine/pictures.js";

/** Values of the inputs in a run: other requests have their turn between two of them. */
const runValues = 3e5;
const mostInRun = 64;
/** Of the pictures in a run before they are made small; as many more are decoded meanwhile. */
const runPixels = 8e6;
/** Results are reported so often, in milliseconds. */
const reportEvery = 120;
/** Longest side of a thumbnail; pictures up to a half more are their own. */
const thumbnailSide = 128;

export interface CollectionContext {
  readonly model: LoadedModel;
  readonly classifier: Classifier;
  readonly pictures: Pictures;
  /** Keeps the probabilities of all classes, by the pictures' ids. */
  readonly answers: Map<number, Float32Array>;
  readonly signal: AbortSignal;
}

/**
 * @param tell takes a group of results; the next comes when it is done with them, and all have come when this ends
 * @throws the reason of the signal's abort; results that were reported before stay
 */
export async function classifyPictures(
  requests: readonly AskedPicture[],
  tell: (some: ClassifiedPicture[]) => void | Promise<void>,
  { model, classifier, pictures, answers, signal }: CollectionContext,
): Promise<void> {
  const thumbnails = new Map<AskedPicture, Blob>();
  const read = async (each: AskedPicture) => {
    signal.throwIfAborted();
    const { picture } = await pictures.glance(each.picture);
    const small = await thumbnail(picture);
    if (small) thumbnails.set(each, small);
    return (await model.readImage(picture)).input;
  };
  const largest = requests.reduce((most, { pixels }) => Math.max(most, pixels), 1);
  const batch = batchOf(model, largest);
  let some: ClassifiedPicture[] = [];
  let reported = performance.now();
  for await (const { source, probabilities, error } of classifyStream(classifier, requests, read, {
    batch,
  })) {
    signal.throwIfAborted();
    if (probabilities) answers.set(source.picture, probabilities.slice());
    some.push(
      error
        ? { picture: source.picture, reason: error.message }
        : classifiedPicture(source, probabilities, thumbnails.get(source)),
    );
    thumbnails.delete(source);
    if (performance.now() - reported < reportEvery) continue;
    await tell(some);
    [some, reported] = [[], performance.now()];
  }
  if (some.length > 0) await tell(some);
}

function classifiedPicture(
  { picture, truth }: AskedPicture,
  row: Float32Array,
  small: Blob | undefined,
): ClassifiedPicture {
  let predicted = 0;
  row.forEach((each, index) => {
    if (each > (row[predicted] as number)) predicted = index;
  });
  const confidence = row[predicted] as number;
  return { picture, predicted, confidence, ofTruth: truth === undefined ? undefined : row[truth], thumbnail: small };
}

/** @param pixels of the largest picture */
function batchOf(model: Model, pixels: number): number {
  const { width, height, channels } = preprocessingOf(model).preprocessing;
  const fitting = Math.floor(Math.min(runValues / (width * height * channels), runPixels / pixels));
  return Math.max(1, Math.min(mostInRun, fitting));
}

/** A picture small enough that thousands can be kept; undefined where it is small already. */
async function thumbnail(picture: Picture): Promise<Blob | undefined> {
  const longest = Math.max(picture.width, picture.height);
  if (longest <= 1.5 * thumbnailSide) return undefined;
  // Averaging over all of a large photo takes longer than its classification.
  const rough = longest > 2 * thumbnailSide ? scalePicture(picture, (2 * thumbnailSide) / longest, false) : picture;
  return encodeBlob(scalePicture(rough, thumbnailSide / Math.max(rough.width, rough.height), true), "jpg");
}

function scalePicture(picture: Picture, factor: number, antialias: boolean): Picture {
  const side = (size: number) => Math.max(1, Math.round(size * factor));
  return resizePicture(picture, side(picture.width), side(picture.height), { antialias });
}

/** Which of the model's classes each folder is, or why there is none for some. */
export function matchFolders(model: Model, name: string, folders: readonly string[]): MatchedFolders {
  try {
    const advice = "drop the model together with a labels.txt that has the names of the folders";
    const { classes, indices } = matchClasses({ name, model }, { name: "the folders", classes: folders }, advice);
    return { classes, indices };
  } catch (error) {
    if (error instanceof FoveaError) return { reason: error.message };
    throw error;
  }
}

/** Digits that a seeded hand draws, each in the folder of its class: the first of those that the command line tests on. */
export async function drawDigitPictures(count: number): Promise<DrawnPicture[]> {
  const { drawDigits } = await import("../../../../src/data/digits/digits.js");
  const { pixels, labels, width, height } = drawDigits({ train: 0, test: count }).test;
  const one = async (label: number, i: number) => {
    const digit = pixels.slice(i * width * height, (i + 1) * width * height);
    const blob = await encodeBlob({ width, height, channels: 1, pixels: digit }, "png");
    return { blob, name: `${label}/digit ${i + 1}`, class: String(label) };
  };
  return Promise.all(Array.from(labels, one));
}
