/** @file Shapes of JSON values: each checks a value that was read from a file, and gives it its type. */

import { badInput, isObject } from "../../foundation/check.js";

/** @throws FoveaError `bad-input` that begins with `where` */
export type Shape<Value> = (value: unknown, where: string) => Value;

/** The values that a shape lets through. */
export type Of<AShape> = AShape extends Shape<infer Value> ? Value : never;

export const text: Shape<string> = (value, where) => {
  if (typeof value === "string") return value;
  throw badInput(where, "a text", value);
};

export const number: Shape<number> = (value, where) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badInput(where, "a number", value);
};

/** 0 to 1. */
export const share: Shape<number> = (value, where) => {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw badInput(where, "a number from 0 to 1", value);
};

/** Not negative. */
export const whole: Shape<number> = (value, where) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw badInput(where, "a whole number, 0 or more", value);
};

export const truth: Shape<boolean> = (value, where) => {
  if (typeof value === "boolean") return value;
  throw badInput(where, "true or false", value);
};

/** Null where nothing is known. */
export function orNull<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value, where) => (value === null ? null : shape(value, where));
}

export function listOf<Value>(shape: Shape<Value>): Shape<readonly Value[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw badInput(where, "a list", value);
    return value.map((each, i) => shape(each, `${where}[${i}]`));
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Fielded<Shapes extends Fields> = { readonly [Name in keyof Shapes]: Of<Shapes[Name]> };

/** An object of these fields; other fields are left out. */
export function fields<Shapes extends Fields>(shapes: Shapes): Shape<Fielded<Shapes>> {
  return (value, where) => {
    if (!isObject(value)) throw badInput(where, "an object", value);
    const entries = Object.entries(shapes).map(([name, shape]) => [name, shape(value[name], `${where}.${name}`)]);
    return Object.fromEntries(entries) as Fielded<Shapes>;
  };
}

/** A share of images with its 95 % interval. */
export const proportion = fields({ value: share, low: share, high: share });
