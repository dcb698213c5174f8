/** @file The option that names a part of a dataset. */

import type { Command } from "commander";
import { numberFor } from "./numbers.js";

export interface ShardFlags {
  readonly shard?: string;
  readonly workers?: number;
}

/** A part of a dataset, and all parts in processes of this machine. */
export function withShardOption(command: Command): Command {
  return withPartOption(command).option(
    "--workers <n>",
    "share the work among n processes of this machine; pays on many cores and small networks (default: 1)",
    numberFor("--workers"),
  );
}

export function withPartOption(command: Command): Command {
  return command.option(
    "--shard <i/n>",
    "take one of n parts, i counted from 0, for fovea merge (default: what an array job of Slurm, Kubernetes, AWS Batch or Cloud Run says, else all)",
  );
}

/** What `--out` is of a command with a row for each image. */
export const rowsOutHelp =
  "also write a table of a row for each image, as .parquet; with a shard the folder of the parts (default: parts)";
