/** @file What unpacks the pages of Parquet files: into no more bytes than the page says that it has, and than any page should have. */

import { type Compressors, compressors, decompressZstd } from "hyparquet-compressors";
import { FoveaError } from "../../foundation/error.js";
import { bytesInWords } from "../../foundation/words.js";

/** Writers end pages at about a mebibyte, and after the value that exceeds it. */
const mostPage = 2 ** 29;

type Decompressor = NonNullable<Compressors["ZSTD"]>;

const all: Compressors = {
  ...compressors,
  ZSTD: (input, byteLength) => decompressZstd(input, new Uint8Array(byteLength)),
};

export const boundedCompressors: Compressors = Object.fromEntries(
  Object.entries(all).map(([codec, decompress]) => [codec, bounded(decompress)]),
);

function bounded(decompress: Decompressor): Decompressor {
  return (input, byteLength) => {
    if (byteLength >= 0 && byteLength <= mostPage) return decompress(input, byteLength);
    const got = bytesInWords(byteLength);
    throw new FoveaError("bad-file", `Parquet: expected pages of at most ${bytesInWords(mostPage)}, got one of ${got}`);
  };
}
