/** @file Random distortions of training images, as part of the training graph. */

import { at } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";
import { float32, type Tensor } from "../../onnx/tensor.js";

/** How strongly images are distorted. Every amount is drawn anew for each image and epoch. */
export interface Augmentation {
  /** Largest turn either way, in degrees. */
  readonly rotate: number;
  /** Largest shift along each axis, in pixels. */
  readonly shift: number;
  /** Largest relative change of size, e.g. 0.1; drawn for each axis. */
  readonly scale: number;
  /** Largest horizontal shear, as a tangent. */
  readonly shear: number;
  /** Standard deviation of the elastic displacement, in pixels (Simard et al. 2003, on a coarse grid). */
  readonly elastic: number;
  /** Probability of a mirror image. Default 0. */
  readonly flip?: number;
  /** Largest share of the area that is cut away, the rest being enlarged (Szegedy et al. 2015). Default 0. */
  readonly crop?: number;
  /** Largest relative change of brightness, of contrast and of saturation, 0 to 1. Default 0. */
  readonly colour?: number;
  /** Largest share of the area that a grey rectangle hides, in every other image (Zhong et al. 2020). Default 0. */
  readonly erase?: number;
}

/** A light distortion fit for handwritten digits. */
export const lightAugmentation: Augmentation = { rotate: 12, shift: 2, scale: 0.12, shear: 0.15, elastic: 0.7 };

/** A light distortion fit for photos, which may be mirrored and have colours. */
export const photoAugmentation: Augmentation = {
  ...{ rotate: 8, shift: 0, scale: 0.1, shear: 0, elastic: 0 },
  ...{ flip: 0.5, crop: 0.5, colour: 0.3, erase: 0.2 },
};

/** Shares, which cannot grow without end. */
const shares: readonly string[] = ["crop", "colour", "erase"] satisfies (keyof Augmentation)[];

/** Every amount multiplied by `strength`; shares to 0.9 at most, and mirroring as it is. */
export function scaleAugmentation(amounts: Augmentation, strength: number): Augmentation {
  const { flip, ...others } = amounts;
  const scale = ([name, amount]: [string, number]) => [
    name,
    shares.includes(name) ? Math.min(0.9, amount * strength) : amount * strength,
  ];
  return { ...amounts, ...Object.fromEntries(Object.entries(others).map(scale)) };
}

/** Knots of the elastic displacement along each axis. */
const knots = 5;
const terms = 3 + knots * knots;

/**
 * Declares the random inputs and appends the nodes that distort `images` [N, C, H, W] in 0..1: places, then colours, then a
 * hidden part. Outside is 0.
 * @param dims [C, H, W]
 * @param grid where pixels are sampled. Default: a `samplingGrid` of its own
 */
export function augmentImages(
  op: Builder,
  images: Value,
  dims: readonly number[],
  amounts: Augmentation,
  grid: Value = samplingGrid(op, dims),
): Value {
  const warped = sampleAt(op, images, grid);
  const coloured = amounts.colour ? appendColours(op, warped, dims) : warped;
  return amounts.erase ? appendErasing(op, coloured, dims) : coloured;
}

/**
 * Declares `distortion` and appends the place that each pixel is sampled from, which is linear in those random numbers: affine in its
 * position, plus a cubic spline through displaced knots.
 */
export function samplingGrid(op: Builder, [, height = 1, width = 1]: readonly number[]): Value {
  const distortion = op.input("distortion", "float32", ["N", 2, terms]);
  const basis = op.constant(samplingBasis(height, width), "basis");
  const positions = op.Reshape(op.MatMul(distortion, basis), op.ints([0, 2, height, width]));
  return op.Transpose(positions, { perm: [0, 2, 3, 1] });
}

/** Images, or boxes, sampled at the places of a grid. */
export function sampleAt(op: Builder, images: Value, grid: Value): Value {
  return op.GridSample(images, grid, { mode: "bilinear", padding_mode: "zeros", align_corners: 0 });
}

/** Each pixel's colour c becomes Mc + b. */
function appendColours(op: Builder, images: Value, [channels = 1, height = 1, width = 1]: readonly number[]): Value {
  const mixed = op.MatMul(
    op.input("colour.mix", "float32", ["N", channels, channels]),
    op.Reshape(images, op.ints([0, channels, height * width])),
  );
  const shifted = op.Add(mixed, op.input("colour.shift", "float32", ["N", 1, 1]));
  return op.Clip(op.Reshape(shifted, op.ints([0, channels, height, width])), op.scalar(0), op.scalar(1));
}

/** Paints a rectangle grey. */
function appendErasing(op: Builder, images: Value, [, height = 1, width = 1]: readonly number[]): Value {
  const within = (axis: "rows" | "columns", size: number, dims: readonly number[]) => {
    const bounds = op.input(`erase.${axis}`, "float32", ["N", 2]);
    const bound = (i: number) => op.Reshape(op.Gather(bounds, op.int(i), { axis: 1 }), op.ints([-1, 1, 1, 1]));
    const places = op.constant(
      float32(
        dims,
        Array.from({ length: size }, (_, i) => i),
      ),
      axis,
    );
    return op.And(op.GreaterOrEqual(places, bound(0)), op.Less(places, bound(1)));
  };
  const hidden = op.And(within("rows", height, [1, 1, height, 1]), within("columns", width, [1, 1, 1, width]));
  return op.Where(hidden, op.scalar(0.5), images);
}

/** Random numbers for one batch of images of `dims` [C, H, W]. */
export function drawAugmentation(
  amounts: Augmentation,
  count: number,
  dims: readonly number[],
  source: Random,
): Record<string, Tensor> & { readonly distortion: Tensor } {
  return {
    distortion: drawPlaces(amounts, count, dims, source),
    ...(amounts.colour ? drawColours(amounts.colour, count, dims, source) : {}),
    ...(amounts.erase ? drawHidden(amounts.erase, count, dims, source) : {}),
  };
}

const symmetric = (source: Random, amount: number) => amount * (2 * source.uniform() - 1);

/** Coordinates of the sampling grid run from -1 to 1 over the image. */
function drawPlaces(
  { rotate, shift, scale, shear, elastic, flip = 0, crop = 0 }: Augmentation,
  count: number,
  [, height = 1, width = 1]: readonly number[],
  source: Random,
): Tensor {
  const values = new Float32Array(count * 2 * terms);
  for (let i = 0; i < count; i++) {
    const angle = (symmetric(source, rotate) * Math.PI) / 180;
    const [sx, sy] = [1 + symmetric(source, scale), 1 + symmetric(source, scale)];
    const slant = symmetric(source, shear);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    let forX = [sx * cos, sx * (slant * cos - sin), symmetric(source, (2 * shift) / width)];
    let forY = [sy * sin, sy * (slant * sin + cos), symmetric(source, (2 * shift) / height)];
    if (crop > 0) {
      const share = Math.sqrt(1 - crop * source.uniform());
      forX = cropAxis(forX, share, source);
      forY = cropAxis(forY, share, source);
    }
    if (flip > 0 && source.uniform() < flip) forX = forX.map((factor) => -factor);
    for (const [axis, affine] of [forX, forY].entries()) {
      const at = (2 * i + axis) * terms;
      const pixel = (2 * elastic) / (axis === 0 ? width : height);
      values.set(affine, at);
      for (let k = 3; elastic > 0 && k < terms; k++) values[at + k] = pixel * source.normal();
    }
  }
  return float32([count, 2, terms], values);
}

/** Zooms an axis into a window of the relative size `share`, anywhere within. */
function cropAxis(affine: readonly number[], share: number, source: Random): number[] {
  const [across = 0, down = 0, shift = 0] = affine.map((factor) => factor * share);
  return [across, down, shift + symmetric(source, 1 - share)];
}

/** ITU-R 601 luma. */
const luma = [0.299, 0.587, 0.114];

/** Brightness b, contrast k about mid-grey, saturation s: c becomes b (k (s c + (1 - s) luma(c) - 1/2) + 1/2). */
function drawColours(amount: number, count: number, [channels = 1]: readonly number[], source: Random) {
  const mix = new Float32Array(count * channels * channels);
  const shift = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const drawFactor = () => 1 + symmetric(source, amount);
    const [brightness, contrast, saturation] = [drawFactor(), drawFactor(), drawFactor()];
    for (let to = 0; to < channels; to++) {
      for (let from = 0; from < channels; from++) {
        const grey = channels === 1 ? 1 : at(luma, from);
        const share = (from === to ? saturation : 0) + (1 - saturation) * grey;
        mix[(i * channels + to) * channels + from] = brightness * contrast * share;
      }
    }
    shift[i] = (brightness * (1 - contrast)) / 2;
  }
  return {
    "colour.mix": float32([count, channels, channels], mix),
    "colour.shift": float32([count, 1, 1], shift),
  };
}

/** Bounds of the rectangles, in pixels; sides in a ratio from 1:3 to 3:1. */
function drawHidden(amount: number, count: number, [, height = 1, width = 1]: readonly number[], source: Random) {
  const bounds = { rows: new Float32Array(2 * count), columns: new Float32Array(2 * count) };
  for (let i = 0; i < count; i++) {
    const isWhole = source.uniform() < 0.5;
    const [area, ratio] = [isWhole ? 0 : amount * source.uniform(), 3 ** symmetric(source, 1)];
    const sides = { rows: Math.min(1, Math.sqrt(area * ratio)), columns: Math.min(1, Math.sqrt(area / ratio)) };
    for (const [axis, size] of [
      ["rows", height],
      ["columns", width],
    ] as const) {
      const start = (1 - sides[axis]) * source.uniform();
      bounds[axis].set([Math.round(start * size), Math.round((start + sides[axis]) * size)], 2 * i);
    }
  }
  return { "erase.rows": float32([count, 2], bounds.rows), "erase.columns": float32([count, 2], bounds.columns) };
}

/** For every pixel centre: x, y, 1 and its weights among the knots, [terms, H·W]. */
function samplingBasis(height: number, width: number): Tensor {
  const n = height * width;
  const values = new Float32Array(terms * n);
  for (let i = 0; i < n; i++) {
    const [column, row] = [i % width, Math.floor(i / width)];
    values[i] = (2 * column + 1) / width - 1;
    values[n + i] = (2 * row + 1) / height - 1;
    values[2 * n + i] = 1;
    const [across, down] = [splineWeights((column + 0.5) / width), splineWeights((row + 0.5) / height)];
    for (let k = 0; k < knots * knots; k++) {
      values[(3 + k) * n + i] = at(down, Math.floor(k / knots)) * at(across, k % knots);
    }
  }
  return float32([terms, n], values);
}

/** Weights of evenly spaced knots at `position` in [0, 1]: the cubic convolution kernel with a = -1/2 (Keys 1981). */
function splineWeights(position: number): number[] {
  const at = position * (knots - 1);
  return Array.from({ length: knots }, (_, k) => {
    const d = Math.abs(at - k);
    if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
    return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0;
  });
}
