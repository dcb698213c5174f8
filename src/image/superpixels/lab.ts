/** @file Colours of a picture in CIELAB, in which equal distances look alike. */

import { type Picture, toRgb } from "../picture/picture.js";

/** X, Y and Z of linear sRGB (IEC 61966-2-1), over those of the white D65. */
const toX = [0.412453 / 0.95047, 0.35758 / 0.95047, 0.180423 / 0.95047] as const;
const toY = [0.212671, 0.71516, 0.072169] as const;
const toZ = [0.019334 / 1.08883, 0.119193 / 1.08883, 0.950227 / 1.08883] as const;

/** Linear light of each sample, 0 to 1. */
const linear = Float64Array.from({ length: 256 }, (_, i) => {
  const value = i / 255;
  return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
});

/** L, a and b of each pixel one behind the other, [H · W · 3]: L is 0 to 100, a and b about -100 to 100 (CIE 1976). */
export function labOf(picture: Picture): Float32Array {
  const { pixels } = toRgb(picture);
  const lab = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) {
    const red = linear[pixels[i] ?? 0] ?? 0;
    const green = linear[pixels[i + 1] ?? 0] ?? 0;
    const blue = linear[pixels[i + 2] ?? 0] ?? 0;
    const x = compressed(toX[0] * red + toX[1] * green + toX[2] * blue);
    const y = compressed(toY[0] * red + toY[1] * green + toY[2] * blue);
    const z = compressed(toZ[0] * red + toZ[1] * green + toZ[2] * blue);
    lab[i] = 116 * y - 16;
    lab[i + 1] = 500 * (x - y);
    lab[i + 2] = 200 * (y - z);
  }
  return lab;
}

function compressed(value: number): number {
  return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116;
}
