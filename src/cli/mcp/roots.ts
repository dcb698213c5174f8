/** @file The folders that tools may use: a path of a client is taken only where it leads into one of them, with links followed. */

import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { liesBelow, realPath } from "../../files/own-folder.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { list } from "../../foundation/words.js";

type Kind = "file" | "folder";

export class Roots {
  /** With links followed. */
  readonly #folders: readonly string[];

  /** @throws FoveaError `not-found` for what is no folder */
  constructor(folders: readonly string[]) {
    this.#folders = folders.map((folder) => {
      if (isKind(folder, "folder")) return realPath(folder);
      throw new FoveaError("not-found", `--root ${folder}: expected a folder, got none there`);
    });
  }

  /** The real path of a file. @throws FoveaError `not-found` for one that is not there or lies elsewhere */
  file(path: string): string {
    return this.#found(path, "file");
  }

  /**
   * The real path of a folder whose links all lead into the roots.
   * @throws FoveaError `not-found` for one that is not there or lies elsewhere, `bad-input` for a link that leads out
   */
  async folder(path: string): Promise<string> {
    const folder = this.#found(path, "folder");
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const place = join(entry.parentPath, entry.name);
      if (!entry.isSymbolicLink() || !existsSync(place) || this.#holds(realPath(place))) continue;
      const got = `got a link out of them: ${join(path, entry.name)}`;
      throw new FoveaError("bad-input", `${path}: expected links that lead into ${this.#named}, ${got}`);
    }
    return folder;
  }

  /**
   * The path of a file that is to be written.
   * @param ending that its name must have
   * @throws FoveaError `not-found` for a folder elsewhere, `bad-input` for another ending and for a file that is there
   */
  newFile(path: string, ending: string): string {
    if (!path.endsWith(ending))
      throw new FoveaError("bad-input", `out: expected a name that ends in ${ending}, got ${shortened(path)}`);
    const file = join(this.#found(dirname(path), "folder"), basename(path));
    if (!existsSync(file)) return file;
    throw new FoveaError("bad-input", `out: expected a file that is not there yet, got ${shortened(path)}`);
  }

  #found(path: string, kind: Kind): string {
    for (const folder of this.#folders) {
      const place = resolve(folder, path);
      if (!isKind(place, kind)) continue;
      const real = realPath(place);
      if (this.#holds(real)) return real;
    }
    // Whether something lies elsewhere is none of a client's business.
    throw new FoveaError("not-found", `${path}: expected a ${kind} in ${this.#named}, got none there`);
  }

  #holds(real: string): boolean {
    return this.#folders.some((folder) => folder === real || liesBelow(folder, real));
  }

  get #named(): string {
    return list(this.#folders);
  }
}

/** Whether there is one, which may be used. */
function isKind(path: string, kind: Kind): boolean {
  try {
    const found = statSync(path);
    return kind === "file" ? found.isFile() : found.isDirectory();
  } catch {
    return false;
  }
}
