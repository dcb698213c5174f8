/** @file A log of results beside a file that is not whole yet: what was killed goes on where it was. */

import { appendFileSync, existsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { writeFileAtomically } from "../../files/atomic.js";
import { streamRegular } from "../../files/input/read-input.js";
import { regularFile } from "../../files/regular-file.js";
import { systemReason } from "../../files/system-error.js";
import { FoveaError } from "../../foundation/error.js";
import { parseJson } from "../../foundation/parse-json.js";
import { fingerprint } from "../inputs/identity.js";

export interface ResultLog<Result> {
  has(key: string): boolean;
  get(key: string): Result | undefined;
  /** @throws FoveaError `unwritable` */
  put(key: string, result: Result): Promise<void>;
  /** The file is whole. */
  remove(): Promise<void>;
}

/** How results are written as JSON, and read. */
export interface ResultForm<Result> {
  write(result: Result): unknown;
  /** @throws an error for anything but a result */
  read(value: unknown): Result;
}

/**
 * Results are JSON, one line for each behind its checksum, added as they come: a killed run leaves whole lines but perhaps the
 * last. The file is made with the first result. In memory is only where each line stands.
 * @throws FoveaError `bad-file` where something else than a readable file is there
 */
export async function openResultLog<Result>(path: string, form: ResultForm<Result>): Promise<ResultLog<Result>> {
  const places = await placesOfResults(path, form);
  // A line that a killed run began must not run into the next one.
  let separator = existsSync(path) && statSync(path).size > 0 ? "\n" : "";
  return {
    has: (key) => places.has(key),
    get: (key) => resultAt(path, places.get(key), key, form),
    async put(key, result) {
      // Folders are made and complaints worded as for every other file.
      if (!existsSync(path)) await writeFileAtomically(path, "");
      const text = JSON.stringify({ key, result: form.write(result) });
      const { size } = statSync(path);
      append(path, `${separator}${fingerprint(text)} ${text}\n`);
      separator = "";
      // Another run of the same may have added lines before ours.
      const added = bytesOf(path, { from: size, length: statSync(path).size - size });
      places.set(key, { from: size + added.indexOf(text), length: Buffer.byteLength(text) });
    },
    remove: () => rm(path, { force: true }),
  };
}

function append(path: string, line: string): void {
  try {
    appendFileSync(path, line);
  } catch (cause) {
    const got = systemReason(cause);
    throw new FoveaError("unwritable", `${path}: expected a place to keep what was found so far, got ${got}`, {
      cause,
    });
  }
}

/** Bytes of a file. */
interface Place {
  readonly from: number;
  readonly length: number;
}

async function placesOfResults<Result>(path: string, { read }: ResultForm<Result>): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  if (!existsSync(path)) return places;
  for await (const { line, from } of linesIn(path)) {
    const [sum = ""] = line.split(" ", 1);
    const text = line.slice(sum.length + 1);
    try {
      // Half a line, or none of ours, or one that was damaged: that result is made again.
      if (sum !== fingerprint(text)) continue;
      const { key, result } = entryFrom(text);
      read(result);
      places.set(key, { from: from + sum.length + 1, length: Buffer.byteLength(text) });
    } catch {
      // Of another version.
    }
  }
  return places;
}

function entryFrom(text: string): { readonly key: string; readonly result: unknown } {
  const value: { readonly key?: unknown; readonly result?: unknown } = Object(parseJson(text));
  if (typeof value.key !== "string") throw new FoveaError("bad-file", "results: expected a key, got none");
  return { key: value.key, result: value.result };
}

/** Undefined also where another run has removed or replaced the file since. */
function resultAt<Result>(
  path: string,
  place: Place | undefined,
  key: string,
  { read }: ResultForm<Result>,
): Result | undefined {
  if (place === undefined || !existsSync(path)) return undefined;
  try {
    const entry = entryFrom(bytesOf(path, place).toString());
    return entry.key === key ? read(entry.result) : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(path: string, { from, length }: Place): Buffer {
  return Buffer.from(regularFile(path, path).read(from, length));
}

/** Characters of the longest result. */
const longest = 2 ** 24;

/** The lines of a file but those that are too long to be results, whatever the file is, with the byte that each begins at. */
async function* linesIn(path: string): AsyncGenerator<{ readonly line: string; readonly from: number }> {
  let rest = "";
  let isTooLong = false;
  let [from, read] = [0, 0];
  for await (const piece of streamRegular(path, path, "results").setEncoding("latin1")) {
    const [first = "", ...others] = String(piece).split("\n");
    rest = isTooLong ? "" : rest + first;
    read += first.length;
    for (const next of others) {
      if (!isTooLong) yield { line: Buffer.from(rest, "latin1").toString(), from };
      rest = next;
      isTooLong = false;
      from = read + 1;
      read = from + next.length;
    }
    isTooLong ||= rest.length > longest;
  }
}
