/** @file A model's input in pixel units: how far an attack may go, and the pictures that it made. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { createPicture, type Picture } from "../../image/picture/picture.js";
import type { Model } from "../../model/model.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";

/** The least and the largest value of every element of a model's input; both of the input's shape. */
export interface Bounds {
  readonly low: Tensor;
  readonly high: Tensor;
}

/** A channel of the input: value = pixel · `slope` + `offset`, for pixels from 0 to 255. */
interface Channel {
  readonly index: number;
  readonly slope: number;
  readonly offset: number;
}

/** In the order in which the input has them. */
function channelsOf(model: Model): Channel[] {
  const { scale, mean, std } = preprocessingOf(model).preprocessing;
  return std.map((deviation, c) => ({ index: c, slope: scale / deviation, offset: -at(mean, c) / deviation }));
}

/** How many values of the input a distance between pixels is, the whole range 0..255 being 1; shaped to broadcast over the input. */
export function perChannel(model: Model, distance: number): Tensor {
  const sizes = channelsOf(model).map(({ slope }) => Math.abs(slope) * 255 * distance);
  const { layout } = preprocessingOf(model).preprocessing;
  return float32(layout === "nhwc" ? [1, 1, 1, sizes.length] : [1, sizes.length, 1, 1], sizes);
}

/** How far outside 0..255 a pixel may be by rounding. */
const slack = 0.01;

/**
 * The elements that are at most `eps` from `images` (the whole range of pixels being 1) and belong to pixels from 0 to 255.
 * @throws FoveaError `bad-input` for images that no picture gives
 */
export function attackBounds(model: Model, images: Tensor, eps: number): Bounds {
  const [low, high] = [new Float32Array(images.size), new Float32Array(images.size)];
  forEachElement(model, images, (value, i, { slope, offset }) => {
    const pixel = (value - offset) / slope;
    if (!(pixel >= -slack && pixel <= 255 + slack)) {
      throw new FoveaError(
        "bad-input",
        `images: element ${i}: expected a value that a pixel from 0 to 255 gives, got ${value} (pixel ${pixel})`,
      );
    }
    const ends = [Math.max(0, pixel - 255 * eps), Math.min(255, pixel + 255 * eps)].map((p) => p * slope + offset);
    low[i] = Math.min(...ends);
    high[i] = Math.max(...ends);
  });
  return { low: float32(images.dims, low), high: float32(images.dims, high) };
}

/**
 * The images with every pixel a whole number, as a file can hold it: the nearest within the bounds. Where the bounds hold no
 * whole number, the nearest of all.
 */
export function wholePixels(model: Model, images: Tensor, bounds: Bounds): Tensor {
  const [low, high] = [floats(bounds.low), floats(bounds.high)];
  const whole = new Float32Array(images.size);
  forEachElement(model, images, (value, i, { slope, offset }) => {
    const pixelAt = (element: number) => (element - offset) / slope;
    const [a, b] = [pixelAt(low[i] as number), pixelAt(high[i] as number)];
    const [least, most] = [Math.ceil(Math.min(a, b) - slack), Math.floor(Math.max(a, b) + slack)];
    const nearest = Math.round(pixelAt(value));
    const pixel = least > most ? nearest : Math.max(least, Math.min(most, nearest));
    whole[i] = pixel * slope + offset;
  });
  return float32(images.dims, whole);
}

/** The pictures that a model's input was made from, at the input's size. */
export function picturesOf(model: Model, images: Tensor): Picture[] {
  const { channels, width, height, order } = preprocessingOf(model).preprocessing;
  const area = width * height;
  const [count = 0] = images.dims;
  const all = new Uint8Array(images.size);
  forEachElement(model, images, (value, _i, { index, slope, offset }, image, place) => {
    const colours = Math.min(channels, 3);
    const channel = order === "bgr" && index < colours ? colours - 1 - index : index;
    all[(image * area + place) * channels + channel] = Math.max(0, Math.min(255, Math.round((value - offset) / slope)));
  });
  const size = area * channels;
  return Array.from({ length: count }, (_, i) =>
    pictureOfSamples(width, height, channels, all.slice(i * size, (i + 1) * size)),
  );
}

/** A picture of interleaved samples, without their opacity. */
function pictureOfSamples(width: number, height: number, channels: 1 | 3 | 4, samples: Uint8Array): Picture {
  if (channels !== 4) return createPicture(width, height, channels, samples);
  return createPicture(
    width,
    height,
    3,
    samples.filter((_, i) => i % 4 < 3),
  );
}

/** The change from one picture to another, `factor` times, on middle grey. */
export function perturbationOf(before: Picture, after: Picture, factor: number): Picture {
  const pixels = Uint8Array.from(before.pixels, (pixel, i) =>
    Math.max(0, Math.min(255, Math.round(127.5 + factor * (at(after.pixels, i) - pixel)))),
  );
  return createPicture(before.width, before.height, before.channels, pixels);
}

type Visit = (value: number, i: number, channel: Channel, image: number, place: number) => void;

function forEachElement(model: Model, images: Tensor, visit: Visit): void {
  const { channels, width, height, layout } = preprocessingOf(model).preprocessing;
  const scales = channelsOf(model);
  const area = width * height;
  const values = floats(images);
  for (let i = 0; i < values.length; i++) {
    const [outer, inner] =
      layout === "nhwc" ? [Math.floor(i / channels), i % channels] : [Math.floor(i / area), i % area];
    const [image, channel, place] =
      layout === "nhwc"
        ? [Math.floor(outer / area), inner, outer % area]
        : [Math.floor(outer / channels), outer % channels, inner];
    visit(values[i] as number, i, at(scales, channel), image, place);
  }
}
