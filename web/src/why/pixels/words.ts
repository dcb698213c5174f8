/** @file The sentences about steps of pixels. */

import { percent } from "../../../../src/foundation/words.js";
import type { PixelMethod, PixelsView, WayView } from "../engine/api.js";
import { decimalsFor, fixed, signed } from "../words.js";
import { type Completeness, type Term, wayOf } from "./sums.js";

export const pixelTitles: Record<PixelMethod, string> = {
  "integrated-gradients": "Integrated gradients",
  "smooth-grad": "SmoothGrad",
  "gradient-x-input": "Gradient × input",
  gradient: "Gradient",
};

/** What each method does with the gradients. */
export const pixelWords: Record<PixelMethod, string> = {
  "integrated-gradients":
    "The mean gradient on the way from a beginning to the picture, times how far each pixel moved on it.",
  "smooth-grad": "The mean gradient of the picture under noise: what changes with the noise averages out.",
  "gradient-x-input":
    "The gradient at the picture, times the network’s input: integrated gradients in one step, at the end of the way from zero.",
  gradient: "The gradient at the picture: how much the score would change with each pixel.",
};

export const startTitles: Record<WayView["start"], string> = {
  zero: "an input of zeros",
  black: "a black picture",
  white: "a white picture",
  blur: "the blurred picture",
};

/** What the summed step did. */
export function stepSentence(
  view: PixelsView,
  count: number,
  { parts, decimals }: { readonly parts: readonly number[]; readonly decimals: number },
): string {
  const { method } = view.request;
  const total = view.at.length;
  const score = fixed(view.stepScores[count - 1] ?? 0, 2);
  if (total === 1)
    return count === 0
      ? "Nothing is asked yet."
      : `One step: the gradient at the picture itself, whose score is ${score}.`;
  if (method === "smooth-grad")
    return count === 0
      ? "No sample yet."
      : `${count === total ? "All" : `Sample ${count} of`} ${total}${count === total ? " samples" : ""}: score ${score}.`;
  const [start] = view.ways;
  if (count === 0)
    return start ? `The beginning: ${startTitles[start.start]}, with a score of ${fixed(start.score, 2)}.` : "";
  const way = view.ways.length > 1 ? `, from ${startTitles[view.ways[wayOf(view, count - 1)]?.start ?? "zero"]}` : "";
  const adds = `adds ${signed(parts[count - 1] ?? 0, decimals)}`;
  return `Step ${count} of ${total}${way}: ${percent(view.at[count - 1] ?? 0, 0)} of the way, score ${score}; ${adds}.`;
}

const colours = ["red", "green", "blue", "opacity"] as const;

/** As the preprocessing orders them. */
export function channelName(channel: number, count: number, order: "rgb" | "bgr" | undefined): string {
  if (count === 1) return "";
  return colours[order === "bgr" && channel < 3 ? 2 - channel : channel] ?? `channel ${channel}`;
}

interface PixelWords {
  readonly view: PixelsView;
  readonly terms: readonly Term[];
  readonly order: "rgb" | "bgr" | undefined;
  readonly isWhole: boolean;
}

/** `0.031 = mean gradient 0.044 × (0.93 − 0.21)` */
export function pixelSentence({ view, terms, order, isWhole }: PixelWords): string {
  const { channels } = view.layer;
  const most = Math.max(...terms.map(({ value }) => Math.abs(value)), Math.abs(total(terms)));
  const decimals = Math.min(8, Math.max(2, decimalsFor(most, 2)));
  if (view.ways.length === 0) {
    const [first, ...others] = [...terms].sort((a, b) => Math.abs(b.gradient) - Math.abs(a.gradient));
    const what = view.at.length === 1 ? "gradient" : "mean gradient";
    const name =
      first && others.length > 0
        ? ` of ${channelName(first.channel, channels, order)}, the largest of the colours`
        : "";
    return `${fixed(Math.abs(first?.value ?? 0), decimals)} = size of the ${what} ${gradientText(first?.gradient ?? 0)}${name}`;
  }
  const so = isWhole ? "" : " so far";
  if (view.ways.length > 1) {
    const each = view.ways.map(({ start }, way) => {
      const value = total(terms.filter((term) => term.way === way));
      return `${signed(value, decimals)} from ${startTitles[start]}`;
    });
    return `${fixed(total(terms), decimals)}${so} = ${each.join(" ")}`;
  }
  const [first] = terms;
  if (terms.length === 1 && first) return `${fixed(first.value, decimals)}${so} = ${product(view, first, isWhole)}`;
  const each = terms.map(
    (term) =>
      `${signed(term.value, decimals)} (${channelName(term.channel, channels, order)}: ${product(view, term, isWhole)})`,
  );
  return `${fixed(total(terms), decimals)}${so} = ${each.join(" ")}`;
}

function product(view: PixelsView, { gradient, picture, start = 0, value }: Term, isWhole: boolean): string {
  const what = view.at.length === 1 ? "gradient" : "mean gradient";
  const moved = `(${fixed(picture, 2)} − ${start < 0 ? `(${fixed(start, 2)})` : fixed(start, 2)})`;
  const weight = gradient * (picture - start) === 0 ? 0 : value / (gradient * (picture - start));
  return `${what} ${gradientText(gradient)} × ${moved}${isWhole ? "" : ` × ${fixed(weight, 2)}, the steps’ weight so far`}`;
}

function gradientText(value: number): string {
  return fixed(value, Math.min(8, Math.max(2, decimalsFor(Math.abs(value), 2))));
}

function total(terms: readonly Term[]): number {
  return terms.reduce((sum, { value }) => sum + value, 0);
}

/** An error, with as many digits as it has. */
export function errorText({ error, rise }: Completeness): string {
  if (error === 0) return "0";
  const share = error / Math.max(Math.abs(rise), 1e-9);
  const digits = (value: number) => Math.min(8, decimalsFor(value, 1));
  return `${error.toFixed(Math.max(2, digits(error)))}, or ${(100 * share).toFixed(digits(100 * share))} %`;
}

/** From this share of the difference on, the steps are too few. */
const tooFar = 0.05;

/** Why the sum is not quite what it should be. */
export function whyNotQuite({ error, rise }: Completeness, steps: number): string {
  const few = error > tooFar * Math.max(Math.abs(rise), 1e-9);
  return few
    ? `The gradient changes faster than ${steps} steps can follow, so that the map is off by this much.`
    : `${steps} steps stand for the whole way, on which the gradient has corners. More steps make the error smaller.`;
}
