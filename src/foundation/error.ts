/** @file The one error type of the package: a sentence for people and a code for programs. */

import { at } from "./present.js";

/** The kinds of errors, for programs. */
export type ErrorCode =
  | "bad-file"
  | "bad-graph"
  | "bad-input"
  | "checksum"
  | "closed"
  | "crashed"
  | "network"
  | "not-found"
  | "shape-mismatch"
  | "unknown-name"
  | "unsupported-operator"
  | "unwritable";

/**
 * An error that the user can act on. The message reads `<where>: <what>: expected …, got …`.
 * Broken invariants of our own are plain `Error`s whose message begins with `internal:`.
 */
export class FoveaError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FoveaError";
    this.code = code;
  }
}

/** The message of anything thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The error with `where` in front, unless its message names that already. @param where a file, as the user calls it */
export function namedError(where: string, error: FoveaError): FoveaError {
  if (error.message.includes(where)) return error;
  return new FoveaError(error.code, `${where}: ${error.message}`, { cause: error.cause ?? error });
}

/** Runs an action; its errors name the place where they arose (see `namedError`). */
export async function naming<Result>(where: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof FoveaError ? namedError(where, error) : error;
  }
}

/** Characters of a value that a message shows. */
const mostCharacters = 80;

/** A value for a message: long ones are cut, and arrays, tensors and objects are named, not printed. */
export function shortened(value: unknown): string {
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return cut(String(value));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const kind = value.constructor?.name ?? "Object";
  if ("dims" in value && Array.isArray(value.dims)) return cut(`a tensor [${value.dims.slice(0, 8).join(", ")}]`);
  if (ArrayBuffer.isView(value)) return `a ${kind} of ${value.byteLength} bytes`;
  return kind === "Object" ? "an object" : cut(`a ${kind}`);
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}

/** `name` was not found among `names`: says so and suggests the nearest ones. */
export function unknownName(kind: string, name: string, names: readonly string[], where?: string): FoveaError {
  const nearest = [...names]
    .map((candidate) => ({ candidate, distance: nameDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => candidate);
  const hint = nearest.length > 0 ? `expected one of ${nearest.join(", ")}` : "there is none to choose from";
  const more = names.length > nearest.length ? ` (nearest of ${names.length})` : "";
  return new FoveaError(
    "unknown-name",
    `${where ? `${where}: ` : ""}unknown ${kind} ${shortened(name)}: ${hint}${more}`,
  );
}

/** The item of that name. @throws FoveaError `unknown-name`, with the nearest names */
export function itemNamed<Item extends { readonly name: string }>(
  kind: string,
  name: string,
  items: readonly Item[],
): Item {
  const match = items.find((item) => item.name === name);
  if (match) return match;
  throw unknownName(
    kind,
    name,
    items.map((item) => item.name),
  );
}

/** Edit distance, with a part of a name counted as near. */
function nameDistance(name: string, candidate: string): number {
  const a = name.toLowerCase();
  const b = candidate.toLowerCase();
  if (a.length > 0 && b.includes(a)) return 0.5;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, at(row, j) + 1, at(next, j - 1) + 1));
    }
    row = next;
  }
  return at(row, b.length);
}
