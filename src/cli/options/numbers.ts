/** @file Numbers as options take them: one table of what each may be, and the functions that read them by it. */

import { mostNoise, mostSamples, mostSuperpixels } from "../../explain/method.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import type { GridChoice } from "../../model/layers/layout.js";

interface Range {
  readonly least: number;
  readonly most: number;
  /** Default false. */
  readonly whole?: boolean;
  /** The ends that are no such number themselves. Default none. */
  readonly without?: "least" | "most";
  /** What is expected, in words. Default: the range. */
  readonly expected?: string;
}

const whole = (least: number, most: number): Range => ({ least, most, whole: true });
const above = (least: number, most: number): Range => ({ least, most, without: "least" });
const below = (least: number, most: number): Range => ({ least, most, without: "most" });

/** What each option may be, in every command that has it. */
const ranges = {
  "--attack-steps": whole(1, 1_000),
  "--batch": whole(1, 1_000_000),
  "--box": whole(1, 10_000),
  "--conf": { least: 0, most: 1 },
  "--count": whole(1, 1_000_000),
  "--curves": whole(0, 1_000_000),
  "--deadline": whole(1, 86_400_000),
  "--draws": whole(1, 1000),
  "--epochs": whole(1, 100_000),
  "--errors": whole(0, 10_000),
  "--images": whole(200, 100_000),
  "--max-batch": whole(1, 1_000),
  "--max-delay": whole(0, 60_000),
  "--max-instances": whole(1, 10_000),
  "--max-pixels": whole(1, 1_000_000_000),
  "--max-queue": whole(1, 100_000),
  "--pairs": whole(3, 10_000),
  "--port": whole(0, 65_535),
  "--rows": whole(0, 1_000_000),
  "--samples": whole(1, mostSamples),
  "--series": whole(1, 10_000),
  "--seed": whole(0, Number.MAX_SAFE_INTEGER),
  "--skip-tokens": whole(0, 10_000),
  "--steps": whole(1, 10_000),
  "--superpixels": whole(1, mostSuperpixels),
  "--top": whole(0, 1_000_000),
  "--top-channels": whole(1, 1_000_000),
  "--unfreeze": whole(0, 1_000),
  "--workers": whole(1, 256),
  "--adversarial": { ...above(0, 1), expected: "a number above 0, at most 1, e.g. 8/255" },
  "--augment": { ...above(0, 10), expected: "none, light, or a factor above 0, at most 10" },
  "--crop": { ...above(0, 1), expected: "a share above 0, at most 1, or none or letterbox" },
  "--energy-weight": above(0, 1_000),
  "--eps": { ...above(0, 1), expected: "a number above 0, at most 1, e.g. 8/255" },
  "--iou": { least: 0, most: 1 },
  "--mean": { least: -1e6, most: 1e6 },
  "--noise": { least: 0, most: mostNoise },
  "--percentile": above(0, 100),
  "--rate": above(0, 100),
  "--scale": { least: -1e6, most: 1e6 },
  "--smoothing": below(0, 1),
  "--std": { least: -1e6, most: 1e6 },
  "--step-size": above(0, 1),
  "--time-limit": above(0, 1_000_000),
  "--threshold": { least: 0, most: 1 },
  "--tolerance": { least: 0, most: 100_000 },
  "--validation": below(0, 1),
  "--window": { least: -1e6, most: 1e6 },
  "--weight-decay": { least: 0, most: 100 },
} as const satisfies Readonly<Record<`--${string}`, Range>>;

/** An option whose value is a number. */
export type NumberFlag = keyof typeof ranges;

const decimal = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;

/** Reads the option's value, before the command runs. @throws FoveaError `bad-input` */
export function numberFor(flag: NumberFlag): (text: string) => number {
  return (text) => numberFrom(flag, text);
}

/** As `numberFor`, for a value that is shown as it was written, such as 8/255: the text itself. */
export function numberTextFor(flag: NumberFlag): (text: string) => string {
  return (text) => {
    numberFrom(flag, text);
    return text;
  };
}

/**
 * A number within its option's range: decimal, or a fraction such as 1/255 where it need not be whole.
 * @throws FoveaError `bad-input`
 */
export function numberFrom(flag: NumberFlag, text: string): number {
  const range: Range = ranges[flag];
  const value = range.whole ? wholeFrom(text) : fractionFrom(text);
  if (holds(range, value)) return value;
  throw wrongValue(flag, described(range), text);
}

/** Numbers with commas between, each within the option's range. @throws FoveaError `bad-input` */
export function numbersFrom(flag: NumberFlag, text: string): number[] {
  return text.split(",").map((part) => numberFrom(flag, part.trim()));
}

function wholeFrom(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function fractionFrom(text: string): number {
  const [top = "", bottom = "1", ...more] = text.trim().split("/");
  return more.length === 0 && decimal.test(top) && decimal.test(bottom) ? Number(top) / Number(bottom) : Number.NaN;
}

function holds({ least, most, without }: Range, value: number): boolean {
  return value >= least && value <= most && !(without && value === (without === "least" ? least : most));
}

function described({ least, most, whole: isWhole = false, without, expected }: Range): string {
  if (expected !== undefined) return expected;
  const [low, high] = [least, most].map((end) => (isWhole ? count(end) : String(end)));
  const ends =
    without === "least" ? `above ${low}, at most ${high}` : `from ${low} to ${without ? "below " : ""}${high}`;
  return `a ${isWhole ? "whole number" : "number"} ${ends}`;
}

/** Rows and columns that an option may ask for. */
const mostPixels = 16_384;

/** `HxW`, or one number for both. @throws FoveaError `bad-input` */
export function sizeFrom(flag: string, text: string): { readonly height: number; readonly width: number } {
  const match = /^(\d{1,9})(?:x(\d{1,9}))?$/.exec(text);
  const [height, width] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (height > 0 && width > 0 && Math.max(height, width) <= mostPixels) return { height, width };
  throw wrongValue(flag, `HxW or one number, from 1 to ${count(mostPixels)} each`, text);
}

/** `DxHxW`, or as `sizeFrom`. @throws FoveaError `bad-input` */
export function gridFrom(flag: string, text: string): GridChoice {
  const [, depth, plane] = /^(\d{1,9})x(\d{1,9}x\d{1,9})$/.exec(text) ?? [];
  const size = sizeFrom(flag, plane ?? text);
  if (depth === undefined) return size;
  return { ...size, depth: sizeFrom(flag, depth).height };
}

/** Images of a run: of more of them nothing is learnt. */
const largestBatch = 1024;

/** `1,8` as the sizes of batches. @throws FoveaError `bad-input` */
export function batchSizes(text: string): readonly number[] {
  const sizes = text.split(",").map((part) => (/^\d{1,9}$/.test(part.trim()) ? Number(part) : 0));
  if (sizes.length <= 100 && sizes.every((size) => size >= 1 && size <= largestBatch)) return sizes;
  throw wrongValue("--batch", `whole numbers from 1 to ${count(largestBatch)}, with commas between`, text);
}

/** The error for an option's value. */
export function wrongValue(flag: string, expected: string, got: string): FoveaError {
  return new FoveaError("bad-input", `${flag}: expected ${expected}, got ${shortened(got)}`);
}
