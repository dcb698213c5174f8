/** @file Where files lie: a folder on disk, or a place in the net with files by name. Every kind of source reads from any of them. */

import { type InputKindName, inputKinds, refuseSize } from "../../files/input/input-kinds.js";
import { type RandomAccess, refuseBeyond } from "../../files/input/random-access.js";
import { readInput } from "../../files/input/read-input.js";
import { FoveaError } from "../../foundation/error.js";

export interface StoredFile {
  /** The path from the store's root, with forward slashes. */
  readonly name: string;
  /** Undefined where listing does not tell; `find` does. */
  readonly bytes?: number | undefined;
  /** What changes when the file does. Default not known. */
  readonly version?: string | undefined;
}

/** A part of a file. */
export interface ByteRange {
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
}

export interface Listing {
  /** Numbers in names count as numbers in their order. */
  readonly files: readonly StoredFile[];
  /** What was left out that a user may miss, a plain sentence each. */
  readonly notes: readonly string[];
}

export interface Store {
  /** How people find a file: a path, or an address without what is secret in it. The empty name is the root. */
  readonly address: (name: string) => string;
  /** All files below the root. @throws FoveaError `bad-input` for more than anybody means, `not-found`, `network` */
  readonly list: (signal?: AbortSignal) => Promise<Listing>;
  /** A file with its size; undefined where there is none. @throws FoveaError `network` */
  readonly find: (name: string) => Promise<StoredFile | undefined>;
  /**
   * A file, or a part of it; of a part only as much as there is.
   * @throws FoveaError `not-found`, `network`, `bad-file`
   */
  readonly read: (name: string, range?: ByteRange) => Promise<Uint8Array>;
  /** The path of a file on this machine. Default: there is none. */
  readonly pathOf?: (name: string) => string;
  readonly close: () => Promise<void>;
}

/** A file of a store as one that is read part by part. */
export function accessTo(store: Store, { name }: StoredFile, byteLength: number): RandomAccess {
  const where = store.address(name);
  return {
    where,
    byteLength,
    read: async (offset, length) => {
      refuseBeyond({ where, byteLength }, offset, length);
      const bytes = length === 0 ? new Uint8Array() : await store.read(name, { start: offset, end: offset + length });
      if (bytes.length === length) return bytes;
      throw new FoveaError("bad-file", `${where}: expected bytes ${offset} + ${length}, got only ${bytes.length}`);
    },
    close: async () => undefined,
  };
}

/**
 * A whole file of a kind.
 * @throws FoveaError `not-found`, `network`, `bad-file` for one that is too large
 */
export async function readStored(store: Store, name: string, kind: InputKindName): Promise<Uint8Array> {
  if (store.pathOf) return readInput(store.pathOf(name), kind);
  const where = `${store.address(name)}: ${inputKinds[kind].what}`;
  const found = await store.find(name);
  if (found === undefined) throw new FoveaError("not-found", `${where}: expected a file, got none there`);
  refuseSize(found.bytes ?? 0, kind, where);
  return store.read(name);
}

/** The same of text in UTF-8; a byte order mark is left out. */
export async function readStoredText(store: Store, name: string, kind: InputKindName): Promise<string> {
  return new TextDecoder().decode(await readStored(store, name, kind));
}
