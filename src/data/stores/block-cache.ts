/** @file Keeps the blocks of a file that were read last, so that many small reads near each other are one large one. */

import { type RandomAccess, refuseBeyond } from "../../files/input/random-access.js";

export interface BlockCacheOptions {
  /** Bytes that are read together. */
  readonly block: number;
  /** Blocks that are kept. */
  readonly blocks: number;
}

export function cachedBlocks(file: RandomAccess, { block, blocks }: BlockCacheOptions): RandomAccess {
  const { where, byteLength } = file;
  const kept = new Map<number, Promise<Uint8Array>>();
  const blockAt = (index: number) => {
    const found = kept.get(index) ?? file.read(index * block, Math.min(block, byteLength - index * block));
    // The one that was asked for last stands at the end.
    kept.delete(index);
    kept.set(index, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= blocks) break;
      kept.delete(oldest);
    }
    // One that failed is asked for again the next time.
    found.catch(() => {
      if (kept.get(index) === found) kept.delete(index);
    });
    return found;
  };
  return {
    where,
    byteLength,
    async read(offset, length) {
      refuseBeyond(file, offset, length);
      const [first, last] = [Math.floor(offset / block), Math.floor((offset + length - 1) / block)];
      // What would push out all others is read by itself.
      if (last - first >= blocks) return file.read(offset, length);
      if (first === last) {
        const start = offset - first * block;
        return (await blockAt(first)).slice(start, start + length);
      }
      const bytes = new Uint8Array(length);
      for (let index = first; index <= last; index++) {
        const part = await blockAt(index);
        const from = Math.max(0, offset - index * block);
        const to = Math.min(part.length, offset + length - index * block);
        bytes.set(part.subarray(from, to), index * block + from - offset);
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
