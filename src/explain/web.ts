/** @file Models in a page: models and images in a page or a worker, explained by onnxruntime-web. */

import { FoveaError, naming } from "../foundation/error.js";
import { type PreparedPicture, preparePicture } from "../image/input/input.js";
import { openPreprocessor, type Preprocessor } from "../image/input/preprocess.js";
import type { Picture } from "../image/picture/picture.js";
import type { Model } from "../model/model.js";
import { openModel } from "../model/open.js";
import type { OpenModelOptions } from "../model/passes/pass.js";
import { preprocessingOf } from "../model/preprocessing.js";
import type { Runtime } from "../runtime/session.js";

export interface LoadModelOptions extends OpenModelOptions {
  readonly runtime: Runtime;
  /** What errors call the model, best the file's name, whose ending helps to recognise its format. Default `model`. */
  readonly name?: string;
}

/**
 * Opens a classifier from a file's bytes: ONNX, or Keras (`.keras`, `.h5`), whose readers are loaded when they are needed. What is
 * returned goes into `createExplainer` and its like.
 * @throws FoveaError `bad-file`, `bad-graph`, `unsupported-operator` for Keras layers that only Python can run
 */
export async function loadModel(
  source: Uint8Array,
  { runtime, name = "model", ...options }: LoadModelOptions,
): Promise<Model> {
  return naming(name, async () =>
    openModel((await converted(source, name, options)) ?? source, runtime, name, options),
  );
}

/** Nothing for what may be an ONNX file, which begins with its version's field. */
async function converted(bytes: Uint8Array, name: string, { external }: OpenModelOptions) {
  if (bytes[0] === 0x08) return undefined;
  const { graphOf } = await import("../formats/graph-of.js");
  return graphOf(bytes, name, external && ((path) => inMemory(external(path), path, name)));
}

function inMemory<Found>(found: Uint8Array | Found, path: string, name: string): Uint8Array {
  if (found instanceof Uint8Array) return found;
  throw new FoveaError("bad-input", `${name}: weights in ${path}: expected their bytes`);
}

/** A picture as the model's input, as the model's preprocessing says. */
export async function prepareInput(model: Model, picture: Picture, runtime: Runtime): Promise<PreparedPicture> {
  const { preprocessing } = preprocessingOf(model);
  const open = preprocessors.get(model) ?? openPreprocessor(preprocessing, runtime);
  preprocessors.set(model, open);
  return preparePicture(picture, preprocessing, await open);
}

const preprocessors = new WeakMap<Model, Promise<Preprocessor>>();
