/** @file Numbers as a page prints them: with narrow spaces and real minus signs. Plain ones are in `foundation/words`. */

import { count } from "../../foundation/words.js";

/** A narrow space that no line breaks at, between a number and its unit. */
const thin = "\u202f";

/** `97.95 %`. Default of `digits`: 1. */
export function percentage(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)}${thin}%`;
}

/** A sentence of another program's output: it begins with a capital, and no line breaks before a percent sign. */
export function asSentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replaceAll(" %", `${thin}%`)}`;
}

/** As many decimals of a percentage as `images` can tell apart: one image of 2,000 is 0.05 %. */
export function percentDigits(images: number): number {
  return Math.min(3, Math.max(1, Math.ceil(Math.log10(images)) - 2));
}

/** A probability. What rounds to 0 or 100 % without being it says so: `> 99.9 %`, `< 0.1 %`. */
export function probability(value: number): string {
  if (value > 0.9995) return `>${thin}99.9${thin}%`;
  if (value < 0.0005) return `<${thin}0.1${thin}%`;
  return percentage(value);
}

/** Three significant digits, without an exponent where that stays short: `0.0412`, `3.4`, `1,280`, `2.1e-7`. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return minus(value.toExponential(1));
  return minus(new Intl.NumberFormat("en-US", { maximumSignificantDigits: size >= 1000 ? 4 : 3 }).format(value));
}

/** A fixed number of decimals, with thousands separators and a real minus sign. */
export function fixed(value: number, digits: number): string {
  return minus(
    new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
  );
}

/** `p = 0.007`, `p < 0.001`. */
export function pValue(p: number): string {
  return p < 0.001 ? "p\u00a0<\u00a00.001" : `p\u00a0=\u00a0${fixed(p, p < 0.1 ? 3 : 2)}`;
}

/** `0.8 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function timeTaken(seconds: number): string {
  if (seconds < 9.95) return `${fixed(seconds, 1)}${thin}s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${count(hours)}${thin}h ${minutes}${thin}min`;
  return minutes > 0 ? `${minutes}${thin}min ${whole % 60}${thin}s` : `${whole}${thin}s`;
}

/** A place in a drawing: a tenth of a unit is finer than any screen. */
export function coordinate(value: number): number {
  return Math.round(value * 10) / 10;
}

function minus(text: string): string {
  return text.replace(/^-(?=.*[1-9])/, "\u2212").replace(/^-/, "");
}
