/** @file Looks through the pages of a column before they are decoded: the decoder believes whatever sizes and counts a damaged file gives. */

import type { ColumnMetaData, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { checkDeltas, checkRuns, checkSizedRuns } from "./check-runs.js";
import { boundedCompressors } from "./compressors.js";

/** How deep values of a column are nested: the largest levels of repetition and definition. */
export interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

/** @throws Error in words for what does not fit */
export function checkPages(chunk: Uint8Array, column: ColumnMetaData, levels: Levels): void {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
  let left = Number(column.num_values);
  while (left > 0 && reader.offset < chunk.length - 1) {
    const header = parquetHeader(reader);
    const { compressed_page_size: size } = header;
    if (!(size >= 0 && reader.offset + size <= chunk.length))
      throw new Error("a page that does not fit into its column");
    const page = chunk.subarray(reader.offset, reader.offset + size);
    left -= checkPage(page, header, column, levels);
    if (left < 0) throw new Error("pages of more values than their column has");
    reader.offset += size;
  }
}

/** @returns how many values a page of data has */
function checkPage(page: Uint8Array, header: PageHeader, column: ColumnMetaData, levels: Levels): number {
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
  if (header.type === "DICTIONARY_PAGE" && dictionary) {
    // Values of no bytes have their lengths, and truth values are not listed.
    if (countOf(dictionary.num_values) > header.uncompressed_page_size)
      throw new Error("a dictionary of too many values");
    return 0;
  }
  if (header.type === "DATA_PAGE" && first) {
    const count = countOf(first.num_values);
    const bytes = unpacked(page, header.uncompressed_page_size, column);
    const afterRepetition = checkSizedRuns(bytes, 0, levels.repetition, count);
    const start = checkSizedRuns(bytes, afterRepetition, levels.definition, count);
    checkValues(bytes.subarray(start), first.encoding, column, count);
    return count;
  }
  if (header.type === "DATA_PAGE_V2" && second) {
    const count = countOf(second.num_values);
    const [repetition, definition] = [second.repetition_levels_byte_length, second.definition_levels_byte_length];
    const isIn = repetition >= 0 && definition >= 0 && repetition + definition <= page.length;
    if (!isIn || second.num_nulls < 0 || second.num_nulls > count)
      throw new Error("levels that do not fit into their page");
    checkRuns(page.subarray(0, repetition), bitsOf(levels.repetition), count);
    checkRuns(page.subarray(repetition, repetition + definition), bitsOf(levels.definition), count);
    const packed = page.subarray(repetition + definition);
    const size = header.uncompressed_page_size - repetition - definition;
    const bytes = second.is_compressed === false ? packed : unpacked(packed, size, column);
    checkValues(bytes, second.encoding, column, count);
    return count;
  }
  throw new Error(`a page of another kind (${header.type})`);
}

function countOf(value: number): number {
  if (value >= 0) return value;
  throw new Error("a page of fewer than no values");
}

function unpacked(page: Uint8Array, byteLength: number, { codec }: ColumnMetaData): Uint8Array {
  if (codec === "UNCOMPRESSED") return page;
  const unpack = boundedCompressors[codec];
  if (unpack === undefined) throw new Error(`pages packed by ${codec}, which is not read`);
  return unpack(page, byteLength);
}

function checkValues(bytes: Uint8Array, encoding: string, { type }: ColumnMetaData, count: number): void {
  switch (encoding) {
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY":
      checkRuns(bytes.subarray(1), bytes[0] ?? 0, count);
      return;
    case "RLE":
      if (type === "BOOLEAN") checkSizedRuns(bytes, 0, 1, count);
      else checkRuns(bytes.subarray(1), bytes[0] ?? 0, count);
      return;
    case "DELTA_BINARY_PACKED":
    case "DELTA_LENGTH_BYTE_ARRAY":
      checkDeltas(bytes);
      return;
    case "PLAIN":
    case "BYTE_STREAM_SPLIT":
      return;
    default:
      // Texts by their differences grow without bounds.
      throw new Error(`values in an encoding that is not read (${encoding})`);
  }
}

/** How many bits a level takes. */
export function bitsOf(level: number): number {
  return 32 - Math.clz32(level);
}
