/** @file A model with all that is done with it, the same on Node and in a page. */

import { naming } from "../foundation/error.js";
import type { Items } from "../foundation/map-ahead.js";
import type { Picture } from "../image/picture/picture.js";
import type { Model } from "../model/model.js";
import type { ImageSource, Platform } from "../model/platform.js";
import { type Classifier, createClassifier } from "../model/run/classifier.js";
import { preprocess, type ReadImage, readImage } from "../model/run/read-image.js";
import { type Target, withTarget } from "../model/targets/target.js";
import type { Tensor } from "../onnx/tensor.js";
import { createExplainer } from "./explainer.js";
import type { Explainer, ExplainerOptions } from "./options.js";
import { type Explained, type ExplainStreamOptions, explainStream } from "./stream.js";

/** A model with the platform that it runs on. Errors are named after the model. */
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

export interface ImageExplainer extends Explainer {
  readonly model: LoadedModel;
  /**
   * Explains images as they come, in order, however many. One that cannot be read yields its `error`, and the others go on. Each
   * `explanation` is that of one image.
   * @throws FoveaError `bad-input` for a batch that is none, or for labels; what `signal` was aborted with
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
  const explainer = await createExplainer(model, { ...options, runtime: model.platform.runtime });
  return {
    ...explainer,
    model,
    explainAll: <Source extends ImageSource | Picture>(sources: Items<Source>, how?: ExplainStreamOptions) =>
      explainStream(explainer, sources, (source: Source) => model.readImage(source), how),
  };
}
