/** @file Files that are the same, byte by byte. */

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { streamRegular } from "../../../files/input/read-input.js";
import { groupBy } from "../../../foundation/group-by.js";
import { mapAhead } from "../../../foundation/map-ahead.js";
import { at } from "../../../foundation/present.js";
import type { FoundImage } from "../../sources/image-of.js";

/** Files looked at at a time. */
const ahead = 8;

/**
 * For each file the index of the first that is the same; its own where none before it is. Only files of one size are read.
 * Copies that were stored anew are near-duplicates: to find them all pictures must be decoded, see `nearDuplicates`.
 */
export async function firstCopies(images: readonly FoundImage[]): Promise<number[]> {
  const sizes: { readonly i: number; readonly size: number }[] = [];
  for await (const size of mapAhead(images, ahead, sizeOf)) sizes.push({ i: sizes.length, size });
  const first = images.map((_, i) => i);
  const alike = [...groupBy(sizes, ({ size }) => size).values()].filter(({ length }) => length > 1).flat();
  const firstOf = new Map<string, number>();
  for await (const { i, digest } of mapAhead(alike, ahead, async ({ i }) => ({
    i,
    digest: await digestOf(at(images, i)),
  }))) {
    const original = firstOf.get(digest) ?? i;
    first[i] = original;
    firstOf.set(digest, original);
  }
  return first;
}

async function sizeOf({ path, file }: FoundImage): Promise<number> {
  if (file === undefined) return (await stat(path)).size;
  return file.bytes ?? (await file.read()).length;
}

async function digestOf({ path, file }: FoundImage): Promise<string> {
  const hash = createHash("sha256");
  if (file) return hash.update(await file.read()).digest("hex");
  for await (const chunk of streamRegular(path, path)) hash.update(chunk);
  return hash.digest("hex");
}
