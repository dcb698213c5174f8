/** @file Opens and names models for commands, and prepares datasets' images for them. */

import { basename } from "node:path";
import type { LabelledImages } from "../../data/dataset.js";
import type { LoadedModel, LoadModelOptions } from "../../explain/loaded-model.js";
import { embeddedModelPath, loadModel } from "../../explain/node.js";
import { FoveaError } from "../../foundation/error.js";
import { isHubName, readHubName, shownName } from "../../hub/name.js";
import { factInWords } from "../../model/card.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import type { Classifier } from "../../model/run/classifier.js";
import { preprocess } from "../../model/run/read-image.js";
import { tellsClasses } from "../../model/tasks/found-task.js";
import type { Tensor } from "../../onnx/tensor.js";
import { platform } from "../platform.js";
import { type Downloading, modelFile } from "./model-file.js";

/** A model with how it is called on the screen. */
export interface NamedModel {
  readonly name: string;
  /** As it was given. */
  readonly path: string;
  /** Where it lies on this machine. */
  readonly file: string;
  /** It is the digit model that comes with the package. Default false. */
  readonly embedded?: boolean;
  readonly model: LoadedModel;
}

/**
 * Opens a model file, or a model of the hub; without a path the embedded digit model.
 * @throws FoveaError as `loadModel` and `modelFile`
 */
export async function modelAt(
  job: Downloading,
  path: string | undefined,
  options: LoadModelOptions = {},
): Promise<NamedModel> {
  if (path === undefined) {
    const model = await loadModel(embeddedModelPath, { ...options, platform });
    return { name: "the embedded digit model", path: "(embedded)", file: embeddedModelPath, embedded: true, model };
  }
  const file = await modelFile(job, path);
  const model = await loadModel(file, { ...options, platform, ...(file === path ? {} : { name: path }) });
  return { name: modelName(path), path, file, embedded: false, model };
}

/** A model's name for the screen, and for the names of what is made of it. */
export function modelName(path: string): string {
  return isHubName(path) ? shownName(readHubName(path)) : basename(path, ".onnx");
}

/** A model's name, with where it comes from as far as its metadata tells. */
export function modelLine({ name, model }: Pick<NamedModel, "name" | "model">): string {
  const { network, data, epochs, seed } = model.card.provenance ?? {};
  if (network === undefined) return name;
  const [by, times, on, drawn] = [network, epochs, data, seed].map(factInWords);
  return `${name} (${by}, ${times} epochs on ${on}, seed ${drawn})`;
}

/** @throws FoveaError `bad-input` when a model's classes are not the dataset's */
export function checkClasses({ name, model }: NamedModel, classes: readonly string[], dataset: string): void {
  if (!tellsClasses(model.task)) {
    const got = `got a model for ${model.task.name}`;
    throw new FoveaError("bad-input", `${name}: expected a model with classes of whole images, ${got}`);
  }
  if (model.classCount === undefined || model.classCount === classes.length) return;
  throw new FoveaError(
    "bad-input",
    `${name}: expected a model with the ${classes.length} classes of ${dataset}, got ${model.classCount}`,
  );
}

/** Images [first, first + count) of a dataset as a model's input. */
export async function prepareImages(
  { model }: Pick<Classifier, "model">,
  images: LabelledImages,
  first: number,
  count: number,
): Promise<Tensor> {
  const { preprocessing } = preprocessingOf(model);
  const { channels, height, width } = images;
  if (preprocessing.channels !== channels) {
    throw new FoveaError(
      "bad-input",
      `images of ${channels} channel(s): expected ${preprocessing.channels}, as the model's input has`,
    );
  }
  const size = channels * height * width;
  const pixels = images.pixels.subarray(first * size, (first + count) * size);
  return preprocess(model, pixels, [count, channels, height, width], platform.runtime);
}
