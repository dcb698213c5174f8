/** @file Fonts of the format WOFF as plain font files, without what text that is set letter by letter does not need. */

/** Tables that move and replace letters beside others: they take longer to read than all outlines. */
const unused: ReadonlySet<string> = new Set(["GDEF", "GPOS", "GSUB", "STAT", "kern"]);

const [headerSize, entrySize] = [12, 16];
const [woffHeaderSize, woffEntrySize] = [44, 20];

/** A table by its tag, as it lies in the font file. */
interface Table {
  readonly tag: string;
  readonly bytes: Uint8Array;
}

/**
 * The font file that a WOFF file holds (W3C, "WOFF File Format 1.0", sections 3 to 5); any other file as it is.
 * @param inflate unpacks what zlib packed
 */
export function plainFont(file: Uint8Array, inflate: (packed: Uint8Array) => Uint8Array): Uint8Array {
  if (tagAt(file, 0) !== "wOFF") return file;
  return fontOf(file.subarray(4, 8), tablesIn(file, inflate));
}

function tablesIn(file: Uint8Array, inflate: (packed: Uint8Array) => Uint8Array): Table[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return Array.from({ length: view.getUint16(12) }, (_, i) => woffHeaderSize + i * woffEntrySize).flatMap((entry) => {
    const tag = tagAt(file, entry);
    if (unused.has(tag)) return [];
    const [offset, packedSize, size] = [4, 8, 12].map((field) => view.getUint32(entry + field));
    const packed = file.subarray(offset, (offset ?? 0) + (packedSize ?? 0));
    return [{ tag, bytes: packedSize === size ? packed : inflate(packed) }];
  });
}

/** @param flavour the first four bytes of the font file */
function fontOf(flavour: Uint8Array, tables: readonly Table[]): Uint8Array {
  const begin = headerSize + tables.length * entrySize;
  const font = new Uint8Array(tables.reduce((end, { bytes }) => end + padded(bytes), begin));
  const view = new DataView(font.buffer);
  font.set(flavour);
  view.setUint16(4, tables.length);
  let offset = begin;
  for (const [i, { tag, bytes }] of tables.entries()) {
    const entry = headerSize + i * entrySize;
    for (let k = 0; k < 4; k++) view.setUint8(entry + k, tag.charCodeAt(k));
    view.setUint32(entry + 8, offset);
    view.setUint32(entry + 12, bytes.length);
    font.set(bytes, offset);
    offset += padded(bytes);
  }
  return font;
}

/** Tables begin at multiples of four bytes. */
function padded({ length }: Uint8Array): number {
  return Math.ceil(length / 4) * 4;
}

function tagAt(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}
