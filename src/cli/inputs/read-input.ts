/** @file Reads pictures and arrays as a model's input. */

import { readNpy } from "../../data/npy.js";
import type { FoundImage } from "../../data/sources/image-of.js";
import type { Geometry } from "../../data/volumes/volume.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { refuseAddress } from "../../files/address.js";
import { readInput as readWhole } from "../../files/input/read-input.js";
import { recogniseFile, wrongFile } from "../../files/kinds/file-kind.js";
import { startOf } from "../../files/kinds/kind.js";
import { arrayKind } from "../../files/kinds/other-kinds.js";
import { startOfFile } from "../../files/kinds/start-of-file.js";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import type { GridPicture } from "../../image/grid/grid-picture.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import type { Box } from "../../image/picture/resize.js";
import { imageAxes, photoAxes } from "../../model/input/image-axes.js";
import type { Model } from "../../model/model.js";
import { recipeWords, trialWords } from "../../model/preprocessing/trial-words.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { convertTensor } from "../../onnx/convert-tensor.js";
import { float32From } from "../../onnx/rewrite/precision.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";

/** A batch of images with the pictures that the maps are laid over. */
export interface ImageInput {
  readonly path: string;
  /** float32 [N, C, H, W]. */
  readonly input: Tensor;
  /** N pictures; none of signals, volumes and clips. */
  readonly pictures: readonly Picture[];
  /** In the place of pictures the N signals, volumes or clips. Default none. */
  readonly grids?: readonly GridPicture[];
  /** Where the voxels of a medical file lie. Default not known. */
  readonly geometry?: Geometry;
  /** The part of the pictures that the network sees; undefined for all of them. */
  readonly box: Box | undefined;
  /** How this input was changed, in words. */
  readonly notes: readonly string[];
  /** Reasons why the model's answer may mean nothing, in words. Default none. */
  readonly warnings?: readonly string[];
  /** It was read from an array: nothing was assumed. Default false. */
  readonly isArray?: boolean;
}

/** Reads an array (the model's own input, already preprocessed) or an image file, by its first bytes. */
export async function readInput(model: LoadedModel, { path, file }: FoundImage): Promise<ImageInput> {
  const bytes = await file?.read();
  const head = bytes ?? startOfFile(path);
  if (isArray(path, head)) return readArray(model, path, bytes);
  const source = bytes === undefined ? path : new File([new Uint8Array(bytes)], path);
  const { picture, input, box, notes } = await model.readImage(source);
  const whole = box.x === 0 && box.y === 0 && box.width === picture.width && box.height === picture.height;
  const crop = whole ? undefined : box;
  return { path, input, pictures: [picture], box: crop, notes, isArray: false };
}

/** How many images an input holds. */
export function countOf({ pictures, grids }: Pick<ImageInput, "pictures" | "grids">): number {
  return grids?.length ?? pictures.length;
}

/** Assumptions about a model that reading pictures for it takes, in words. */
export function assumptions(model: Model): string[] {
  const isPicture = imageAxes(model) !== undefined;
  const input = !isPicture || preprocessingOf(model).origin === "stored with the model" ? [] : [recipeWords(model)];
  const classes = model.classesOrigin?.startsWith("assumed") ? [`class names ${model.classesOrigin}`] : [];
  return [...input, ...classes];
}

/** What a trial of other recipes found, for commands that tell of no other assumption. */
export function recipeNotes(model: Model): string[] {
  return model.trial?.surer === undefined ? [] : [recipeWords(model)];
}

/** For programs: where the preprocessing comes from, and what a trial of other recipes found. Nothing for a model of arrays. */
export function describedRecipe(model: Model) {
  if (photoAxes(model) === undefined) return {};
  const { origin } = preprocessingOf(model);
  const { trial } = model;
  return { preprocessing: { origin, ...(trial ? { trial: { ...trial, says: trialWords(model) } } : {}) } };
}

/** A file of another kind than its name says is what its first bytes say. */
function isArray(path: string, head: Uint8Array | undefined): boolean {
  const kind = head && recogniseFile(head, path);
  return kind?.what === arrayKind.what || (/\.npy$/i.test(path) && kind?.holds !== "picture");
}

/** Numbers of other types than the model's: they are copied on the way. */
const mostConverted = 2 ** 26;

/**
 * @param given the file, where it does not lie at its path
 * @throws FoveaError `not-found`, `bad-input` for an address, `bad-file` for what is no array, and the errors of `readNpy`
 */
export async function readNpyFile(path: string, given?: Uint8Array): Promise<Tensor> {
  refuseAddress(path);
  const bytes = given ?? (await readWhole(path, "array"));
  if (!arrayKind.is(startOf(bytes))) throw wrongFile(path, "an array (.npy)", bytes);
  const array = readNpy(bytes, path);
  if (array.type !== "float32" && array.size > mostConverted) {
    const got = `got ${count(array.size)} of ${array.type}`;
    throw new FoveaError("bad-file", `${path}: array: expected at most ${count(mostConverted)} numbers, ${got}`);
  }
  return array;
}

async function readArray(model: Model, path: string, bytes: Uint8Array | undefined): Promise<ImageInput> {
  const array = await readNpyFile(path, bytes);
  const { tensor, note } = arrayFor(model, convertTensor(float32From(array), "float32") ?? array);
  const last = imageAxes(model)?.layout === "nhwc";
  const [count = 0, ...sizes] = tensor.dims;
  const [channels = 0, height = 0, width = 0] = last ? [sizes[2], sizes[0], sizes[1]] : sizes;
  if (tensor.type !== "float32" || tensor.dims.length !== 4 || count === 0) {
    throw new FoveaError(
      "shape-mismatch",
      `${path}: expected numbers [N, C, H, W], the model's own input, got ${array.type} [${array.dims.join(", ")}]`,
    );
  }
  const pictures = Array.from({ length: count }, (_, i) => {
    const size = channels * height * width;
    return pictureOfArray(floats(tensor).subarray(i * size, (i + 1) * size), channels, height, width, last);
  });
  const single = model.input.dims?.[0] === 1 && count > 1;
  const notes = [...note, ...(single ? [`the model takes one image at a time: ${count} runs`] : [])];
  return { path, input: tensor, pictures, box: undefined, notes, isArray: true };
}

/** An array with the batch that a single image lacks, and with its channels where the model has them. */
function arrayFor(model: Model, array: Tensor): { readonly tensor: Tensor; readonly note: readonly string[] } {
  const { dims = [] } = model.input;
  const tensor = array.dims.length === 3 && dims.length === 4 ? array.reshape([1, ...array.dims]) : array;
  const [count = 0, a = 0, b = 0, c = 0] = tensor.dims;
  const fits = (sizes: readonly number[]) =>
    sizes.length === dims.length && dims.every((dim, i) => i === 0 || typeof dim !== "number" || dim === sizes[i]);
  const toLast = imageAxes(model)?.layout === "nhwc";
  const moved = toLast ? [count, b, c, a] : [count, c, a, b];
  if (tensor.type !== "float32" || tensor.dims.length !== 4 || fits(tensor.dims) || !fits(moved))
    return { tensor, note: [] };
  const order = toLast ? "last" : "first";
  return {
    tensor: withMovedChannels(tensor, toLast),
    note: [`the array's channels are moved to where the model takes them, ${order}`],
  };
}

/** [N, C, H, W] as [N, H, W, C], or the other way round. */
function withMovedChannels(tensor: Tensor, toLast: boolean): Tensor {
  const [count = 0, a = 0, b = 0, c = 0] = tensor.dims;
  const [channels, area] = toLast ? [a, b * c] : [c, a * b];
  const [from, to] = [floats(tensor), new Float32Array(tensor.size)];
  for (let image = 0; image < count; image++) {
    const start = image * channels * area;
    for (let channel = 0; channel < channels; channel++) {
      for (let place = 0; place < area; place++) {
        const [first, last] = [start + channel * area + place, start + place * channels + channel];
        if (toLast) to[last] = from[first] as number;
        else to[first] = from[last] as number;
      }
    }
  }
  return float32(toLast ? [count, b, c, a] : [count, c, a, b], to);
}

/** An array drawn with its own lowest value black and its highest white. */
function pictureOfArray(values: Float32Array, channels: number, height: number, width: number, last: boolean): Picture {
  const pictureChannels = channels === 3 ? 3 : 1;
  const area = height * width;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const scale = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint8Array(area * pictureChannels);
  const at = (i: number, c: number) => values[last ? i * channels + c : c * area + i] ?? 0;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < pictureChannels; c++) pixels[i * pictureChannels + c] = Math.round((at(i, c) - low) * scale);
  }
  return createPicture(width, height, pictureChannels, pixels);
}
