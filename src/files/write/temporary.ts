/** @file Temporary files beside those that they become: their names, and what becomes of those that nobody finishes. */

import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ownMark, stateOf } from "./process-mark.js";

/** A temporary file that is open for writing. */
export interface Temporary {
  readonly file: FileHandle;
  readonly path: string;
  /** It has become another file, or is to go. */
  readonly release: () => Promise<void>;
}

/** Told when the first temporary file is made, and when the last is gone. */
export interface TemporaryWatch {
  readonly begin: () => void;
  readonly end: () => void;
}

/** Milliseconds without a change after which a temporary file counts as left behind, whoever made it. */
const longestSilence = 24 * 60 * 60 * 1000;

/** Those of this process. */
const present = new Set<string>();
/** Folders that were looked through for those of others. */
const swept = new Set<string>();
let watch: TemporaryWatch | undefined;
let own: { readonly number: number; readonly numbering: string } | undefined;

/**
 * Where the numbers of processes are this process's: eight hexadecimal digits of the machine, its start and, on Linux, the container.
 * Folders on network drives and in containers are shared with processes of which nothing can be told by their number.
 */
export function numbering(): string {
  return ownName().numbering;
}

function ownName() {
  if (own) return own;
  const { id, host, space } = ownMark();
  const sum = createHash("sha256").update(`${host} ${space}`).digest("hex");
  own = { number: id, numbering: sum.slice(0, 8) };
  return own;
}

/** Lets the program be told while there are temporary files, so that it ends without leaving any. */
export function watchTemporaries(watching: TemporaryWatch): void {
  watch = watching;
}

/** Removes all temporary files of this process: for a program that ends in the middle of it. */
export function removeTemporaries(): void {
  for (const path of present) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The next run removes it.
    }
  }
}

/**
 * Makes a temporary file. The first one in a folder takes away those that processes left there which are no more.
 * @param mode its permissions, before the user's mask
 * @throws the file system's error
 */
export async function openTemporary(folder: string, mode: number): Promise<Temporary> {
  const random = randomBytes(6).toString("hex");
  // Its length does not hang on that of the file it becomes, which may be the longest that there can be.
  const path = join(folder, `.fovea-${numbering()}-${ownName().number}-${random}.tmp`);
  if (present.size === 0) watch?.begin();
  present.add(path);
  const release = async () => {
    await rm(path, { force: true }).catch(() => undefined);
    present.delete(path);
    if (present.size === 0) watch?.end();
  };
  try {
    const file = await open(path, "wx", mode);
    await sweep(folder, (await file.stat()).mtimeMs);
    return { file, path, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** @param now the time by the clock of whoever keeps the folder, which on a network drive is another machine's */
async function sweep(folder: string, now: number): Promise<void> {
  const place = resolve(folder);
  if (swept.has(place)) return;
  swept.add(place);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    if (!present.has(path) && (await isLeft(path, name, now))) await rm(path).catch(() => undefined);
  }
}

async function isLeft(path: string, name: string, now: number): Promise<boolean> {
  const [, where, number] = /^\.fovea-([\da-f]{8})-(\d+)-[\da-f]{12}\.tmp$/.exec(name) ?? [];
  if (where === undefined) return false;
  if (where === numbering() && stateOf({ id: Number(number) }) === "ended") return true;
  const changed = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => now,
  );
  return now - changed > longestSilence;
}
