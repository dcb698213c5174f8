/** @file The option that names a part of a dataset. */

import type { Command } from "commander";

export interface ShardFlags {
  readonly shard?: string;
}

export function withShardOption(command: Command): Command {
  return command.option(
    "--shard <i/n>",
    "take one of n parts, i counted from 0, for fovea merge (default: what an array job of Slurm, Kubernetes, AWS Batch or Cloud Run says, else all)",
  );
}
