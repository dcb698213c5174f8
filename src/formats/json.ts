/** @file Fields of JSON that somebody else wrote, each checked when it is read. */

import { isObject } from "../foundation/check.js";
import { FoveaError, messageOf, shownJson } from "../foundation/error.js";
import { parseJson } from "../foundation/parse-json.js";

export type Json = Readonly<Record<string, unknown>>;

/** @param where begins the errors */
export function parseObject(text: string, where: string): Json {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected JSON, got ${messageOf(cause)}`, { cause });
  }
  return object(value, where);
}

export function object(value: unknown, where: string): Json {
  if (isObject(value)) return value;
  throw new FoveaError("bad-file", `${where}: expected an object, got ${show(value)}`);
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FoveaError("bad-file", `${where}: expected a list, got ${show(value)}`);
}

export function text(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new FoveaError("bad-file", `${where}: expected a string, got ${show(value)}`);
}

/** JSON of a value, cut so that it fits into a line. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : shownJson(value);
}

/** The settings of a layer, read by name; a setting that is absent or null has the default that is given. */
export class Settings {
  readonly json: Json;
  readonly where: string;

  /** @param where begins the errors */
  constructor(json: Json, where: string) {
    this.json = json;
    this.where = where;
  }

  number(name: string, fallback?: number): number {
    const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
    return this.#read(name, fallback, "a number", isNumber);
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
    const areWhole = (each: unknown): each is readonly number[] =>
      Array.isArray(each) && each.every((item) => Number.isInteger(item));
    return this.#read(name, fallback, "whole numbers", areWhole);
  }

  /** Whole numbers for rows and columns, from `least` on. */
  pair(name: string, fallback?: readonly [number, number], least = 1): [number, number] {
    const [rows, columns = rows, ...rest] = this.numbers(name, fallback);
    if (rows !== undefined && columns !== undefined && rest.length === 0 && Math.min(rows, columns) >= least) {
      return [rows, columns];
    }
    throw this.refuse(`${name}: expected two numbers from ${least} on, got ${show(this.json[name])}`);
  }

  /** [[top, bottom], [left, right]]; Keras also writes one number, or one for rows and one for columns. */
  margins(name: string): [[number, number], [number, number]] {
    const value = this.json[name];
    const sides = (each: unknown): unknown => (typeof each === "number" ? [each, each] : each);
    const both = typeof value === "number" ? [value, value] : value;
    const pairs = Array.isArray(both) ? both.map(sides) : [];
    const isSide = (each: unknown): each is [number, number] =>
      Array.isArray(each) && each.length === 2 && each.every((size) => Number.isInteger(size) && size >= 0);
    const [rows, columns, ...others] = pairs;
    if (isSide(rows) && isSide(columns) && others.length === 0) return [rows, columns];
    throw this.refuse(`${name}: expected sizes of two pairs of sides, got ${show(value)}`);
  }

  /** @throws FoveaError unless the setting has one of the values that are handled */
  only(name: string, ...handled: readonly unknown[]): void {
    const value = this.json[name] ?? undefined;
    const same = (other: unknown) => JSON.stringify(other) === JSON.stringify(value);
    if (value === undefined || handled.some(same)) return;
    throw this.refuse(
      `${name}: expected ${handled.map(show).join(" or ")}, got ${show(value)}: export to ONNX instead`,
    );
  }

  refuse(message: string): FoveaError {
    return new FoveaError("bad-file", `${this.where}: ${message}`);
  }

  #read<Value>(
    name: string,
    fallback: Value | undefined,
    expected: string,
    fits: (value: unknown) => value is Value,
  ): Value {
    const value = this.json[name] ?? fallback;
    if (value !== undefined && fits(value)) return value;
    throw this.refuse(`${name}: expected ${expected}, got ${show(value)}`);
  }
}
