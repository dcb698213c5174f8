/** @file A file without a name: written once, read in any order, and gone when it is closed or the process ends. */

import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { RandomAccess } from "../../files/input/random-access.js";
import { readPart } from "../../files/input/read-input.js";
import { systemReason } from "../../files/system-error.js";
import { openTemporary } from "../../files/write/temporary.js";
import { FoveaError } from "../../foundation/error.js";

export class Scratch {
  readonly #file: FileHandle;
  /** How errors call what is kept in it. */
  readonly #where: string;
  #bytes = 0;

  private constructor(file: FileHandle, where: string) {
    this.#file = file;
    this.#where = where;
  }

  static async open(where: string): Promise<Scratch> {
    const temporary = await openTemporary(tmpdir(), 0o600);
    try {
      return new Scratch(await open(temporary.path, "r+"), where);
    } finally {
      await temporary.file.close();
      // It stays while it is open, and whatever becomes of this process, nothing is left.
      await temporary.release();
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws FoveaError `unwritable` where there is no room */
  async append(piece: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < piece.length; ) {
        const { bytesWritten } = await this.#file.write(piece, done, piece.length - done, this.#bytes);
        done += bytesWritten;
        this.#bytes += bytesWritten;
      }
    } catch (cause) {
      const expected = `expected room for it in ${tmpdir()}`;
      throw new FoveaError("unwritable", `${this.#where}: ${expected}, got ${systemReason(cause)}`, { cause });
    }
  }

  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#bytes = 0;
  }

  /** All that was written. */
  access(): RandomAccess {
    return {
      where: this.#where,
      byteLength: this.#bytes,
      read: (offset, length) => readPart(this.#file.fd, offset, length, this.#where),
      close: () => this.close(),
    };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
