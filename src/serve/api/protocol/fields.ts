/** @file Reads the fields of requests, which may hold anything. */

import { isObject } from "../../../foundation/check.js";
import { shortened } from "../../../foundation/error.js";
import { badRequest } from "../refusal.js";

type Fields = Readonly<Record<string, unknown>>;

/** @throws Refusal 400 */
export function objectAt(value: unknown, where: string): Fields {
  if (isObject(value)) return value;
  throw badRequest(where, "an object", kindOf(value));
}

/** @throws Refusal 400 */
export function listAt(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw badRequest(where, "a list", kindOf(value));
}

/** @throws Refusal 400 */
export function textAt(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw badRequest(where, "a text", kindOf(value));
}

/** A text, or the default where there is none. @throws Refusal 400 */
export function textOr(value: unknown, usual: string, where: string): string {
  return value === undefined ? usual : textAt(value, where);
}

/** True or false, or the default where there is neither. @throws Refusal 400 */
export function flagOr(value: unknown, usual: boolean, where: string): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? usual;
  throw badRequest(where, "true or false", kindOf(value));
}

/** Parameters of the Open Inference Protocol. @throws Refusal 400 */
export function parametersAt(value: unknown, where: string): Fields {
  if (value === undefined) return {};
  const parameters = objectAt(value, where);
  for (const [name, each] of Object.entries(parameters))
    if (!["string", "number", "boolean"].includes(typeof each))
      throw badRequest(`${where}.${shortened(name)}`, "a text, a number, or true or false", kindOf(each));
  return parameters;
}

/** What a value is, without what it holds: it may be a part of an image. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "none";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? "a text" : "an object";
}
