/** @file NumPy files made by hand, written and read back. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/data/npy.js";
import { float32, Tensor } from "../../src/onnx/tensor.js";

/** An .npy file as NumPy lays it out, by hand. */
function npy(header: string, data: ArrayLike<number>, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    version,
    0,
    ...length,
    ...text,
    ...Array.from(data),
  ]);
}

const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe("readNpy", () => {
  it("reads format versions 1, 2 and 3", () => {
    for (const version of [1, 2, 3]) {
      const tensor = readNpy(npy(header("'<i2'", "(3,)"), [1, 0, 0, 1, 255, 255], version), "a.npy");
      expect([tensor.type, tensor.dims, [...tensor.data]]).toEqual(["int16", [3], [1, 256, -1]]);
    }
  });

  it("reads a scalar, an empty array and Python 2's sizes", () => {
    expect(readNpy(npy(header("'<f4'", "()"), [0, 0, 128, 63]), "a.npy")).toMatchObject({
      dims: [],
      data: Float32Array.of(1),
    });
    expect(readNpy(npy(header("'|b1'", "(0, 3)"), []), "a.npy")).toMatchObject({ type: "bool", dims: [0, 3], size: 0 });
    expect(readNpy(npy(header("'|u1'", "(2L, 1L)"), [8, 9]), "a.npy").dims).toEqual([2, 1]);
  });

  it("turns Fortran order to row-major", () => {
    // np.asfortranarray(np.arange(6).reshape(2, 3)) lies in memory as 0 3 1 4 2 5
    const matrix = readNpy(
      npy(
        header("'<u2'", "(2, 3)", "True"),
        [0, 3, 1, 4, 2, 5].flatMap((v) => [v, 0]),
      ),
      "a.npy",
    );
    expect([...matrix.data]).toEqual([0, 1, 2, 3, 4, 5]);
    // np.asfortranarray(np.arange(8).reshape(2, 2, 2)) lies in memory as 0 4 2 6 1 5 3 7
    const cube = readNpy(npy(header("'|u1'", "(2, 2, 2)", "True"), [0, 4, 2, 6, 1, 5, 3, 7]), "a.npy");
    expect([...cube.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...readNpy(npy(header("'|u1'", "(0, 2)", "True"), []), "a.npy").data]).toEqual([]);
  });

  const good = header("'<f4'", "(2,)");
  const cases: [string, Uint8Array, string][] = [
    [
      "an empty file",
      new Uint8Array(0),
      "a.npy: not an .npy file: expected it to begin with 93 4e 55 4d 50 59, got an empty file",
    ],
    [
      "another format",
      Uint8Array.of(80, 75, 3, 4, 0, 0, 1),
      "a.npy: not an .npy file: expected it to begin with 93 4e 55 4d 50 59, got bytes 50 4b 03 04 00 00",
    ],
    ["an unknown version", npy(good, [], 9), "a.npy: unknown .npy version: expected 1, 2 or 3, got 9"],
    [
      "a file that ends before the header",
      npy(good, []).subarray(0, 9),
      "a.npy: cut short: expected a header of 10 bytes, got 9",
    ],
    ["a file that ends in the header", npy(good, []).subarray(0, 30), "a.npy: cut short: expected a header of "],
    ["too little data", npy(good, [1, 2, 3]), "a.npy: cut short: expected 8 bytes of float32 [2], got 3"],
    [
      "more dimensions than NumPy has",
      npy(`{'descr': '<f4', 'fortran_order': False, 'shape': (${"1, ".repeat(65)}), }`, new Uint8Array(4)),
      "a.npy: too many dimensions: expected at most 64, got 65",
    ],
    ["too much data", npy(good, new Uint8Array(9)), "a.npy: too long: expected 8 bytes of float32 [2], got 9"],
    [
      "a header without a shape",
      npy("{'descr': '<f4', 'fortran_order': False, }", []),
      "a.npy: unreadable header: expected 'descr', 'fortran_order' and 'shape', got {'descr': '<f4', 'fortran_order': False, }",
    ],
    [
      "big-endian numbers",
      npy(header("'>f4'", "(1,)"), [0, 0, 0, 0]),
      "a.npy: big-endian numbers: expected little-endian ones ('<f4'), got '>f4'",
    ],
    [
      "Python objects",
      npy(header("'|O'", "(1,)"), []),
      "a.npy: element type no tensor has: expected one of <f2, <f4, <f8, |i1, |u1, <i2, <u2, <i4, <u4, <i8, <u8, |b1, got |O",
    ],
    [
      "records",
      npy(header("[('x', '<f4'), ('y', '<i4', (2,))]", "(1,)"), []),
      "got [('x', '<f4'), ('y', '<i4', (2,))]",
    ],
  ];
  it.each(cases)("refuses %s", (_, bytes, sentence) => {
    const read = () => readNpy(bytes, "a.npy");
    expect(read).toThrow(sentence);
    expect(read).toThrow(expect.objectContaining({ code: "bad-file" }));
  });
});

describe("writeNpy", () => {
  it("writes what NumPy 2.4.6 writes for np.arange(3, dtype='<f4')", () => {
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".padEnd(117);
    const expected = npy(text, new Uint8Array(Float32Array.of(0, 1, 2).buffer));
    expect(writeNpy(float32([3], [0, 1, 2]))).toEqual(expected);
  });

  it("refuses bfloat16", () => {
    const write = () => writeNpy(new Tensor("bfloat16", [1], Uint16Array.of(0)));
    expect(write).toThrow("writeNpy: type NumPy does not have: expected one of float16, float32,");
    expect(write).toThrow("got bfloat16");
    expect(write).toThrow(expect.objectContaining({ code: "bad-input" }));
  });

  it("writes files that readNpy reads back, data beginning at a multiple of 64", () => {
    const sizes = {
      float16: 2,
      float32: 4,
      float64: 8,
      int8: 1,
      uint8: 1,
      int16: 2,
      uint16: 2,
      int32: 4,
      uint32: 4,
      int64: 8,
      uint64: 8,
      bool: 1,
    };
    const types = Object.keys(sizes) as (keyof typeof sizes)[];
    const dims = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...types), dims, fc.integer({ min: 0, max: 255 }), (type, dims, salt) => {
        const length = dims.reduce((product, dim) => product * dim, sizes[type]);
        const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + salt) & 255);
        const file = writeNpy(new Tensor(type, dims, bytes));
        const read = readNpy(file, "a.npy");
        expect([read.type, read.dims]).toEqual([type, dims]);
        expect(read.bytes).toEqual(bytes);
        expect((file.length - length) % 64).toBe(0);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
