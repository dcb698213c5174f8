/** @file A store of rows of one size on disk, each under a key, so that rows are computed once. */

import { type FileHandle, open, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { FoveaError } from "../foundation/error.js";
import { type LockOwner, lockFolder, unlockFolder } from "./lock.js";
import { makeFolder } from "./make-folder.js";
import { messageOf } from "./system-error.js";

/**
 * Two files in a folder: `rows`, one behind the other, and `keys`, a line for each. Rows reach the disk before their keys, so
 * whatever a process that was killed left behind is either whole or cut off here. One process writes at a time.
 */
export class RowStore {
  readonly #folder: string;
  readonly #rowBytes: number;
  readonly #rows: FileHandle;
  readonly #keys: FileHandle;
  readonly #places: Map<string, number>;
  #count: number;

  private constructor(
    folder: string,
    rowBytes: number,
    files: { rows: FileHandle; keys: FileHandle },
    keys: readonly string[],
  ) {
    this.#folder = folder;
    this.#rowBytes = rowBytes;
    this.#rows = files.rows;
    this.#keys = files.keys;
    this.#places = new Map(keys.map((key, i) => [key, i]));
    this.#count = keys.length;
  }

  /**
   * Opens a folder's store; a new one where there is none.
   * @param rowBytes size of a row
   * @param owner the process that has it open until it is closed
   * @throws FoveaError `unwritable`, `bad-input` while another process has it open
   */
  static async open(folder: string, rowBytes: number, owner: LockOwner): Promise<RowStore> {
    try {
      await makeFolder(folder);
      await lockFolder(folder, owner);
    } catch (cause) {
      if (cause instanceof FoveaError) throw cause;
      throw new FoveaError("unwritable", `${folder}: expected a folder to keep a cache in, got ${messageOf(cause)}`, {
        cause,
      });
    }
    const paths = { rows: join(folder, "rows"), keys: join(folder, "keys") };
    const files = { rows: await open(paths.rows, "a+"), keys: await open(paths.keys, "a+") };
    const text = await readFile(paths.keys, "utf8");
    const lines = text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .slice(0, -1);
    const whole = Math.min(lines.length, Math.floor((await files.rows.stat()).size / rowBytes));
    const completeLines = lines.slice(0, whole);
    await truncate(paths.rows, whole * rowBytes);
    await truncate(paths.keys, Buffer.byteLength(completeLines.map((line) => `${line}\n`).join("")));
    return new RowStore(folder, rowBytes, files, completeLines);
  }

  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** Appends rows, end to end, each under its key (of one line). They are on disk when this returns. */
  async append(keys: readonly string[], rows: Uint8Array): Promise<void> {
    if (rows.length !== keys.length * this.#rowBytes) {
      throw new Error(`internal: expected ${keys.length} rows of ${this.#rowBytes} bytes, got ${rows.length} bytes`);
    }
    await this.#rows.appendFile(rows);
    await this.#rows.datasync();
    await this.#keys.appendFile(keys.map((key) => `${key}\n`).join(""));
    for (const key of keys) this.#places.set(key, this.#count++);
  }

  /** The rows of keys, end to end. */
  async read(keys: readonly string[]): Promise<Uint8Array> {
    const rows = new Uint8Array(keys.length * this.#rowBytes);
    const size = this.#rowBytes;
    await Promise.all(
      keys.map((key, i) => this.#rows.read(rows, i * size, size, (this.#places.get(key) as number) * size)),
    );
    return rows;
  }

  async close(): Promise<void> {
    await this.#rows.close();
    await this.#keys.close();
    await unlockFolder(this.#folder);
  }
}
