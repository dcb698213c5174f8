/** @file Writes Parquet tables row group by row group, so that memory does not grow with the table. */

import { type WriteOptions, writeFileAtomically } from "../../files/atomic.js";
import type { Items } from "../../foundation/map-ahead.js";
import { type Columns, type RowOf, schemaOf } from "./columns.js";

export interface ParquetOptions extends WriteOptions {
  /** Texts about the table, by name. Default none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** A row group ends at so many rows. Default 65,536. */
  readonly groupRows?: number;
  /** A row group ends at about so many bytes of values. Default 16 MiB. */
  readonly groupBytes?: number;
}

/**
 * Writes a table, compressed by Snappy: it is whole or not there (see `writeFileAtomically`). The same rows give the same bytes. At
 * most a row group is in memory.
 * @param rows numbers of `int32` are whole ones; of `float32` and `float32[]` they are rounded to it
 * @throws FoveaError `unwritable`
 */
export async function writeParquet<Table extends Columns>(
  path: string,
  columns: Table,
  rows: Items<RowOf<Table>>,
  options: ParquetOptions = {},
): Promise<void> {
  await writeFileAtomically(path, parquetPieces(columns, rows, options), options);
}

/** The bytes of such a file, as they come. */
export async function* parquetPieces<Table extends Columns>(
  columns: Table,
  rows: Items<RowOf<Table>>,
  options: ParquetOptions = {},
): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const kvMetadata = Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value }));
  const file = new ParquetWriter({ writer, schema: schemaOf(columns), createdBy: "fovea", kvMetadata });
  const take = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  for await (const group of groupsOf(columns, rows, options)) {
    const [first] = group;
    await file.write({ columnData: group, rowGroupSize: first?.data.length ?? 0 });
    yield take();
  }
  await file.finish();
  yield take();
}

interface ColumnData {
  readonly name: string;
  readonly data: unknown[];
  /** Smallest and largest images tell nothing. */
  readonly statistics: boolean;
}

async function* groupsOf(
  columns: Columns,
  rows: Items<Readonly<Record<string, unknown>>>,
  { groupRows = 65_536, groupBytes = 2 ** 24 }: ParquetOptions,
): AsyncGenerator<ColumnData[]> {
  const begin = () =>
    Object.entries(columns).map(([name, type]): ColumnData => ({ name, data: [], statistics: type !== "bytes" }));
  let [group, count, bytes] = [begin(), 0, 0];
  for await (const row of rows) {
    for (const { name, data } of group) {
      const value = writable(row[name]);
      data.push(value);
      bytes += sizeOf(value);
    }
    if (++count < groupRows && bytes < groupBytes) continue;
    yield group;
    [group, count, bytes] = [begin(), 0, 0];
  }
  if (count > 0) yield group;
}

/** Lists are plain ones for the writer. */
function writable(value: unknown): unknown {
  return value instanceof Float32Array || value instanceof Float64Array ? Array.from(value) : value;
}

/** About the bytes of a value. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length + 4;
  if (value instanceof Uint8Array) return value.length + 4;
  return Array.isArray(value) ? 4 * value.length + 4 : 8;
}
