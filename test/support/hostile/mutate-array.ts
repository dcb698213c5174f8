/** @file Damage to arrays and datasets that knows their formats: NumPy's headers and archives, and IDX files. Seeded. */

import { gzipSync } from "node:zlib";
import type { Random } from "../../../src/foundation/random.js";
import { join, type Mutated, pick } from "./mutate.js";

const text = (content: string) => new TextEncoder().encode(content);
const absurd32 = [0, 1, 2, 255, 65_535, 65_536, 100_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

const npyShapes = [
  "(0,)",
  "()",
  "(1, 1, 28, 28",
  "(-1, 1, 28, 28)",
  "(99999999999999999999, 1, 28, 28)",
  "(1, 1, 28, 28,)",
  "(4294967296, 4294967296, 1, 1)",
  "(1, 1, 1e3, 28)",
  "(1, 0, 28, 28)",
  "(0, 1, 28, 28)",
  "(1L, 1L, 28L, 28L)",
  "(1, 1, 28, 28), 'shape': (1,)",
  "(1, __import__('os'), 28, 28)",
  `(${"1, ".repeat(10_000)}1)`,
  "[1, 1, 28, 28]",
  "(784,)",
  "(28, 28, 1, 1)",
  "(9007199254740993, 0, 1, 1)",
];
const npyTypes = [
  "'|O'",
  "'<f4'",
  "'>f4'",
  "'<f8'",
  "'<f2'",
  "'<c8'",
  "'|S4'",
  "'<U1'",
  "'|V4'",
  "'<M8[ns]'",
  "[('a', '<f4')]",
  "'f4'",
  "''",
  "'<f4', 'descr': '|O'",
];

/** Another header, or one that lies. */
export function mutateNpy(npy: Uint8Array, source: Random): Mutated {
  const start = 10 + new DataView(npy.buffer, npy.byteOffset).getUint16(8, true);
  const [descr, order, shape] = [
    source.below(2) ? "'<f4'" : pick(npyTypes, source),
    pick(["False", "True", "None", "1", "false"], source),
    pick(npyShapes, source),
  ];
  const header = text(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`);
  const length = pick([header.length, header.length, header.length, 0, 65_535, 2 ** 32 - 1], source);
  const version = pick([1, 1, 2, 3, 0, 9], source);
  const size = version === 1 ? word(length).subarray(0, 2) : word(length);
  const bytes = join(npy.subarray(0, 6), Uint8Array.of(version, 0), size, header, npy.subarray(start));
  return { bytes, what: `version ${version}, ${descr}, ${order}, ${shape.slice(0, 40)}, header of ${length}` };
}

/** A word of an IDX file that lies; packed, now and then a bomb. */
export function mutateIdx(idx: Uint8Array, source: Random): Mutated {
  const result = idx.slice();
  const [at, value] = [
    4 * source.below(Math.min(4, result.length >> 2)),
    pick([...absurd32, 0x0801, 0x0803, 0x0d03], source),
  ];
  new DataView(result.buffer).setUint32(at, value);
  const bomb = source.below(20) === 0;
  const bytes = bomb ? join(gzipSync(result), zeros()) : gzipSync(result);
  return { bytes, what: `word ${at / 4} is ${value}${bomb ? ", and 300 megabytes of zeros" : ""}` };
}

let packedZeros: Uint8Array | undefined;

/** A gzip member that unpacks to very much: members follow each other in a file. */
function zeros(): Uint8Array {
  packedZeros ??= gzipSync(new Uint8Array(300_000_000));
  return packedZeros;
}
