/** @file Rows of a table as JSON, and back to the last bit. */

import type { Columns, RowOf } from "../../../data/parquet/columns.js";
import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { numbersToText, textToFloats } from "../base64.js";
import type { ResultForm } from "../result-log.js";

/** Lists are base64; numbers that JSON lacks are texts. */
export function rowsForm<Table extends Columns>(columns: Table): ResultForm<readonly RowOf<Table>[]> {
  return {
    write: (rows) => rows.map((row) => mapped(columns, row, written)),
    read(value) {
      if (!Array.isArray(value)) throw notRows();
      return value.map((row: unknown) => {
        if (!isObject(row)) throw notRows();
        return rowFrom<Table>(mapped(columns, row, read));
      });
    },
  };
}

function notRows(): FoveaError {
  return new FoveaError("bad-file", "results: expected rows of a table, got something else");
}

type Change = (value: unknown, type: Columns[string]) => unknown;

function mapped(columns: Columns, row: Readonly<Record<string, unknown>>, change: Change): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, type]) => {
      const value = row[name];
      return value === undefined ? [] : [[name, change(value, type)]];
    }),
  );
}

function written(value: unknown, type: Columns[string]): unknown {
  if (type === "float32[]") {
    return numbersToText(Float32Array.from(Object(value)));
  }
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function read(value: unknown, type: Columns[string]): unknown {
  if (typeof value !== "string" || type === "string") return value;
  if (type !== "float32[]") return Number(value);
  return textToFloats(value);
}

/** The checksum of its line says that the row is as it was written. */
function rowFrom<Table extends Columns>(values: object): RowOf<Table> {
  return values as RowOf<Table>;
}
