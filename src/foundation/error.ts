/** @file The one error type of the package: a sentence for people and a code for programs. */

import { at } from "./present.js";
import { brief, visible, visibleJson } from "./visible.js";

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

/** Characters of a message: what stands in its middle is left out of longer ones, such as those with a name of a megabyte. */
const longestMessage = 2000;

/**
 * An error that the user can act on. The message reads `<where>: <what>: expected …, got …`, in one line: characters that would
 * break it, or steer a terminal, are escaped (`visible`).
 * Broken invariants of our own are plain `Error`s whose message begins with `internal:`.
 */
export class FoveaError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(sentence(message), options);
    this.name = "FoveaError";
    this.code = code;
  }
}

function sentence(message: string): string {
  if (message.length <= longestMessage) return visible(message);
  const [start, end] = [Math.floor(0.7 * longestMessage), Math.floor(0.25 * longestMessage)];
  return `${visible(message.slice(0, start))} … ${visible(message.slice(-end))}`;
}

/** The message of anything thrown, in one line. */
export function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : shortened(cause);
  return brief(message, longestMessage).replaceAll(/\s+/g, " ").trim();
}

/** The error with `where` in front, unless its message names that already. @param where a file, as the user calls it */
export function namedError(where: string, error: FoveaError): FoveaError {
  if (error.message.includes(visible(where))) return error;
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

/**
 * A value for a message: long ones are cut, and arrays, tensors and objects are named, not printed. Safe for every value: deep,
 * cyclic, of any size, and for proxies and getters that throw.
 */
export function shortened(value: unknown): string {
  try {
    return brief(visible(described(value)), mostCharacters);
  } catch {
    return `a value that cannot be shown (${typeof value})`;
  }
}

function described(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, mostCharacters));
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint" && (value > largestWritten || value < -largestWritten))
    return "a whole number of many digits";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const kind = value.constructor?.name ?? "Object";
  if ("dims" in value && Array.isArray(value.dims))
    return `a tensor [${value.dims.slice(0, 8).map(shownSize).join(", ")}]`;
  if (ArrayBuffer.isView(value)) return `a ${kind} of ${value.byteLength} bytes`;
  return kind === "Object" ? "an object" : `a ${kind}`;
}

const largestWritten = 10n ** 40n;

/** A size of a tensor that may hold anything. */
function shownSize(size: unknown): string {
  return typeof size === "number" || typeof size === "string" ? String(size).slice(0, mostCharacters) : typeof size;
}

/** A value as JSON, cut so that it fits into a line; safe for every value. */
export function shownJson(value: unknown, most = mostCharacters): string {
  try {
    return brief(visibleJson(value), most);
  } catch {
    return shortened(value);
  }
}

/** A few values of a list for a message, each as `shortened` shows it. */
export function shortenedList(values: readonly unknown[], most = 8): string {
  const shown = values.slice(0, most).map(shortened);
  return [...shown, ...(values.length > most ? [`… ${values.length} in all`] : [])].join(", ");
}

/** What a search for near names may cost: of many or long names, only so many and their beginnings are compared. */
const mostNames = 100_000;
const mostSteps = 2e7;
const mostCompared = 256;

/** `name` was not found among `names`: says so and suggests the nearest ones. */
export function unknownName(kind: string, name: string, names: readonly string[], where?: string): FoveaError {
  const candidates = names.slice(0, mostNames);
  const compared = Math.min(mostCompared, Math.ceil(Math.sqrt(mostSteps / Math.max(1, candidates.length))));
  const sought = comparable(name);
  const nearest = candidates
    .map((candidate) => ({ candidate, distance: nameDistance(sought, comparable(candidate), compared) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => brief(candidate, mostCharacters));
  const hint = nearest.length > 0 ? `expected one of ${nearest.join(", ")}` : "there is none to choose from";
  const more = names.length > nearest.length ? ` (nearest of ${names.length})` : "";
  return new FoveaError(
    "unknown-name",
    `${where ? `${where}: ` : ""}unknown ${kind} ${shortened(name)}: ${hint}${more}`,
  );
}

const comparable = (name: string) => name.slice(0, mostCompared).toLowerCase();

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

/** Edit distance of the first `compared` characters, with a part of a name counted as near. */
function nameDistance(whole: string, other: string, compared: number): number {
  if (whole.length > 0 && other.includes(whole)) return 0.5;
  const [a, b] = [whole.slice(0, compared), other.slice(0, compared)];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let [diagonal, left] = [i - 1, i];
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      left = Math.min(diagonal + (a[i - 1] === b[j - 1] ? 0 : 1), above + 1, left + 1);
      next.push(left);
      diagonal = above;
    }
    row = next;
  }
  return at(row, b.length);
}
