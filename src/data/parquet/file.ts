/** @file Opens Parquet files: what they hold, and rows of a row group, with memory bounded by a row group. */

import type { AsyncBuffer, FileMetaData, SchemaElement } from "hyparquet";
import { openRandomAccess, type RandomAccess } from "../../files/input/random-access.js";
import { FoveaError, messageOf, shortenedList } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { bytesInWords } from "../../foundation/words.js";

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
  const buffer = bufferOf(access);
  await checkFooter(access);
  const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
  const groups: RowGroup[] = [];
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    groups.push({ start, rows: Number(num_rows) });
    start += Number(num_rows);
  }
  return {
    where,
    rows: start,
    groups,
    columns: columnsOf(parquetSchema(metadata)),
    metadata: new Map((metadata.key_value_metadata ?? []).map(({ key, value = "" }) => [key, value])),
    readGroup: async (index, columns) => {
      refuseLarge(metadata, index, columns, where);
      return readRows(buffer, metadata, at(groups, index), columns, where);
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

function refuseLarge(
  { row_groups }: FileMetaData,
  index: number,
  columns: readonly string[] | undefined,
  where: string,
): void {
  let total = 0;
  for (const { meta_data } of at(row_groups, index).columns) {
    const isRead = columns === undefined || columns.includes(meta_data?.path_in_schema[0] ?? "");
    if (isRead) total += Number(meta_data?.total_uncompressed_size ?? 0);
  }
  if (total >= 0 && total <= mostBytes) return;
  const expected = `expected row groups of at most ${bytesInWords(mostBytes)}`;
  const advice = "write the file with fewer rows in a row group";
  throw new FoveaError("bad-file", `${where}: row group ${index}: ${expected}, got ${bytesInWords(total)}: ${advice}`);
}

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { start, rows }: RowGroup,
  columns: readonly string[] | undefined,
  where: string,
): Promise<ParquetRow[]> {
  const { parquetReadObjects } = await import("hyparquet");
  const { boundedCompressors } = await import("./compressors.js");
  const range = { rowStart: start, rowEnd: start + rows, ...(columns ? { columns: [...columns] } : {}) };
  try {
    // Bytes are texts only where the file says so.
    const options = { compressors: boundedCompressors, utf8: false, geoparquet: false };
    const found = await parquetReadObjects({ file, metadata, ...range, ...options });
    for (const row of found) for (const name in row) row[name] ??= undefined;
    return found;
  } catch (cause) {
    throw cause instanceof FoveaError ? cause : damaged(where, cause);
  }
}

function damaged(where: string, cause: unknown): FoveaError {
  return new FoveaError("bad-file", `${where}: expected a sound Parquet file, got ${messageOf(cause)}`, { cause });
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
