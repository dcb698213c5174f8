/** @file Columns of a Parquet table: their types, and the schema that says so in the file. */

import type { SchemaElement } from "hyparquet";

/** What the values of a column are. An empty value is undefined, in every column. */
export interface ColumnTypes {
  readonly string: string;
  readonly boolean: boolean;
  readonly int32: number;
  readonly int64: bigint;
  readonly float32: number;
  readonly float64: number;
  readonly "float32[]": ArrayLike<number>;
  readonly bytes: Uint8Array;
}

export type ColumnType = keyof ColumnTypes;

/** The columns of a table in their order, each with its type. */
export type Columns = Readonly<Record<string, ColumnType>>;

/** A row of such a table. */
export type RowOf<Table extends Columns> = { readonly [Name in keyof Table]?: ColumnTypes[Table[Name]] | undefined };

type Leaf = Omit<SchemaElement, "name">;

const leaves: Readonly<Record<Exclude<ColumnType, "float32[]">, Leaf>> = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  boolean: { type: "BOOLEAN" },
  int32: { type: "INT32" },
  int64: { type: "INT64" },
  float32: { type: "FLOAT" },
  float64: { type: "DOUBLE" },
  bytes: { type: "BYTE_ARRAY" },
};

/** The schema of a table, root first. Lists have the three levels that the format asks for, with its names. */
export function schemaOf(columns: Columns): SchemaElement[] {
  const entries = Object.entries(columns);
  const elements = entries.flatMap(([name, type]): SchemaElement[] => {
    if (type !== "float32[]") return [{ name, repetition_type: "OPTIONAL", ...leaves[type] }];
    const kind = { converted_type: "LIST", logical_type: { type: "LIST" } } as const;
    return [
      { name, repetition_type: "OPTIONAL", num_children: 1, ...kind },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", repetition_type: "REQUIRED", ...leaves.float32 },
    ];
  });
  return [{ name: "schema", num_children: entries.length }, ...elements];
}
