/** @file Models on Node: models from files, the embedded digit model, explainers on the native runtime. */

import { fileURLToPath } from "node:url";
import { graphAt } from "../formats/node.js";
import { naming } from "../foundation/error.js";
import type { Items } from "../foundation/map-ahead.js";
import { type PreparedPicture, preparePicture } from "../image/input/input.js";
import { openPreprocessor, type Preprocessor } from "../image/input/preprocess.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import { decodeImage } from "../image/node.js";
import type { Picture } from "../image/picture/picture.js";
import { type Model, openModel } from "../model/model.js";
import { modelFileAt, sidecarBeside, sidecarGiven } from "../model/node.js";
import { preprocessingOf } from "../model/preprocessing.js";
import { type Classifier, createClassifier } from "../model/run/classifier.js";
import { type Target, withTarget } from "../model/targets/targets.js";
import type { Graph } from "../onnx/graph.js";
import { readModel } from "../onnx/read/read.js";
import { ownFile } from "../onnx/read/skim.js";
import type { Tensor } from "../onnx/tensor.js";
import { sharedRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/session.js";
import { createExplainer } from "./explainer.js";
import type { Explainer, ExplainerOptions } from "./options.js";
import { type Explained, type ExplainStreamOptions, explainStream } from "./stream.js";

/** The model that is used when none is named: `compact`, trained on MNIST. */
export const embeddedModelPath = fileURLToPath(new URL("../../models/mnist.onnx", import.meta.url));

/** `compact`, trained on the drawn shapes, of which it is known where the evidence lies (`drawShapes`). */
export const shapesModelPath = fileURLToPath(new URL("../../models/shapes.onnx", import.meta.url));

export interface LoadModelOptions {
  /** What the model runs on. Default: one CPU runtime with all of the machine's cores, shared by all who name none. */
  readonly runtime?: Runtime | undefined;
  /** Class names, or the path of a file with them: one per line, or a JSON list. Default: see `loadModel`. */
  readonly labels?: string | readonly string[] | undefined;
  /** Parts of the preprocessing that win over what is known of the model. Default none. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
  /** Values of inputs besides the image, by name. Default none. */
  readonly inputs?: Readonly<Record<string, Tensor>> | undefined;
  /** Name of the output that holds the class scores. Default: the first that is [N, classes], else the first. */
  readonly output?: string | undefined;
}

/** A classifier with what it runs on. */
export interface LoadedModel extends Model {
  readonly runtime: Runtime;
  /**
   * Compiles the network with its gradient once; then any number of images can be explained.
   * @throws FoveaError as `createExplainer` does, for a layer or method that there is not
   */
  explainer(options?: Omit<ExplainerOptions, "runtime">): Promise<ImageExplainer>;
  /**
   * The model with other scores to explain, e.g. `classMinus(3)`; its explainers explain these.
   * @throws FoveaError as `withTarget` does
   */
  explaining(target: Target): Promise<LoadedModel>;
}

/** An image file's path, or its bytes. */
export type ImageSource = string | Uint8Array;

export interface ImageExplainer extends Explainer {
  readonly model: LoadedModel;
  /**
   * Explains image files as they come, in order, however many. One that cannot be read yields its `error`, and the others go
   * on. Each `explanation` is that of one image.
   * @throws FoveaError `bad-input` for a batch that is none, or for labels; what `signal` was aborted with
   */
  explainAll<Source extends ImageSource>(
    sources: Items<Source>,
    options?: ExplainStreamOptions,
  ): AsyncGenerator<Explained<Source, ReadImage>>;
}

/**
 * Opens a classifier. Classes and preprocessing are taken from its metadata, else from `fovea.json`,
 * `preprocessor_config.json` or `config.json` beside it, else the usual ImageNet recipe (and names, for 1000 or 1001 classes).
 * Weights in other files are read from the model's own folder. Models of Keras (`.keras`, `.h5`) and TensorFlow.js (model.json) are
 * turned into graphs, see `graphAt`.
 * @param source path of an ONNX, Keras or TensorFlow.js file, or bytes of an ONNX or Keras file; default the embedded digit model
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`, `unsupported-operator` for Keras layers that only Python can run
 */
export async function loadModel(
  source: string | Uint8Array = embeddedModelPath,
  { runtime = sharedRuntime(), labels, preprocessing, inputs, output }: LoadModelOptions = {},
): Promise<LoadedModel> {
  const path = typeof source === "string" ? source : undefined;
  const converted = await (typeof source === "string" ? graphAt(source) : graphIn(source));
  const { bytes, external } =
    path === undefined || converted ? { bytes: source as Uint8Array, external: undefined } : modelFileAt(path);
  const given = await sidecarGiven({ labels, preprocessing });
  const beside = path === undefined ? undefined : await sidecarBeside(path);
  const where = path ?? "model";
  const known = { beside, given, external, inputs, output };
  const opened = await naming(where, () => openModel(converted ?? bytes, runtime, where, known));
  return loaded(opened, runtime, where);
}

function loaded(opened: Model, runtime: Runtime, where: string): LoadedModel {
  const model: LoadedModel = {
    ...opened,
    runtime,
    explainer: (options) => naming(where, () => openExplainer(model, options)),
    explaining: async (target) =>
      loaded(await naming(where, () => withTarget(opened, target, runtime)), runtime, where),
  };
  return model;
}

async function graphIn(bytes: Uint8Array): Promise<Graph | undefined> {
  const { graphOf } = await import("../formats/graph-of.js");
  return graphOf(bytes);
}

async function openExplainer(model: LoadedModel, options: Omit<ExplainerOptions, "runtime"> = {}) {
  const explainer = await createExplainer(model, { ...options, runtime: model.runtime });
  return {
    ...explainer,
    model,
    explainAll: <Source extends ImageSource>(sources: Items<Source>, how?: ExplainStreamOptions) =>
      explainStream(explainer, sources, (source: Source) => readImage(model, source), how),
  };
}

/** A model, perhaps with what it runs on; without it that is the shared runtime. */
type RunnableModel = Model & { readonly runtime?: Runtime };

/** A classifier for class probabilities without maps; see `createClassifier`. */
export function classifier(model: RunnableModel): Classifier {
  return createClassifier(model, { runtime: model.runtime ?? sharedRuntime() });
}

export interface ReadImage extends PreparedPicture {
  readonly picture: Picture;
}

/**
 * Decodes an image and turns it into the model's input, as the model's preprocessing says.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function readImage(model: RunnableModel, source: ImageSource): Promise<ReadImage> {
  const picture = await decodeImage(source);
  const { preprocessing } = preprocessingOf(model);
  return { picture, ...(await preparePicture(picture, preprocessing, await preprocessorOf(model))) };
}

const preprocessors = new WeakMap<Model, Promise<Preprocessor>>();

/** The model's preprocessing as a session, opened once per model. */
export function preprocessorOf(model: RunnableModel): Promise<Preprocessor> {
  const { preprocessing } = preprocessingOf(model);
  const open = preprocessors.get(model) ?? openPreprocessor(preprocessing, model.runtime ?? sharedRuntime());
  preprocessors.set(model, open);
  return open;
}

/**
 * What a runtime opens to run a model file as it is: its path; for weights in other files the graph that names them; for a Keras
 * or TensorFlow.js model the graph that it was turned into.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function untouchedModel(path: string): Promise<string | Graph> {
  const converted = await graphAt(path);
  if (converted) return converted;
  const { bytes, external } = modelFileAt(path);
  let outside = false;
  const graph = readModel(bytes, path, (location) => {
    if (location !== ownFile) outside = true;
    return external(location);
  });
  return outside ? graph : path;
}
