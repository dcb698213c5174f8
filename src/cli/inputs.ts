/** @file What `fovea explain` is given: pictures and arrays, as a model's input. */

import { readFile } from "node:fs/promises";
import { readNpy } from "../data/index.js";
import { FoveaError } from "../error.js";
import { type Model, preprocessingOf } from "../explain/index.js";
import { createPicture, type Picture } from "../image/index.js";
import { readImage } from "../node.js";
import { floats, type Tensor } from "../onnx/index.js";

/** A batch of images with the pictures that the maps are laid over. */
export interface ImageInput {
  readonly path: string;
  /** float32 [N, C, H, W]. */
  readonly tensor: Tensor;
  /** N pictures. */
  readonly pictures: readonly Picture[];
  /** What was done to the input, in words. */
  readonly notes: readonly string[];
}

/** Reads a `.npy` array (the model's own input, already preprocessed) or an image file. */
export async function readInput(model: Model, path: string): Promise<ImageInput> {
  if (/\.npy$/i.test(path)) return readArray(path);
  const { picture, input, notes } = await readImage(model, path);
  const { origin } = preprocessingOf(model);
  const assumed = model.card.preprocessing ? [] : [`preprocessing ${origin}`];
  return { path, tensor: input, pictures: [picture], notes: [...assumed, ...notes] };
}

async function readArray(path: string): Promise<ImageInput> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FoveaError("not-found", `${path}: expected a readable .npy file: ${(cause as Error).message}`, { cause });
  }
  const tensor = readNpy(bytes, path);
  const [count = 0, channels = 0, height = 0, width = 0] = tensor.dims;
  if (tensor.type !== "float32" || tensor.dims.length !== 4 || count === 0) {
    throw new FoveaError(
      "shape-mismatch",
      `${path}: expected float32 [N, C, H, W], the model's own input, got ${tensor.type} [${tensor.dims.join(", ")}]`,
    );
  }
  const pictures = Array.from({ length: count }, (_, i) => {
    const size = channels * height * width;
    return pictureOfArray(floats(tensor).subarray(i * size, (i + 1) * size), channels, height, width);
  });
  return { path, tensor, pictures, notes: [] };
}

/** An array drawn with its own lowest value black and its highest white. */
function pictureOfArray(values: Float32Array, channels: number, height: number, width: number): Picture {
  const shown = channels === 3 ? 3 : 1;
  const area = height * width;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint8Array(area * shown);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < shown; c++)
      pixels[i * shown + c] = Math.round(((values[c * area + i] as number) - low) * scale);
  }
  return createPicture(width, height, shown, pixels);
}
