/** @file The checksums that a file was published with, and whether bytes have them. */

import { createHash, type Hash } from "node:crypto";

/** A file as it was published. */
export interface PublishedSums {
  /** Its exact size. */
  readonly bytes: number;
  /** In hexadecimal, as the others. Default of each: it was not published. */
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
  /** Git's name for the content: SHA-1 of `blob <size>`, a zero byte, and the bytes. */
  readonly gitBlob?: string | undefined;
}

const kinds = ["gitBlob", "md5", "sha256"] as const;

/** Whether a file is the published one. */
export function isPublished(file: Uint8Array, published: PublishedSums): boolean {
  const sums = new Sums(published);
  sums.add(file);
  return file.length === published.bytes && sums.difference() === undefined;
}

/** The checksums of bytes that come in pieces. */
export class Sums {
  readonly #published: PublishedSums;
  readonly #hashes: readonly (readonly [kind: (typeof kinds)[number], hash: Hash])[];

  constructor(published: PublishedSums) {
    this.#published = published;
    const asked = kinds.filter((kind) => published[kind] !== undefined);
    this.#hashes = asked.map((kind) => [kind, kind === "gitBlob" ? gitHash(published.bytes) : createHash(kind)]);
  }

  add(piece: Uint8Array): void {
    for (const [, hash] of this.#hashes) hash.update(piece);
  }

  /** What differs from what was published, after all pieces; undefined where nothing does. */
  difference(): string | undefined {
    for (const [kind, hash] of this.#hashes) {
      const [expected, got] = [this.#published[kind], hash.digest("hex")];
      if (expected !== got) return `expected ${kind} ${expected}, got ${got}`;
    }
    return undefined;
  }
}

function gitHash(bytes: number): Hash {
  return createHash("sha1").update(`blob ${bytes}\0`);
}
