/** @file Fields of JSON that somebody else wrote, each checked when it is read. */

import { FoveaError } from "../foundation/error.js";

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param where what errors begin with */
export function parseObject(text: string, where: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
  return object(value, where);
}

export function object(value: unknown, where: string): Json {
  if (isObject(value)) return value;
  throw new FoveaError("bad-file", `${where}: expected an object, got ${shown(value)}`);
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FoveaError("bad-file", `${where}: expected a list, got ${shown(value)}`);
}

export function text(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new FoveaError("bad-file", `${where}: expected a string, got ${shown(value)}`);
}

/** JSON of a value, cut to what fits into a line. */
export function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
}

/** The settings of a layer, read by name; a setting that is absent or null has the default that is given. */
export class Settings {
  readonly json: Json;
  readonly where: string;

  /** @param where what errors begin with */
  constructor(json: Json, where: string) {
    this.json = json;
    this.where = where;
  }

  number(name: string, fallback?: number): number {
    return this.#read(name, fallback, "a number", (value) => typeof value === "number" && Number.isFinite(value));
  }

  flag(name: string, fallback: boolean): boolean {
    return this.#read(name, fallback, "true or false", (value) => typeof value === "boolean");
  }

  string(name: string, fallback?: string): string {
    return this.#read(name, fallback, "a string", (value) => typeof value === "string");
  }

  /** Whole numbers; a single one counts as a list of one. */
  numbers(name: string, fallback?: readonly number[]): readonly number[] {
    const value = this.json[name];
    if (typeof value === "number" && Number.isInteger(value)) return [value];
    return this.#read(
      name,
      fallback,
      "whole numbers",
      (each) => Array.isArray(each) && each.every((item) => Number.isInteger(item)),
    );
  }

  /** Whole numbers for rows and columns, from `least` on. */
  pair(name: string, fallback?: readonly [number, number], least = 1): [number, number] {
    const [rows, columns = rows, ...rest] = this.numbers(name, fallback);
    if (rows !== undefined && columns !== undefined && rest.length === 0 && Math.min(rows, columns) >= least) {
      return [rows, columns];
    }
    throw this.refuse(`${name}: expected two numbers from ${least} on, got ${shown(this.json[name])}`);
  }

  /** [[top, bottom], [left, right]]; Keras also writes one number, or one for rows and one for columns. */
  margins(name: string): [[number, number], [number, number]] {
    const value = this.json[name];
    const sides = (each: unknown): unknown => (typeof each === "number" ? [each, each] : each);
    const both = typeof value === "number" ? [value, value] : value;
    const pairs = Array.isArray(both) ? both.map(sides) : [];
    const isSide = (each: unknown) =>
      Array.isArray(each) && each.length === 2 && each.every((size) => Number.isInteger(size) && size >= 0);
    if (pairs.length === 2 && pairs.every(isSide)) return pairs as [[number, number], [number, number]];
    throw this.refuse(`${name}: expected sizes of two pairs of sides, got ${shown(value)}`);
  }

  /** @throws FoveaError unless the setting has one of the values that are handled */
  only(name: string, ...handled: readonly unknown[]): void {
    const value = this.json[name] ?? undefined;
    const same = (other: unknown) => JSON.stringify(other) === JSON.stringify(value);
    if (value === undefined || handled.some(same)) return;
    throw this.refuse(
      `${name}: expected ${handled.map(shown).join(" or ")}, got ${shown(value)}: export to ONNX instead`,
    );
  }

  refuse(message: string): FoveaError {
    return new FoveaError("bad-file", `${this.where}: ${message}`);
  }

  #read<Value>(name: string, fallback: Value | undefined, expected: string, fits: (value: unknown) => boolean): Value {
    const value = this.json[name] ?? fallback;
    if (value !== undefined && fits(value)) return value as Value;
    throw this.refuse(`${name}: expected ${expected}, got ${shown(value)}`);
  }
}
