/** @file Arrays that NumPy saved (.npy), as the fixtures hold them. */

import { readFileSync } from "node:fs";

export interface NpyArray {
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** A float32 or uint8 array in C order, from a path or a URL. */
export function readNpy(file: string | URL): NpyArray {
  const bytes = new Uint8Array(readFileSync(file));
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder("latin1").decode(bytes.subarray(10, start));
  const dims = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .filter((size) => size.trim())
    .map(Number);
  if (header.includes("'fortran_order': True")) throw new Error(`${file}: Fortran order`);
  if (header.includes("'|u1'")) return { dims, data: bytes.slice(start) };
  if (header.includes("'<f4'")) return { dims, data: new Float32Array(bytes.slice(start).buffer) };
  throw new Error(`${file}: ${header}`);
}
