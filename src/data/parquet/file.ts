/** @file Opens Parquet files: what they hold, and rows of a row group, with memory bounded by a row group. */

import type { AsyncBuffer, ColumnMetaData, FileMetaData, SchemaElement } from "hyparquet";
import { openRandomAccess, type RandomAccess } from "../../files/input/random-access.js";
import { FoveaError, messageOf, shortenedList } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { bytesInWords } from "../../foundation/words.js";
import type { Levels } from "./check-pages.js";

/** Values as they come from a file, by column; structures and lists hold others. Empty ones are undefined, inside of others null too. */
export type ParquetRow = Readonly<Record<string, unknown>>;

export interface RowGroup {
  /** The number of its first row in the file, from 0. */
  readonly start: number;
  readonly rows: number;
}

export interface ParquetFile {
  readonly where: string;
  readonly rows: number;
  readonly groups: readonly RowGroup[];
  /** The columns of the top level, with what the file says of each; those in a structure are below it. */
  readonly columns: ReadonlyMap<string, ParquetColumn>;
  /** Texts about the table, by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * All rows of a row group.
   * @param columns of the top level. Default all
   * @throws FoveaError `bad-file` for damaged data, or more than memory is kept for
   */
  readGroup(index: number, columns?: readonly string[]): Promise<ParquetRow[]>;
  close(): Promise<void>;
}

export interface ParquetColumn {
  readonly element: SchemaElement;
  readonly fields: ReadonlyMap<string, ParquetColumn>;
}

/** The bytes of values of a row group that are read at once. */
const mostBytes = 2 ** 30;
/** Rows of a row group; writers end theirs at a million. */
const mostRows = 2 ** 26;
/** Far above any table's description; a hundred thousand row groups of ten columns have 100 MB. */
const mostMetadata = 2 ** 28;

/** Opens a file on disk, or one that is read elsewhere. @throws FoveaError `not-found`, `bad-file` */
export async function openParquet(file: string | RandomAccess): Promise<ParquetFile> {
  const access = typeof file === "string" ? openRandomAccess(file) : file;
  try {
    return await describe(access);
  } catch (cause) {
    await access.close();
    throw cause instanceof FoveaError ? cause : damaged(access.where, cause);
  }
}

async function describe(access: RandomAccess): Promise<ParquetFile> {
  const { where } = access;
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  await checkFooter(access);
  const metadata = await parquetMetadataAsync(bufferOf(access), { geoparquet: false });
  const columns = columnsOf(parquetSchema(metadata));
  const groups: RowGroup[] = [];
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rows = Number(num_rows);
    if (!(rows >= 0 && rows <= mostRows)) throw new Error(`a row group of ${num_rows} rows`);
    groups.push({ start, rows });
    start += rows;
  }
  return {
    where,
    rows: start,
    groups,
    columns,
    metadata: new Map((metadata.key_value_metadata ?? []).map(({ key, value = "" }) => [key, value])),
    readGroup: async (index, names) => {
      const { start: rowStart, rows } = at(groups, index);
      const range = { rowStart, rowEnd: rowStart + rows, ...(names ? { columns: [...names] } : {}) };
      try {
        const chunks = chunksOf(metadata, index, names);
        refuseLarge(chunks, index, where);
        return await readRows(await checkedChunks(access, chunks, columns), metadata, range);
      } catch (cause) {
        throw cause instanceof FoveaError ? cause : damaged(where, cause);
      }
    },
    close: () => access.close(),
  };
}

/** What ends every such file: the length of its description, and four letters. */
async function checkFooter({ where, byteLength, read }: RandomAccess): Promise<void> {
  const end = byteLength < 12 ? new Uint8Array(8) : await read(byteLength - 8, 8);
  if (Buffer.from(end.subarray(4)).toString("latin1") !== "PAR1") {
    throw new FoveaError("bad-file", `${where}: expected a Parquet file, got one with another end`);
  }
  const length = new DataView(end.buffer, end.byteOffset).getUint32(0, true);
  if (length > Math.min(mostMetadata, byteLength - 12)) {
    const got = `one of ${bytesInWords(length)}`;
    throw new FoveaError(
      "bad-file",
      `${where}: expected a description of the table that fits into the file, got ${got}`,
    );
  }
}

interface SchemaNode {
  readonly element: SchemaElement;
  readonly children: readonly SchemaNode[];
}

function columnsOf({ children }: SchemaNode): Map<string, ParquetColumn> {
  return new Map(children.map((child) => [child.element.name, { element: child.element, fields: columnsOf(child) }]));
}

/** What is to be read of a row group. */
function chunksOf(
  { row_groups }: FileMetaData,
  index: number,
  columns: readonly string[] | undefined,
): ColumnMetaData[] {
  return at(row_groups, index).columns.flatMap(({ meta_data, file_path }) => {
    if (meta_data === undefined) throw new Error("a column without its description");
    if (file_path !== undefined) throw new Error("a column in another file");
    return columns === undefined || columns.includes(meta_data.path_in_schema[0] ?? "") ? [meta_data] : [];
  });
}

function refuseLarge(chunks: readonly ColumnMetaData[], index: number, where: string): void {
  const total = chunks.reduce((sum, { total_uncompressed_size: size }) => sum + Number(size), 0);
  if (!(total >= 0)) throw new Error("columns of unknown size");
  if (total <= mostBytes) return;
  const expected = `expected row groups of at most ${bytesInWords(mostBytes)}`;
  const advice = "write the file with fewer rows in a row group";
  throw new FoveaError("bad-file", `${where}: row group ${index}: ${expected}, got ${bytesInWords(total)}: ${advice}`);
}

interface Chunk {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Reads columns, looks through them, and gives them to the library in the place of the file. */
async function checkedChunks(
  access: RandomAccess,
  chunks: readonly ColumnMetaData[],
  columns: ParquetFile["columns"],
): Promise<AsyncBuffer> {
  const { checkPages } = await import("./check-pages.js");
  const kept: Chunk[] = [];
  for (const column of chunks) {
    if (Number(column.num_values) > mostRows) throw new Error(`a column of ${column.num_values} values`);
    const [first, dictionary] = [Number(column.data_page_offset), Number(column.dictionary_page_offset ?? 0)];
    const start = dictionary > 0 ? Math.min(first, dictionary) : first;
    const bytes = await access.read(start, Number(column.total_compressed_size));
    checkPages(bytes, column, levelsOf(columns, column.path_in_schema));
    kept.push({ start, bytes });
  }
  return { byteLength: access.byteLength, slice: (start, end = access.byteLength) => sliceOf(kept, start, end) };
}

/** A part of the file, with zeros where nothing is kept of it: between columns. */
function sliceOf(kept: readonly Chunk[], start: number, end: number): ArrayBuffer {
  const slice = new Uint8Array(Math.max(0, end - start));
  for (const { start: from, bytes } of kept) {
    const [first, last] = [Math.max(start, from), Math.min(end, from + bytes.length)];
    if (first < last) slice.set(bytes.subarray(first - from, last - from), first - start);
  }
  return slice.buffer;
}

function levelsOf(columns: ParquetFile["columns"], path: readonly string[]): Levels {
  let [repetition, definition, fields] = [0, 0, columns];
  for (const name of path) {
    const column = fields.get(name);
    if (column === undefined) throw new Error("a column that its schema does not have");
    if (column.element.repetition_type === "REPEATED") repetition++;
    if (column.element.repetition_type !== "REQUIRED") definition++;
    fields = column.fields;
  }
  return { repetition, definition };
}

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  range: { readonly rowStart: number; readonly rowEnd: number; readonly columns?: string[] },
): Promise<ParquetRow[]> {
  const [{ parquetReadObjects }, { boundedCompressors }] = await Promise.all([
    import("hyparquet"),
    import("./compressors.js"),
  ]);
  // Bytes are texts only where the file says so.
  const options = { compressors: boundedCompressors, utf8: false, geoparquet: false };
  const found = await parquetReadObjects({ file, metadata, ...range, ...options });
  for (const row of found) for (const name in row) row[name] ??= undefined;
  return found;
}

function damaged(where: string, cause: unknown): FoveaError {
  // What the library stumbles over tells nobody anything.
  const isStumble = cause instanceof TypeError || cause instanceof RangeError;
  const got = isStumble ? "one that is damaged" : messageOf(cause);
  return new FoveaError("bad-file", `${where}: expected a sound Parquet file, got ${got}`, { cause });
}

/** The library's view of a file. */
function bufferOf({ byteLength, read }: RandomAccess): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = await read(start, end - start);
      const { buffer } = bytes;
      const isWhole = bytes.byteOffset === 0 && bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
      return isWhole ? buffer : new Uint8Array(bytes).buffer;
    },
  };
}

/** The column. @throws FoveaError `bad-file` where there is none of that name, with those that there are */
export function columnNamed({ where, columns }: ParquetFile, name: string): ParquetColumn {
  const column = columns.get(name);
  if (column) return column;
  throw new FoveaError("bad-file", `${where}: expected a column ${name}, got ${shortenedList([...columns.keys()])}`);
}
