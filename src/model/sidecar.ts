/** @file Lists of labels. */

import { FoveaError } from "../foundation/error.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * Class names from a text file, one per line, or a JSON list of names.
 * @throws FoveaError `bad-file`
 */
export function readLabels(text: string, where: string): readonly string[] {
  if (/^\s*[[{]/.test(text)) {
    const value = parseJson(text, where);
    return classList(Array.isArray(value) ? value : byIndex(value), where);
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  return classList(lines, where);
}

function parseJson(text: string, where: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isJson(value)) return value;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FoveaError("bad-file", `${where}: expected JSON: ${reason}`, { cause });
  }
  throw new FoveaError("bad-file", `${where}: expected a JSON object, got ${text.slice(0, 40)}`);
}

/** Whether JSON is an object or a list. */
function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

function isObject(value: unknown): value is Json {
  return isJson(value) && !Array.isArray(value);
}

function classList(value: unknown, where: string): readonly string[] {
  const names = isObject(value) ? byIndex(value) : value;
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string")) return names;
  throw new FoveaError(
    "bad-file",
    `${where}: class names: expected a list of texts, got ${JSON.stringify(value)?.slice(0, 60)}`,
  );
}

/** `{"0": "cat", "1": "dog"}` as a list. */
function byIndex(names: Json): unknown[] {
  return Array.from({ length: Object.keys(names).length }, (_, i) => names[String(i)]);
}
