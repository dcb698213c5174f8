/** @file Where rows go: into the part of a shard, or into a table beside what is told. */

import { FoveaError } from "../../../foundation/error.js";
import { environment } from "../../environment.js";
import type { Shard } from "../shard.js";
import { shardFrom } from "../shard-from.js";

/** Of a shard with the folder of all parts; else with the table to write, if any. */
export type RowDestination =
  | { readonly shard: Shard; readonly folder: string; readonly table?: undefined }
  | { readonly shard?: undefined; readonly folder?: undefined; readonly table: string | undefined };

export interface RowFlags {
  /** Of a shard the folder of the parts, default `parts`; else a table. */
  readonly out?: string;
  readonly shard?: string;
}

/** @throws FoveaError `bad-input` for a shard that is none, and for another kind of file */
export function rowDestination({ out, shard: text }: RowFlags): RowDestination {
  const shard = shardFrom(text, environment().variables);
  const isTable = out !== undefined && /\.parquet$/i.test(out);
  if (shard && isTable)
    throw new FoveaError("bad-input", `--out: expected the folder of all parts, got ${out}: give it to fovea merge`);
  if (shard) return { shard, folder: out ?? "parts" };
  if (out !== undefined && !isTable)
    throw new FoveaError("bad-input", `--out: expected a table of a row for each image as .parquet, got ${out}`);
  return { table: out };
}
