/** @file A picture as a model's input. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { darkNote } from "../picture/dark-note.js";
import { createPicture, type Picture, toGrey, toRgb, toRgba } from "../picture/picture.js";
import type { Box } from "../picture/resize.js";
import { type Preprocessor, seenBox } from "./preprocess.js";
import type { Preprocessing } from "./preprocessing.js";

export interface PreparedPicture {
  /** The model's input, float32 [1, C, H, W], or [1, H, W, C] for channels-last models. */
  readonly input: Tensor;
  /** The part of the picture that the network sees, in the picture's pixels. */
  readonly box: Box;
  /** Changes to the picture that its owner should know of, in words; often none. */
  readonly notes: readonly string[];
}

/** Converts, resizes and normalises a picture as the model's preprocessing says. */
export async function preparePicture(
  picture: Picture,
  preprocessing: Preprocessing,
  preprocessor: Preprocessor,
): Promise<PreparedPicture> {
  const { width, height, channels, ground } = preprocessing;
  const notes = [...(picture.notes ?? []), darkNote(picture)].filter((note) => note !== undefined);
  let fitted = channels === 4 ? withOpacity(picture) : channels === 1 ? toGrey(picture) : toRgb(picture);
  if (ground === "dark" && borderMean(fitted) > 127) {
    fitted = inverted(fitted);
    notes.push("inverted: the model expects light strokes on a dark ground");
  }
  const box = seenBox(preprocessing, picture.width, picture.height);
  refuseNarrow(picture, preprocessing, box);
  if (picture.width !== width || picture.height !== height) {
    notes.push(
      `resized from ${picture.width}x${picture.height} to ${width}x${height}${describeFit(preprocessing, box)}`,
    );
  }
  const input = await preprocessor.run(planar(fitted), [1, channels, fitted.height, fitted.width]);
  return { input, box, notes };
}

/** Pixels of a picture that was resized, before it is cropped. */
const mostResized = 2 ** 25;

/** @throws FoveaError `bad-input` for a picture so narrow that to cover the input it would become vast */
function refuseNarrow(picture: Picture, { width, height, fit }: Preprocessing, box: Box): void {
  const [across, down] = [(width * picture.width) / box.width, (height * picture.height) / box.height];
  if (fit !== "crop" || across * down <= mostResized) return;
  const got = `got ${picture.width}x${picture.height}`;
  throw new FoveaError("bad-input", `image: expected one nearer to a square, ${got}: cut out a part of it`);
}

function inverted(picture: Samples): Samples {
  const { pixels, deep } = picture;
  const turned = {
    pixels: pixels.map((value) => 255 - value),
    ...(deep ? { deep: deep.map((value) => 255 - value) } : {}),
  };
  return { ...picture, ...turned };
}

function describeFit({ fit = "stretch", padding = [0], resize }: Preprocessing, box: Box): string {
  if (fit === "letterbox") return ` with ${padding.every((value) => value === 0) ? "black" : "a colour"} around`;
  return fit === "crop" || resize ? `, of which the network sees the middle ${describeBox(box)}` : "";
}

function describeBox({ x, y, width, height }: Box): string {
  const [across, down] = [width, height].map(Math.round);
  return `${across}x${down} at (${Math.round(x)}, ${Math.round(y)})`;
}

/**
 * The picture that a model's input shows: the opposite of `preparePicture`'s last step, x · std + mean over scale, limited to 0..255.
 * @param input float32 of one image, as the preprocessing makes it
 */
export function pictureOfInput(input: Tensor, preprocessing: Preprocessing): Picture {
  const { channels, layout = "nchw", order = "rgb", mean, std, scale } = preprocessing;
  const [height = 1, width = 1] = layout === "nchw" ? input.dims.slice(2) : input.dims.slice(1);
  const values = floats(input);
  const area = width * height;
  const colours = channels === 1 ? 1 : 3;
  const pixels = new Uint8Array(area * colours);
  for (let c = 0; c < colours; c++) {
    const to = order === "bgr" ? colours - 1 - c : c;
    const [factor, offset] = [at(std, c), at(mean, c)];
    for (let i = 0; i < area; i++) {
      const value = values[layout === "nchw" ? c * area + i : i * channels + c] as number;
      const sample = (value * factor + offset) / scale;
      pixels[i * colours + to] = Math.min(255, Math.max(0, Math.round(sample)));
    }
  }
  return createPicture(width, height, colours, pixels);
}

/** Interleaved samples of any number of channels. */
interface Samples extends Pick<Picture, "width" | "height" | "pixels" | "deep"> {
  readonly channels: number;
}

/** Red, green, blue and opacity; a picture without transparency is opaque. */
function withOpacity(picture: Picture): Samples {
  const { width, height, rgba } = picture;
  return { width, height, channels: 4, pixels: rgba ?? new Uint8Array(toRgba(picture).buffer) };
}

/** Interleaved samples, the finest that there are, to one plane per channel. */
export function planar({ width, height, channels, pixels, deep }: Samples): Uint8Array | Float32Array {
  const samples = deep ?? pixels;
  if (channels === 1) return samples;
  const area = width * height;
  const planes = deep ? new Float32Array(samples.length) : new Uint8Array(samples.length);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < channels; c++) planes[c * area + i] = samples[i * channels + c] as number;
  }
  return planes;
}

/** Mean sample of the outermost pixels. */
function borderMean({ width, height, channels, pixels }: Samples): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    const isWhole = y === 0 || y === height - 1;
    const step = isWhole ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      for (let c = 0; c < channels; c++) sum += pixels[(y * width + x) * channels + c] as number;
      count += channels;
    }
  }
  return sum / count;
}
