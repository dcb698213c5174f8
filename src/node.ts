/** @file Door `fovea` on Node: models from files, the embedded digit model, explainers on the native runtime. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FoveaError, naming } from "./error.js";
import {
  createExplainer,
  type Explainer,
  type ExplainerOptions,
  type Model,
  openModel,
  preprocessingOf,
} from "./explain/index.js";
import { externalBeside, labelsAt, sidecarBeside } from "./explain/node.js";
import {
  openPreprocessor,
  type Picture,
  type PreparedPicture,
  type Preprocessor,
  preparePicture,
} from "./image/index.js";
import { decodeImage } from "./image/node.js";
import { type Graph, type Preprocessing, readModel, type Tensor } from "./onnx/index.js";
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

/** The model that is used when none is named: `compact`, trained on MNIST. */
export const embeddedModelPath = fileURLToPath(new URL("../models/mnist.onnx", import.meta.url));

export interface LoadModelOptions {
  /** Class names, or the path of a file with them: one per line, or a JSON list. Default: see `loadModel`. */
  readonly labels?: string | readonly string[] | undefined;
  /** Parts of the preprocessing that win over what is known of the model. Default none. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
  /** Values of inputs besides the image, by name. Default none. */
  readonly inputs?: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * Opens a classifier. Classes and preprocessing are taken from its metadata, else from `fovea.json`,
 * `preprocessor_config.json` or `config.json` beside it, else the usual ImageNet recipe (and names, for 1000 or 1001 classes).
 * Weights in other files are read from the model's own folder.
 * @param source path or bytes of an ONNX file; default the embedded digit model
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`
 */
export async function loadModel(
  source: string | Uint8Array = embeddedModelPath,
  { labels, preprocessing, inputs }: LoadModelOptions = {},
): Promise<Model> {
  const path = typeof source === "string" ? source : undefined;
  const bytes = typeof source === "string" ? await readModelFile(source) : source;
  const classes = typeof labels === "string" ? await labelsAt(labels) : labels;
  const given = { origin: "as given", ...(classes ? { classes } : {}), ...(preprocessing ? { preprocessing } : {}) };
  const beside = path === undefined ? undefined : await sidecarBeside(path);
  const external = path === undefined ? undefined : externalBeside(path);
  const where = path ?? "model";
  return naming(where, () => openModel(bytes, nodeRuntime, where, { beside, given, external, inputs }));
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

/**
 * What a runtime opens to run a model file as it is: its bytes; for weights in other files the graph that holds them.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function untouchedModel(path: string): Promise<Uint8Array | Graph> {
  const bytes = await readModelFile(path);
  let outside = false;
  const read = externalBeside(path);
  const graph = readModel(bytes, path, (location) => {
    outside = true;
    return read(location);
  });
  return outside ? graph : bytes;
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FoveaError("not-found", `${path}: expected a readable ONNX file: ${(cause as Error).message}`, { cause });
  }
}
