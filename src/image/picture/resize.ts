/** @file Resampling of maps and pictures for display: half-pixel centres, edges clamped. */

import type { FloatMap } from "../map/heatmap.js";
import { checkSize, type Picture } from "./picture.js";

export interface ResizeOptions {
  /**
   * Widen the filter when shrinking, so that every sample counts. Default false for maps, where each new value is read between
   * its four neighbours (PyTorch's `interpolate(mode="bilinear", align_corners=False)`), and true for pictures. Enlarging is
   * the same with and without.
   */
  antialias?: boolean;
}

/** A rectangle in pixels of a picture; it may begin and end between pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The map at another size, bilinearly. */
export function resizeMap(
  map: FloatMap,
  width: number,
  height: number,
  { antialias = false }: ResizeOptions = {},
): FloatMap {
  checkSize("resized map", width, height);
  const across = axisTaps(map.width, width, antialias);
  const down = axisTaps(map.height, height, antialias);
  return { width, height, values: resample(map.values, map.width, 1, across, down) };
}

/** The picture at another size, bilinearly, with 8 bits. */
export function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  { antialias = true }: ResizeOptions = {},
): Picture {
  checkSize("resized picture", width, height);
  if (width === picture.width && height === picture.height) return picture;
  const across = axisTaps(picture.width, width, antialias);
  const down = axisTaps(picture.height, height, antialias);
  const samples = resample(new Float32Array(picture.pixels), picture.width, picture.channels, across, down);
  const { channels } = picture;
  const pixels = new Uint8Array(samples.length);
  // Storing cuts off the fraction, so this rounds.
  for (let i = 0; i < pixels.length; i++) pixels[i] = (samples[i] ?? 0) + 0.5;
  return { width, height, channels, pixels };
}

/** The picture with each pixel repeated `factor` times both ways: its pixels stay visible as squares. */
export function enlargePixels(picture: Picture, factor: number): Picture {
  const { channels } = picture;
  const width = picture.width * factor;
  const height = picture.height * factor;
  checkSize("enlarged picture", width, height);
  const pixels = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    const row = Math.floor(y / factor) * picture.width;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(x / factor)) * channels;
      for (let c = 0; c < channels; c++) pixels[to++] = picture.pixels[from + c] as number;
    }
  }
  return { width, height, channels, pixels };
}

/**
 * Lays a map that explains only a part of a picture (the crop that the network saw) back onto the whole: bilinear inside `box`,
 * zero where the network saw nothing.
 * @param box the part that the map covers, in pixels of the whole picture; it is cut off at the picture's edges
 * @param width the whole picture's
 * @param height the whole picture's
 */
export function placeMap(map: FloatMap, box: Box, width: number, height: number): FloatMap {
  checkSize("placed map", width, height);
  const across = window(map.width, box.x, box.width, width);
  const down = window(map.height, box.y, box.height, height);
  return { width, height, values: resample(map.values, map.width, 1, across, down) };
}

/** The sources of one new sample: the old samples from `start` on, times `weights`; none for zero. */
export interface Taps {
  readonly start: number;
  readonly weights: Float64Array;
}

/** The sources of each sample along an axis that is resized. @param antialias widen the filter when shrinking */
export function axisTaps(from: number, to: number, antialias: boolean): Taps[] {
  return Array.from({ length: to }, (_, i) =>
    tapsAt(((i + 0.5) * from) / to, from, antialias ? Math.max(1, from / to) : 1),
  );
}

const none = new Float64Array();

function window(from: number, start: number, length: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => {
    const part = (i + 0.5 - start) / length;
    return part < 0 || part > 1 ? { start: 0, weights: none } : tapsAt(part * from, from, 1);
  });
}

/** A triangle of half-width `scale` around `centre`. Weights beyond the edge fall away and the others make up for them, which is the same as repeating the edge. */
function tapsAt(centre: number, from: number, scale: number): Taps {
  const start = Math.max(0, Math.floor(centre - scale + 0.5));
  const end = Math.min(from, Math.floor(centre + scale + 0.5));
  const weights = new Float64Array(end - start);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = Math.max(0, 1 - Math.abs(start + i + 0.5 - centre) / scale);
    weights[i] = weight;
    sum += weight;
  }
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] ?? 0) / sum;
  return { start, weights };
}

function resample(
  samples: Float32Array,
  width: number,
  channels: number,
  across: readonly Taps[],
  down: readonly Taps[],
): Float32Array {
  const height = samples.length / width / channels;
  const stride = across.length * channels;
  const rows = new Float32Array(height * stride);
  for (let y = 0, to = 0; y < height; y++) {
    for (const { start, weights } of across) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0, from = (y * width + start) * channels + c; k < weights.length; k++, from += channels) {
          sum += (weights[k] as number) * (samples[from] as number);
        }
        rows[to++] = sum;
      }
    }
  }
  const result = new Float32Array(down.length * stride);
  let to = 0;
  for (const { start, weights } of down) {
    for (let x = 0; x < stride; x++) {
      let sum = 0;
      for (let k = 0, from = start * stride + x; k < weights.length; k++, from += stride)
        sum += (weights[k] as number) * (rows[from] as number);
      result[to++] = sum;
    }
  }
  return result;
}
