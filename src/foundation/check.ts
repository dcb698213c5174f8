/** @file Arguments of the wrong kind, refused in one line: callers in JavaScript have no types. */

import { FoveaError, shortened } from "./error.js";

/** The error for an argument: `<where>: expected <expected>, got <value>`. */
export function badInput(where: string, expected: string, value: unknown): FoveaError {
  return new FoveaError("bad-input", `${where}: expected ${expected}, got ${shortened(value)}`);
}

/** Whether a value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Refuses what are no options, such as another argument in their place.
 * @throws FoveaError `bad-input`
 */
export function checkOptions(where: string, options: unknown): void {
  const isData = isObject(options) && ("dims" in options || ArrayBuffer.isView(options));
  if (!isObject(options) || isData) throw badInput(`${where}: options`, "an object", options);
}

/**
 * Refuses an object that lacks a method, such as a name in its place; undefined is accepted.
 * @throws FoveaError `bad-input`
 */
export function checkMethod(where: string, expected: string, value: unknown, method: string): void {
  if (value === undefined) return;
  if (!isObject(value) || !(method in value)) throw badInput(where, expected, value);
}
