/** @file The rows of the table, one for each channel, in their order, and their sums. */

import type { ChannelsView } from "./engine/api.js";

export const orders = ["part", "weight", "channel"] as const;
export type Order = (typeof orders)[number];

/** What the user changed. */
export interface Change {
  /** Channels that are switched off. */
  readonly off: ReadonlySet<number>;
  /** Weights in the place of the channels' own. */
  readonly weights: ReadonlyMap<number, number>;
}

/** One channel, or all that are not shown one by one. */
export interface Row {
  /** Its place in the arrays; undefined for the others together. */
  readonly i: number | undefined;
  /** The channel's number; -1 for the others together. */
  readonly channel: number;
  /** How many channels it stands for. */
  readonly count: number;
  /** The mean weight, as it is now; undefined for the others. */
  readonly weight: number | undefined;
  /** As the method says. */
  readonly ownWeight: number | undefined;
  readonly isOff: boolean;
  /** w A of each place, also of a channel that is off. */
  readonly share: Float32Array;
  /** Their sum, which is what it adds to the score; zero where it is off. */
  readonly part: number;
}

export function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

export function places({ layer }: ChannelsView): number {
  return layer.height * layer.width;
}

/** The part of an array [c, h, w] that is one channel's. */
export function planeOf(view: ChannelsView, values: Float32Array, i: number): Float32Array {
  const count = places(view);
  return values.subarray(i * count, (i + 1) * count);
}

/** The weights of one channel's places; one where all have the same. */
export function weightsOf(view: ChannelsView, i: number): Float32Array {
  return view.perPlace ? planeOf(view, view.weights, i) : view.weights.subarray(i, i + 1);
}

/** In the order of the channels' numbers, the others last. */
export function rowsOf(view: ChannelsView, { off, weights }: Change): Row[] {
  const rows = Array.from(view.channels, (channel, i): Row => {
    const own = weightsOf(view, i);
    const ownWeight = total(own) / own.length;
    const changed = view.perPlace ? undefined : weights.get(channel);
    const activation = planeOf(view, view.activation, i);
    const share = activation.map((value, place) => value * (changed ?? own[view.perPlace ? place : 0] ?? 0));
    const isOff = off.has(channel);
    return {
      i,
      channel,
      count: 1,
      weight: changed ?? ownWeight,
      ownWeight,
      isOff,
      share,
      part: isOff ? 0 : total(share),
    };
  });
  if (view.rest === undefined) return rows;
  const { count, evidence } = view.rest;
  const rest = { i: undefined, channel: -1, weight: undefined, ownWeight: undefined, isOff: false };
  return [...rows, { ...rest, count, share: evidence, part: total(evidence) }];
}

/** As the method has them, whatever the user changes meanwhile: rows do not jump away under the hand. */
export function inOrder(rows: readonly Row[], order: Order, view: ChannelsView): Row[] {
  const unchanged = new Map(rowsOf(view, { off: new Set(), weights: new Map() }).map((row) => [row.channel, row]));
  const key = ({ channel }: Row) => {
    const { part = 0, ownWeight = 0 } = unchanged.get(channel) ?? {};
    return order === "part" ? -part : order === "weight" ? -ownWeight : channel;
  };
  const isRest = ({ i }: Row) => Number(i === undefined);
  return [...rows].sort((a, b) => isRest(a) - isRest(b) || key(a) - key(b));
}

/** Σ over the rows at each place, those that are on. */
export function sumOf(rows: readonly Row[], count: number): Float32Array {
  const sum = new Float32Array(count);
  for (const { share, isOff } of rows) {
    if (isOff) continue;
    for (let place = 0; place < count; place++) sum[place] = (sum[place] ?? 0) + (share[place] ?? 0);
  }
  return sum;
}

/** The largest by magnitude. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** Places of the sum that the ReLU sets to zero. */
export function belowZero(sum: Float32Array): number {
  return sum.reduce((count, value) => count + Number(value < 0), 0);
}

/** What the most important rows add to one place, the largest first, and what the others add together. */
export function termsAt(rows: readonly Row[], place: number, most = 4) {
  const terms = rows
    .filter(({ isOff }) => !isOff)
    .map(({ channel, count, share }) => ({ channel, count, value: share[place] ?? 0 }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const others = terms.slice(most).filter(({ value }) => value !== 0);
  return {
    value: total(terms.map(({ value }) => value)),
    first: terms.slice(0, most).filter(({ value }) => value !== 0),
    others: { count: total(others.map(({ count }) => count)), value: total(others.map(({ value }) => value)) },
  };
}
