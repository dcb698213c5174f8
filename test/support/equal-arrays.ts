/** @file Compares arrays of numbers bit by bit before element by element: that of a hundred thousand bytes takes a third of a second. */

import { expect } from "vitest";

const seen = globalThis as { foveaEqualArrays?: true };

/** Equal where the bits are; otherwise the usual comparison decides, and says where they differ. */
function sameBits(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || a.byteLength !== b.byteLength) return undefined;
  return (
    Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength)) ||
    undefined
  );
}

// Files that share a process share its comparisons.
if (!seen.foveaEqualArrays) expect.addEqualityTesters([sameBits]);
seen.foveaEqualArrays = true;
