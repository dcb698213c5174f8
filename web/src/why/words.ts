/** @file The numbers and sentences of the steps. */

import { counted, list } from "../../../src/foundation/words.js";
import { boxStyle } from "../shared/box-style.js";
import { rankIndices } from "../shared/rank.js";
import type { ChannelsView, Rule, StepsView } from "./engine/api.js";
import type { Row, termsAt } from "./rows.js";

/** How many decimals show so many digits of the largest value. */
export function decimalsFor(peak: number, digits: number): number {
  if (peak === 0 || !Number.isFinite(peak)) return 0;
  return Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(peak))));
}

/** With a true minus sign, and none before zero. */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export function signed(value: number, decimals: number): string {
  if (value === 0) return "0";
  const text = fixed(value, decimals);
  return text.startsWith("−") ? text : `+${text}`;
}

/** As a power of ten where it would be long. */
export function short(value: number, decimals: number): string {
  if (value === 0) return "0";
  return decimals > 5 ? value.toExponential(1).replaceAll("-", "−") : fixed(value, decimals);
}

/** `.64` of 0.64, so that it fits into a cell. */
export function inCell(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return Number(text.replace("−", "-")) === 0 ? "0" : text.replace(/^(−?)0\./, "$1.");
}

export function nameOf({ i, channel, count }: Pick<Row, "i" | "channel" | "count">): string {
  return i === undefined ? `${counted(count, "more channel")}` : `#${channel}`;
}

/** Of the row that comes as the n-th. */
export function joins(
  row: Row,
  n: number,
  { count, decimals }: { readonly count: number; readonly decimals: number },
): string {
  const what = row.isOff ? "is switched off" : `${row.count > 1 ? "add" : "adds"} ${signed(row.part, decimals)}`;
  return `${row.i === undefined ? "The last row" : `Channel ${n} of ${count}`} joins: ${nameOf(row)} ${what}`;
}

/** `0.64 = +0.28 (#24) +0.25 (#20) ...` */
export function cellSentence({ value, first, others }: ReturnType<typeof termsAt>, decimals: number): string {
  const terms = first.map(({ channel, count, value: term }) => {
    const name = channel < 0 ? `${count} more` : `#${channel}`;
    return `${signed(term, decimals)} (${name})`;
  });
  const more = others.count > 0 ? [`${signed(others.value, decimals)} (${others.count} others)`] : [];
  return `${fixed(value, decimals)} = ${[...terms, ...more].join(" ") || "0"}`;
}

/** Which classes a channel speaks for and against: those whose scores lose or gain most without it. */
export function effectSentence(
  { channel, losses }: { readonly channel: number; readonly losses: Float32Array },
  className: (index: number) => string,
): string {
  const order = rankIndices(losses);
  const named = (indices: readonly number[]) =>
    indices.map((index) => `“${className(index)}” (${signed(losses[index] ?? 0, 2)})`);
  const enough = 0.05 * Math.max(...losses.map(Math.abs), 0.01);
  const speaksFor = order.slice(0, 2).filter((index) => (losses[index] ?? 0) > enough);
  const speaksAgainst = order
    .slice(-2)
    .reverse()
    .filter((index) => (losses[index] ?? 0) < -enough);
  const parts = [
    ...(speaksFor.length > 0 ? [`for ${list(named(speaksFor))}`] : []),
    ...(speaksAgainst.length > 0 ? [`against ${list(named(speaksAgainst))}`] : []),
  ];
  return parts.length === 0 ? `#${channel} changes no score.` : `#${channel} speaks most ${parts.join(", and ")}.`;
}

/** The place of a cell on the picture, as CSS. */
export function cellStyle({ layer, box, size }: StepsView, cell: number): string {
  const [width, height] = [box.width / layer.width, box.height / layer.height];
  const [row, column] = [Math.floor(cell / layer.width), cell % layer.width];
  return boxStyle({ x: box.x + column * width, y: box.y + row * height, width, height }, size);
}

export const ruleTitles: Record<Rule, string> = {
  "grad-cam": "Grad-CAM",
  "grad-cam++": "Grad-CAM++",
  "xgrad-cam": "XGrad-CAM",
  "hires-cam": "HiResCAM",
  "layer-cam": "Layer-CAM",
};

/** What step 3 does by each rule. */
export const ruleWords: Record<Rule, string> = {
  "grad-cam": "α is the mean of the gradient over all places.",
  "grad-cam++": "α is a sum over the places where the gradient is positive, weighed by its powers.",
  "xgrad-cam": "α is the mean of the gradient, weighed by the activation at each place.",
  "hires-cam": "No mean: every place keeps its own gradient as its weight.",
  "layer-cam": "No mean: every place keeps its own gradient where that is positive.",
};

/** What each rule comes to where every gradient is the same at all places. */
export const uniformWords: Record<Rule, string> = {
  "grad-cam": "then Grad-CAM is CAM.",
  "grad-cam++": "then only channels with a positive gradient count.",
  "xgrad-cam": "then these are the α of Grad-CAM.",
  "hires-cam": "then this is the map of Grad-CAM.",
  "layer-cam": "then this is Grad-CAM of the channels with a positive gradient alone.",
};

/** How far two sums of the same numbers may be apart. */
const tolerance = 1e-4;

/** Whether the sum and the score without the layer make the score. */
export function addsUp({ score: { score, without, sum } }: ChannelsView): boolean {
  return Math.abs(without + sum - score) <= tolerance * Math.max(1, Math.abs(score));
}

/** Whether a changed weight changes the score as the sum says: it is then a weight of the network. */
export function followsWeights(view: ChannelsView): boolean {
  return view.linear && view.uniform && addsUp(view) && !view.perPlace;
}

/** Why the sum is not the score; undefined where it is. */
export function whatIsMissing(view: ChannelsView): string | undefined {
  if (addsUp(view)) return undefined;
  const { rule } = view.request;
  if (rule === "grad-cam++" || rule === "layer-cam")
    return `${ruleTitles[rule]} weighs by a rule of its own: the picture is what counts, and its sum is not meant to be the score.`;
  if (view.linear && !view.uniform)
    return "The head is linear, but the gradient differs from place to place, and the mean α loses that. HiResCAM keeps it, and adds up.";
  const others = view.otherTokens
    ? ` ${counted(view.otherTokens, "token")} outside the grid ${view.otherTokens === 1 ? "counts" : "count"} as well, but not on the picture.`
    : "";
  return `More layers follow this one. The gradient is only the slope at this picture, so that the sum need not be the score.${others}`;
}
