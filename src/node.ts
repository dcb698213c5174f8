/** @file Door `fovea` on Node: models from files, the embedded digit model, explainers on the native runtime. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FoveaError } from "./error.js";
import {
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  type Model,
  openModel,
  preprocessingOf,
} from "./explain/index.js";
import {
  openPreprocessor,
  type Picture,
  type PreparedPicture,
  type Preprocessor,
  preparePicture,
} from "./image/index.js";
import { decodeImage } from "./image/node.js";
import { nodeRuntime } from "./runtime/node.js";

export { FoveaError } from "./error.js";
export {
  type ClassChoice,
  className,
  diagnosisOf,
  displayMapOf,
  type Explainer,
  type Explanation,
  explainableLayers,
  type Model,
  mapOf,
} from "./explain/index.js";
export { decodeImage, encodePng } from "./image/node.js";
export { float32, type Preprocessing, Tensor } from "./onnx/index.js";
export { nodeRuntime } from "./runtime/node.js";

/** The model that is used when none is named: `accurate`, trained on MNIST. */
export const embeddedModelPath = fileURLToPath(new URL("../models/mnist.onnx", import.meta.url));

/**
 * Opens a classifier.
 * @param source path or bytes of an ONNX file; default the embedded digit model
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`
 */
export async function loadModel(source: string | Uint8Array = embeddedModelPath): Promise<Model> {
  const bytes = typeof source === "string" ? await readModelFile(source) : source;
  return openModel(bytes, nodeRuntime, typeof source === "string" ? source : "model");
}

/** An explainer on the native runtime; see `createExplainer`. */
export function explainer(model: Model, options: Omit<ExplainerOptions, "runtime"> = {}): Promise<Explainer> {
  return createExplainer(model, { ...options, runtime: nodeRuntime });
}

export interface ReadImage extends PreparedPicture {
  readonly picture: Picture;
}

/**
 * Decodes an image and turns it into the model's input, as the model's preprocessing says.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function readImage(model: Model, source: string | Uint8Array): Promise<ReadImage> {
  const picture = await decodeImage(source);
  const { preprocessing } = preprocessingOf(model);
  return { picture, ...(await preparePicture(picture, preprocessing, await preprocessorOf(model))) };
}

const preprocessors = new WeakMap<Model, Promise<Preprocessor>>();

/** The model's preprocessing as a session, opened once per model. */
export function preprocessorOf(model: Model): Promise<Preprocessor> {
  const open = preprocessors.get(model) ?? openPreprocessor(preprocessingOf(model).preprocessing, nodeRuntime);
  preprocessors.set(model, open);
  return open;
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FoveaError("not-found", `${path}: expected a readable ONNX file: ${(cause as Error).message}`, { cause });
  }
}
