/** @file A store of rows of one size on disk, each under a key, so that rows are computed once. */

import { createHash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { FoveaError, messageOf } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import { type FolderLock, type LockOwner, lockFolder } from "./lock.js";
import { makeFolder } from "./make-folder.js";

/** The version of the format, and the size of a row: rows of others are computed again. */
const heading = (rowBytes: number) => `fovea rows 2, ${rowBytes} bytes each, sha256 of key and row`;

/** Bytes that are looked at in one piece when a store is opened. */
const piece = 2 ** 22;

/** Of a row and of the key that it belongs to, in hexadecimal. */
function sumOf(key: string, row: Uint8Array): string {
  return createHash("sha256").update(`${key}\n`).update(row).digest("hex");
}

const names = ["rows", "keys", "sums"] as const;
type Files = Readonly<Record<(typeof names)[number], FileHandle>>;

/** The bytes of each file that are known to be right. */
type Sizes = Readonly<Record<(typeof names)[number], number>>;

/** A row's number, and its checksum. */
interface Place {
  readonly index: number;
  readonly sum: string;
}

/** A whole line of a file, and where the next one begins. */
interface Line {
  readonly text: string;
  readonly end: number;
}

/**
 * Three files in a folder: `rows`, one behind the other, and a line for each in `keys` and in `sums`. Rows reach the disk before their
 * lines, so what a process that was killed left behind is either whole or cut off here. A row whose checksum is wrong, for whatever
 * reason, counts as not there. One process writes at a time.
 */
export class RowStore {
  readonly #folder: string;
  readonly #rowBytes: number;
  readonly #lock: FolderLock;
  readonly #files: Files;
  readonly #places: Map<string, Place>;
  #sizes: Sizes;

  private constructor(folder: string, rowBytes: number, lock: FolderLock, found: Found) {
    this.#folder = folder;
    this.#rowBytes = rowBytes;
    this.#lock = lock;
    this.#files = found.files;
    this.#places = found.places;
    this.#sizes = found.sizes;
  }

  /**
   * Opens a folder's store; a new one where there is none. All rows are looked at once.
   * @param rowBytes size of a row
   * @param owner the process that has it open until it is closed
   * @throws FoveaError `unwritable`, `bad-input` while another process has it open
   */
  static async open(folder: string, rowBytes: number, owner: LockOwner): Promise<RowStore> {
    const lock = await attempt(folder, async () => {
      await makeFolder(folder);
      return lockFolder(folder, owner);
    });
    try {
      return await attempt(folder, async () => new RowStore(folder, rowBytes, lock, await openFiles(folder, rowBytes)));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /**
   * Appends rows, end to end, each under its key (of one line). They are on disk when this returns.
   * @throws FoveaError `unwritable`, `bad-file` where another process wrote meanwhile
   */
  async append(keys: readonly string[], rows: Uint8Array): Promise<void> {
    const size = this.#rowBytes;
    if (rows.length !== keys.length * size) {
      throw new Error(`internal: expected ${keys.length} rows of ${size} bytes, got ${rows.length} bytes`);
    }
    await this.#checkAlone();
    const sums = keys.map((key, i) => sumOf(key, rows.subarray(i * size, (i + 1) * size)));
    const texts = { keys: lines(keys), sums: lines(sums) };
    const before = this.#sizes;
    await attempt(this.#folder, async () => {
      await writeAt(this.#files.rows, rows, before.rows);
      await this.#files.rows.datasync();
      await writeAt(this.#files.sums, texts.sums, before.sums);
      await writeAt(this.#files.keys, texts.keys, before.keys);
    });
    for (const [i, key] of keys.entries()) {
      this.#places.set(key, { index: before.rows / size + i, sum: sums[i] ?? "" });
    }
    this.#sizes = {
      rows: before.rows + rows.length,
      keys: before.keys + texts.keys.length,
      sums: before.sums + texts.sums.length,
    };
  }

  /**
   * The rows of keys, end to end.
   * @throws FoveaError `bad-file` for one that is no longer what was written
   */
  async read(keys: readonly string[]): Promise<Uint8Array> {
    const size = this.#rowBytes;
    const rows = new Uint8Array(keys.length * size);
    const readRow = async (key: string, i: number) => {
      const place = this.#places.get(key);
      if (place === undefined) throw new Error(`internal: expected a row of ${key}, got none`);
      await readAt(this.#files.rows, rows.subarray(i * size, (i + 1) * size), place.index * size);
      if (sumOf(key, rows.subarray(i * size, (i + 1) * size)) === place.sum) return;
      throw new FoveaError(
        "bad-file",
        `${join(this.#folder, "rows")}: row ${place.index}: expected what was written there, got other bytes: run the command again, which computes it anew`,
      );
    };
    await Promise.all(keys.map(readRow));
    return rows;
  }

  async close(): Promise<void> {
    for (const name of names) await this.#files[name].close();
    await this.#lock.release();
  }

  /** @throws FoveaError `bad-file` where the files are not as this process left them, or are no longer its own */
  async #checkAlone(): Promise<void> {
    const wrong = (expected: string, got: string) =>
      new FoveaError("bad-file", `${this.#folder}: expected ${expected}, got ${got}: run one command at a time there`);
    if (!(await this.#lock.isHeld())) throw wrong("a cache of this process alone", "one without its lock");
    for (const name of names) {
      const { size } = await this.#files[name].stat();
      if (size === this.#sizes[name]) continue;
      throw wrong(`${this.#sizes[name]} bytes in ${name}`, `${size}, which another process wrote`);
    }
  }
}

/** @throws FoveaError `unwritable` in the place of the file system's errors */
async function attempt<Result>(folder: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof FoveaError) throw cause;
    throw new FoveaError("unwritable", `${folder}: expected a folder to keep a cache in, got ${messageOf(cause)}`, {
      cause,
    });
  }
}

interface Found {
  readonly files: Files;
  readonly places: Map<string, Place>;
  readonly sizes: Sizes;
}

/** The files of a folder, without what does not belong to whole rows, and the places of the rows that are right. */
async function openFiles(folder: string, rowBytes: number): Promise<Found> {
  const opened: FileHandle[] = [];
  try {
    for (const name of names) opened.push(await openFile(join(folder, name)));
    const [rows, keys, sums] = [at(opened, 0), at(opened, 1), at(opened, 2)];
    const [keyLines, [head, ...sumLines]] = [await linesIn(keys), await linesIn(sums)];
    const isKnown = head?.text === heading(rowBytes);
    const stored = Math.floor((await rows.stat()).size / rowBytes);
    const whole = isKnown ? Math.min(keyLines.length, sumLines.length, stored) : 0;
    const sizes = {
      rows: whole * rowBytes,
      keys: keyLines[whole - 1]?.end ?? 0,
      sums: sumLines[whole - 1]?.end ?? heading(rowBytes).length + 1,
    };
    const files = { rows, keys, sums };
    if (!isKnown) {
      for (const name of names) await files[name].truncate(0);
      await writeAt(sums, Buffer.from(`${heading(rowBytes)}\n`), 0);
    }
    for (const name of names) await files[name].truncate(sizes[name]);
    return { files, places: await rightPlaces(rows, rowBytes, keyLines.slice(0, whole), sumLines), sizes };
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

/** A file to read and write at any place; it is made where it is missing. */
async function openFile(path: string): Promise<FileHandle> {
  const status = await stat(path).catch(() => undefined);
  if (status && !status.isFile()) throw new Error(`something else than a file: ${path}`);
  if (status === undefined) await (await open(path, "a")).close();
  return open(path, "r+");
}

/** The last right row of each key. */
async function rightPlaces(
  rows: FileHandle,
  rowBytes: number,
  keys: readonly Line[],
  sums: readonly Line[],
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const together = Math.max(1, Math.floor(piece / rowBytes));
  for (let start = 0; start < keys.length; start += together) {
    const some = keys.slice(start, start + together);
    const bytes = new Uint8Array(some.length * rowBytes);
    await readAt(rows, bytes, start * rowBytes);
    for (const [i, { text: key }] of some.entries()) {
      const [index, sum] = [start + i, sums[start + i]?.text];
      const row = bytes.subarray(i * rowBytes, (i + 1) * rowBytes);
      if (sum !== undefined && sumOf(key, row) === sum) places.set(key, { index, sum });
    }
  }
  return places;
}

async function linesIn(file: FileHandle): Promise<Line[]> {
  const bytes = await file.readFile();
  const found: Line[] = [];
  for (let start = 0, end = bytes.indexOf(10); end !== -1; start = end + 1, end = bytes.indexOf(10, start)) {
    found.push({ text: bytes.toString("utf8", start, end), end: end + 1 });
  }
  return found;
}

function lines(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\n`).join(""));
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** Fills the bytes; beyond the end of the file they stay as they are. */
async function readAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}
