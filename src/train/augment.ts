/** @file Random distortions of training images, as part of the training graph. */

import { type Builder, float32, type Tensor, type Value } from "../onnx/index.js";
import type { Random } from "../random.js";

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
}

/** A light distortion fit for handwritten digits. */
export const lightAugmentation: Augmentation = { rotate: 12, shift: 2, scale: 0.12, shear: 0.15, elastic: 0.7 };

/** Every amount multiplied by `strength`. */
export function scaledAugmentation(amounts: Augmentation, strength: number): Augmentation {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, amount * strength]),
  ) as unknown as Augmentation;
}

/** Knots of the elastic displacement along each axis. */
const knots = 5;
const terms = 3 + knots * knots;

/**
 * Declares the random input and appends the nodes that distort `images` [N, C, H, W]; outside is 0. Where each pixel is
 * sampled from is linear in the random numbers: affine in its position, plus a cubic spline through displaced knots.
 */
export function augmentImages(op: Builder, images: Value, height: number, width: number): Value {
  const distortion = op.input("distortion", "float32", ["N", 2, terms]);
  const basis = op.constant(samplingBasis(height, width), "basis");
  const positions = op.Reshape(op.MatMul(distortion, basis), op.ints([0, 2, height, width]));
  const grid = op.Transpose(positions, { perm: [0, 2, 3, 1] });
  return op.GridSample(images, grid, { mode: "bilinear", padding_mode: "zeros", align_corners: 0 });
}

/** Random numbers for one batch. Coordinates of the sampling grid run from -1 to 1 over the image. */
export function drawAugmentation(
  { rotate, shift, scale, shear, elastic }: Augmentation,
  count: number,
  height: number,
  width: number,
  source: Random,
): Record<"distortion", Tensor> {
  const symmetric = (amount: number) => amount * (2 * source.uniform() - 1);
  const values = new Float32Array(count * 2 * terms);
  for (let i = 0; i < count; i++) {
    const angle = (symmetric(rotate) * Math.PI) / 180;
    const [sx, sy, slant] = [1 + symmetric(scale), 1 + symmetric(scale), symmetric(shear)];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const forX = [sx * cos, sx * (slant * cos - sin), symmetric((2 * shift) / width)];
    const forY = [sy * sin, sy * (slant * sin + cos), symmetric((2 * shift) / height)];
    for (const [axis, affine] of [forX, forY].entries()) {
      const at = (2 * i + axis) * terms;
      const pixel = (2 * elastic) / (axis === 0 ? width : height);
      values.set(affine, at);
      for (let k = 3; k < terms; k++) values[at + k] = pixel * source.normal();
    }
  }
  return { distortion: float32([count, 2, terms], values) };
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
      values[(3 + k) * n + i] = (down[Math.floor(k / knots)] as number) * (across[k % knots] as number);
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
