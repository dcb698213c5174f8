/** @file Images as a model's input, as its preprocessing says. */

import { type PreparedPicture, preparePicture } from "../../image/input/input.js";
import { openPreprocessor, type Preprocessor } from "../../image/input/preprocess.js";
import type { ImageSource } from "../../image/picture/image-file.js";
import type { Picture } from "../../image/picture/picture.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { imageAxes } from "../input/image-axes.js";
import type { Model } from "../model.js";
import type { Platform } from "../platform.js";
import { preprocessingOf } from "../preprocessing.js";

/** An image as the model takes it, with the picture that it was made from. */
export interface ReadImage extends PreparedPicture {
  readonly picture: Picture;
}

/**
 * Decodes an image and turns it into the model's input.
 * @param source an image file, or a picture that is decoded already
 * @throws FoveaError as `Platform.decode` does, and `bad-graph`, `bad-input` for a model that takes no images
 */
export async function readImage(
  model: Model,
  source: ImageSource | Picture,
  { decode, runtime }: Pick<Platform, "decode" | "runtime">,
): Promise<ReadImage> {
  const opacity = imageAxes(model)?.channels === 4;
  const picture = isPicture(source) ? source : await decode(source, { opacity });
  return { picture, ...(await prepareInput(model, picture, runtime)) };
}

function isPicture(source: ImageSource | Picture): source is Picture {
  return typeof source === "object" && source !== null && "pixels" in source;
}

/**
 * A picture as the model's input.
 * @throws FoveaError `bad-graph`, `bad-input` for a model that takes no images
 */
export async function prepareInput(model: Model, picture: Picture, runtime: Runtime): Promise<PreparedPicture> {
  const { preprocessing } = preprocessingOf(model);
  return preparePicture(picture, preprocessing, await preprocessorOf(model, runtime));
}

/**
 * Images in memory as the model's input.
 * @param pixels 0 to 255, [N, C, H, W]
 */
export async function preprocess(
  model: Model,
  pixels: Uint8Array,
  dims: readonly [count: number, channels: number, height: number, width: number],
  runtime: Runtime,
): Promise<Tensor> {
  return (await preprocessorOf(model, runtime)).run(pixels, dims);
}

const preprocessors = new WeakMap<Model, Promise<Preprocessor>>();

/** The model's preprocessing as a session, opened once per model; one that could not be opened is tried again. */
async function preprocessorOf(model: Model, runtime: Runtime): Promise<Preprocessor> {
  const opening = preprocessors.get(model) ?? openPreprocessor(preprocessingOf(model).preprocessing, runtime);
  preprocessors.set(model, opening);
  try {
    return await opening;
  } catch (error) {
    if (preprocessors.get(model) === opening) preprocessors.delete(model);
    throw error;
  }
}
