/** @file Looks at the files that commands leave: whether they are whole, and whether they are the same. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeCheckpoint } from "../../../src/train/checkpoint.js";

/** Files by their path below a folder. */
export type Files = ReadonlyMap<string, Buffer>;

/** All but locks, whose owner is dead or alive. */
export function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    names
      .filter((name) => statSync(join(folder, name)).isFile() && !/\block\b/.test(name))
      .map((name) => [name, readFileSync(join(folder, name))]),
  );
}

const isTemporary = (name: string) => /(^|\/)\.fovea-[\da-f]{8}-\d+-[\da-f]{12}\.tmp$/.test(name);

/** What a killed command left half-written. @param whole what an undisturbed one leaves; @param old what lay there before */
export function halfWritten(found: Files, whole: Files, old: Files): string[] {
  return [...found].flatMap(([name, bytes]) => {
    const versions = [whole.get(name), old.get(name)];
    const isWhole = versions.some((version) => version && isSame(name, bytes, version));
    return isWhole || isTemporary(name) || isProgress(name, bytes) ? [] : [`${name} is half-written`];
  });
}

/** What differs from the files of an undisturbed command. */
export function differences(found: Files, whole: Files): string[] {
  const names = [...new Set([...found.keys(), ...whole.keys()])];
  return names.flatMap((name) => {
    const [is, was] = [found.get(name), whole.get(name)];
    if (is === undefined) return [`${name} is missing`];
    if (was === undefined) return [`${name} is left over`];
    return isSame(name, is, was) ? [] : [`${name} differs`];
  });
}

/**
 * Files that are kept to go on from: those with lines may end in half of one, rows are cut to those that have a key, and what came of
 * a download is no file of its own.
 */
function isProgress(name: string, bytes: Buffer): boolean {
  if (/^cache\/(?!recipes\/).*\//.test(name) || name.endsWith(".part")) return true;
  if (name.endsWith(".partial")) {
    const lines = bytes.toString().split("\n").slice(0, -1);
    return lines.every((line) => /^([\w-]+ \{.*\})?$/.test(line));
  }
  if (!name.endsWith(".checkpoint")) return false;
  return decodeCheckpoint(bytes, name).history.length > 0;
}

function isSame(name: string, bytes: Buffer, other: Buffer): boolean {
  if (bytes.equals(other)) return true;
  // A report tells the day that it was made.
  return name.endsWith(".html") && dateless(bytes) === dateless(other);
}

function dateless(bytes: Buffer): string {
  return bytes.toString("latin1").replace(/\b\d{4}-\d\d-\d\d\b/g, "");
}
