/** @file The sources that a model is loaded from, and the loaded model with its methods, the same on Node and in a page. */

import { badInput, checkMethod, checkOptions, isObject } from "../foundation/check.js";
import { naming } from "../foundation/error.js";
import type { Items } from "../foundation/map-ahead.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import type { ImageSource } from "../image/picture/image-file.js";
import type { Picture } from "../image/picture/picture.js";
import type { Model } from "../model/model.js";
import type { OpenModelOptions } from "../model/passes/pass.js";
import type { Platform } from "../model/platform.js";
import { type Classifier, createClassifier } from "../model/run/classifier.js";
import { preprocess, type ReadImage, readImage } from "../model/run/read-image.js";
import { type Target, withTarget } from "../model/targets/target.js";
import type { Tensor } from "../onnx/tensor.js";
import type { Runtime } from "../runtime/session.js";
import { createExplainer } from "./explainer.js";
import type { LoadTextOptions } from "./loading/model-source.js";
import type { Explainer, ExplainerOptions } from "./options.js";
import { checkExplainerOptions } from "./run/check-options.js";
import { type Explained, type ExplainStreamOptions, explainStream } from "./stream.js";

/** The options of `loadModel`; each has a default. */
export interface LoadModelOptions extends Omit<OpenModelOptions, "texts"> {
  /**
   * The runtime of the model. Default: one runtime that all models share, with all of the machine's cores on Node; in a page WebGPU
   * where there is an adapter, else WebAssembly.
   */
  readonly runtime?: Runtime | undefined;
  /** In the place of `runtime`: the whole platform. Default: Node's or the page's, with the runtime. */
  readonly platform?: Platform | undefined;
  /** The model's name in errors; the ending helps to recognise its format. Default its path, address or file name, or `model`. */
  readonly name?: string | undefined;
  /**
   * Class names, or the path or address of a file with them in any usual form (lines, CSV, JSON, YAML, a Python dict, a label map of
   * TensorFlow). Default: those of `given`, of the model, or of files beside it.
   */
  readonly labels?: string | readonly string[] | undefined;
  /**
   * Texts that images are compared with, of a network that does that (CLIP, SigLIP): they become the classes. Default none.
   */
  readonly texts?: readonly string[] | LoadTextOptions | undefined;
  /** Parts of the preprocessing that win over the model's own. Default: those of `given`. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
}

/** @throws FoveaError `bad-input` for what is no source, or are no options */
export function checkArguments(source: unknown, options: LoadModelOptions): void {
  const isFile = source instanceof URL || source instanceof Uint8Array || source instanceof Blob;
  if (typeof source !== "string" && !isFile)
    throw badInput("model", "a path or an address, a URL, bytes, or a Blob", source);
  checkOptions("loadModel", options);
  const { runtime, platform, labels, preprocessing } = options;
  checkMethod("runtime", "a runtime", runtime, "open");
  checkMethod("platform", "a platform", platform, "decode");
  const areLabels = typeof labels === "string" || Array.isArray(labels);
  if (labels !== undefined && !areLabels) throw badInput("labels", "an array of names, or a path", labels);
  if (preprocessing !== undefined && !isObject(preprocessing))
    throw badInput("preprocessing", "an object", preprocessing);
}

/** A model that was loaded, with all that is done with it: explainers, classifier, targets, images. Errors are named after the model. */
export interface LoadedModel extends Model {
  readonly platform: Platform;
  /**
   * Compiles the network with its gradient once; then any number of images can be explained.
   * @throws FoveaError as `createExplainer` does, for a layer or method that there is not
   */
  explainer(options?: Omit<ExplainerOptions, "runtime">): Promise<ImageExplainer>;
  /** Class probabilities without maps, which needs no gradient; see `createClassifier`. */
  classifier(): Classifier;
  /**
   * The model with other scores to explain, e.g. `classMinus(3)`; its explainers explain these.
   * @throws FoveaError as `withTarget` does
   */
  explaining(target: Target): Promise<LoadedModel>;
  /**
   * An image as the model's input, as the model's preprocessing says.
   * @param source an image file, or a picture that is decoded already
   * @throws FoveaError as `readImage` does
   */
  readImage(source: ImageSource | Picture): Promise<ReadImage>;
  /**
   * Images in memory as the model's input.
   * @param pixels 0 to 255, [N, C, H, W]
   */
  preprocess(
    pixels: Uint8Array,
    dims: readonly [count: number, channels: number, height: number, width: number],
  ): Promise<Tensor>;
}

/** An explainer that also takes image files, as they come. */
export interface ImageExplainer extends Explainer {
  readonly model: LoadedModel;
  /**
   * Explains images as they come, in order, however many. One that cannot be read yields its `error`, and the others go on. Each
   * `explanation` is that of one image.
   * @throws FoveaError `bad-input` for a batch that is none, or for labels; the reason of `signal`'s abort
   */
  explainAll<Source extends ImageSource | Picture>(
    sources: Items<Source>,
    options?: ExplainStreamOptions,
  ): AsyncGenerator<Explained<Source, ReadImage>>;
}

/** @param where how errors call the model. Default `model` */
export function loadedModel(opened: Model, platform: Platform, where = "model"): LoadedModel {
  const { runtime } = platform;
  const model: LoadedModel = {
    ...opened,
    platform,
    explainer: (options) => naming(where, () => openExplainer(model, options)),
    classifier: () => createClassifier(model, { runtime }),
    explaining: async (target) =>
      loadedModel(await naming(where, () => withTarget(opened, target, runtime)), platform, where),
    readImage: (source) => readImage(model, source, platform),
    preprocess: (pixels, dims) => preprocess(model, pixels, dims, runtime),
  };
  return model;
}

async function openExplainer(model: LoadedModel, options: Omit<ExplainerOptions, "runtime"> = {}) {
  checkExplainerOptions(options);
  const explainer = await createExplainer(model, { ...options, runtime: model.platform.runtime });
  return {
    ...explainer,
    model,
    explainAll: <Source extends ImageSource | Picture>(sources: Items<Source>, how?: ExplainStreamOptions) =>
      explainStream(explainer, sources, (source: Source) => model.readImage(source), how),
  };
}
