/** @file Pictures of more than 8 bits: samples of 16 bits or floating ones, kept as fractions of 0..255. */

import { FoveaError } from "../../foundation/error.js";
import { stepsPer8Bits, white } from "./dark-note.js";
import type { Picture } from "./picture.js";

/** Samples as they were decoded: interleaved, with alpha behind them where there are 2 or 4 channels. */
export interface DecodedSamples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly samples: Uint16Array | Float32Array;
}

/** A picture of 16-bit samples, laid over white by its alpha. */
export function pictureOf16Bits({ width, height, channels: all, samples }: DecodedSamples): Picture {
  const channels = all < 3 ? 1 : 3;
  const deep = new Float32Array(width * height * channels);
  const hasAlpha = all > channels;
  for (let from = 0, to = 0; from < samples.length; from += all) {
    const alpha = hasAlpha ? (samples[from + channels] as number) / white : 1;
    for (let c = 0; c < channels; c++)
      deep[to++] = ((samples[from + c] as number) * alpha + white * (1 - alpha)) / stepsPer8Bits;
  }
  return ofDeep(width, height, channels, deep);
}

/** How far floating samples of 0 to 1 may stand over, as resampling makes them. */
const slack = 0.1;
/** Samples up to this may be of any range: those of light, for example. */
const leastOf255 = 16;

/**
 * A picture of floating samples, whose own range is 0 to 1 or 0 to 255.
 * @param name how errors call the file
 * @throws FoveaError `bad-input` for samples of another range, or with alpha
 */
export function pictureOfFloats({ width, height, channels, samples }: DecodedSamples, name: string): Picture {
  if (channels !== 1 && channels !== 3) throw odd(name, `${channels} channels of floating samples`);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of samples) {
    if (!Number.isFinite(value)) throw odd(name, `a floating sample that is ${value}`);
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  const isUnit = low >= -slack && high <= 1 + slack;
  const isByte = low >= 0 && high >= leastOf255 && high <= 255;
  const range = `from ${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
  if (!isUnit && !isByte) throw odd(name, `floating samples ${range}`);
  const factor = isUnit ? 255 : 1;
  const deep = new Float32Array(samples.length);
  for (let i = 0; i < deep.length; i++) deep[i] = Math.min(255, Math.max(0, (samples[i] ?? 0) * factor));
  const note = `floating samples ${range}, of which ${isUnit ? 1 : 255} is taken for white`;
  return { ...ofDeep(width, height, channels, deep), notes: [note] };
}

function odd(name: string, got: string): FoveaError {
  const expected = "samples of 8 or 16 bits, or grey or RGB floating ones from 0 to 1 or from 0 to 255";
  return new FoveaError(
    "bad-input",
    `${name}: image: expected ${expected}, got ${got}: convert it, or give an array (.npy)`,
  );
}

const wholeNumbers: Readonly<Record<string, string>> = {
  char: "signed whole numbers of 8 bits",
  short: "signed whole numbers of 16 bits",
  int: "signed whole numbers of 32 bits",
  uint: "whole numbers of 32 bits",
};

/** The refusal of samples without a usual range. @param depth as libvips calls the type */
export function unusualSamples(name: string, depth: string): FoveaError {
  return odd(name, wholeNumbers[depth] ?? "samples that are no usual ones");
}

function ofDeep(width: number, height: number, channels: 1 | 3, deep: Float32Array): Picture {
  const pixels = new Uint8Array(deep.length);
  // Not by Uint8Array.from, which makes a list of all numbers first.
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.round(deep[i] ?? 0);
  return { width, height, channels, pixels, deep };
}
