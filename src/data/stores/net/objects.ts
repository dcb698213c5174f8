/** @file Places in the net that hold files by name: what each must do, and a folder of one as a store. */

import { staysBelow } from "../../../files/own-folder.js";
import { FoveaError } from "../../../foundation/error.js";
import { count } from "../../../foundation/words.js";
import { byName } from "../../by-name.js";
import type { ByteRange, Store, StoredFile } from "../store.js";

/** A bucket, a repository, or a site. */
export interface Objects {
  /** How people find a file, without what is secret in its address. */
  readonly address: (key: string) => string;
  /** All files whose names begin so. @throws FoveaError `not-found`, `network` */
  readonly list: (prefix: string, signal?: AbortSignal) => AsyncIterable<StoredFile>;
  readonly find: (key: string) => Promise<StoredFile | undefined>;
  /** See `Store.read`. */
  readonly read: (key: string, range?: ByteRange) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

export interface ObjectsAt {
  readonly objects: Objects;
  /** What the address names in it; a folder, where it ends in a slash, or is empty. */
  readonly key: string;
}

/** As many as a folder on disk may hold. */
const mostFiles = 2_000_000;

/** A folder as a store. @param prefix its name with a slash at the end, or nothing for all */
export function rootedAt(objects: Objects, prefix: string): Store {
  const address = (name: string) => objects.address(prefix + name);
  return {
    address,
    list: async (signal) => {
      const files: StoredFile[] = [];
      for await (const { name: key, ...rest } of objects.list(prefix, signal)) {
        const name = key.slice(prefix.length);
        if (isMeant(name)) files.push({ name, ...rest });
        if (files.length > mostFiles) {
          const expected = `expected at most ${count(mostFiles)} files in it`;
          throw new FoveaError(
            "bad-input",
            `${address("")}: ${expected}, got more: give the folder that holds the images`,
          );
        }
      }
      return { files: files.sort((a, b) => byName.compare(a.name, b.name)), notes: [] };
    },
    find: async (name) => {
      const found = await objects.find(prefix + name);
      return found && { ...found, name };
    },
    read: (name, range) => objects.read(prefix + name, range),
    close: () => objects.close(),
  };
}

/** Hidden files, results of ours, the marks that stand for folders, and names that lead out of the folder are left out. */
function isMeant(name: string): boolean {
  return staysBelow(name) && !name.endsWith("/") && !/\.fovea\./.test(name) && !/(^|\/)\./.test(name);
}
