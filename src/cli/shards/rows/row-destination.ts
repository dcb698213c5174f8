/** @file Where rows go: into the part of a shard, or into a table beside what is told. */

import { FoveaError } from "../../../foundation/error.js";
import { environment } from "../../environment.js";
import type { ShardFlags } from "../../options/shard-option.js";
import { ImageMarks } from "../image-marks.js";
import type { Shard } from "../shard.js";
import { shardFrom } from "../shard-from.js";

/** Of a shard with the folder of all parts; else with the table to write, if any. */
export type RowDestination =
  | { readonly shard: Shard; readonly folder: string; readonly table?: undefined }
  | { readonly shard?: undefined; readonly folder?: undefined; readonly table: string | undefined };

export interface RowFlags extends ShardFlags {
  /** Of a shard the folder of the parts, default `parts`; else a table. */
  readonly out?: string;
}

/**
 * @param others whether `--out` may also be something else, which is then no table. Default false
 * @throws FoveaError `bad-input` for a shard that is none, and for another kind of file
 */
export function rowDestination({ out, shard: text }: RowFlags, { others = false } = {}): RowDestination {
  const shard = shardFrom(text, environment().variables);
  const isTable = out !== undefined && /\.parquet$/i.test(out);
  if (shard && isTable)
    throw new FoveaError("bad-input", `--out: expected the folder of all parts, got ${out}: give it to fovea merge`);
  if (shard) return { shard, folder: out ?? "parts" };
  if (out !== undefined && !isTable && !others)
    throw new FoveaError("bad-input", `--out: expected a table of a row for each image as .parquet, got ${out}`);
  return { table: isTable ? out : undefined };
}

/** Images are marked where a table holds their marks. */
export function marksFor(
  { shard, table }: RowDestination,
  images: readonly { readonly name: string }[],
): ImageMarks | undefined {
  const isMarked = shard !== undefined || table !== undefined;
  return isMarked ? new ImageMarks(images.map(({ name }) => name)) : undefined;
}

/** @throws FoveaError `bad-input` for a shard, and for a table, of what has no row for each image. @param got what that is */
export function refuseRows({ shard, table }: RowDestination, got: string): void {
  const name = shard ? "--shard" : table !== undefined ? `--out ${table}` : undefined;
  if (name !== undefined)
    throw new FoveaError("bad-input", `${name}: expected what has a row for each image, got ${got}`);
}
