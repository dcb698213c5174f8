/** @file Reads the rows of Parquet tables in order, a row group at a time. */

import type { RandomAccess } from "../../files/input/random-access.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import type { Columns, ColumnType, ColumnTypes, RowOf } from "./columns.js";
import { columnNamed, openParquet, type ParquetFile, type ParquetRow } from "./file.js";

export interface ParquetRowsOptions {
  /** Columns of the top level. Default all. */
  readonly columns?: readonly string[];
  /** The number of the first row that is read; row groups before it are not. Default 0. */
  readonly from?: number;
}

/**
 * The rows of a table as they stand in it.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function* readParquetRows(
  file: string | RandomAccess,
  options: ParquetRowsOptions = {},
): AsyncGenerator<ParquetRow> {
  const table = await openParquet(file);
  try {
    yield* rowsOf(table, options);
  } finally {
    await table.close();
  }
}

/** The same of an open one, which stays open. */
export async function* rowsOf(
  table: ParquetFile,
  { columns, from = 0 }: ParquetRowsOptions = {},
): AsyncGenerator<ParquetRow> {
  for (const name of columns ?? []) columnNamed(table, name);
  for (const [index, { start, rows }] of table.groups.entries()) {
    if (start + rows <= from) continue;
    const group = await table.readGroup(index, columns);
    // No longer held here once it has been handed on: the next group takes its room.
    for (let row = Math.max(0, from - start); row < rows; row++) yield group[row] ?? {};
  }
}

/**
 * The rows of a table with these columns, as `writeParquet` writes them; it may have others.
 * @param from the number of the first row. Default 0
 * @throws FoveaError `not-found`, `bad-file` for a missing column, or a value of another type
 */
export async function* readParquet<Table extends Columns>(
  file: string | RandomAccess,
  columns: Table,
  { from = 0 }: { readonly from?: number } = {},
): AsyncGenerator<RowOf<Table>> {
  const where = typeof file === "string" ? file : file.where;
  let number = from;
  for await (const row of readParquetRows(file, { columns: Object.keys(columns), from })) {
    if (!isRowOf(columns, row)) throw new FoveaError("bad-file", `${where}: row ${number}: ${complaint(columns, row)}`);
    yield row;
    number++;
  }
}

type Checks = { readonly [Type in ColumnType]: (value: unknown) => value is ColumnTypes[Type] };

const isNumber = (value: unknown): value is number => typeof value === "number";

const checks: Checks = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  int32: isNumber,
  int64: (value) => typeof value === "bigint",
  float32: isNumber,
  float64: isNumber,
  "float32[]": (value): value is ArrayLike<number> => Array.isArray(value) && value.every(isNumber),
  bytes: (value) => value instanceof Uint8Array,
};

function isRowOf<Table extends Columns>(columns: Table, row: ParquetRow): row is RowOf<Table> {
  return wrongColumn(columns, row) === undefined;
}

function wrongColumn(columns: Columns, row: ParquetRow): string | undefined {
  for (const name in columns) {
    const [type, value] = [columns[name], row[name]];
    if (value !== undefined && value !== null && type !== undefined && !checks[type](value)) return name;
  }
  return undefined;
}

function complaint(columns: Columns, row: ParquetRow): string {
  const name = wrongColumn(columns, row) ?? "";
  return `${name}: expected ${columns[name]}, got ${shortened(row[name])}`;
}
